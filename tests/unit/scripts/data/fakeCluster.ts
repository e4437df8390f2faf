/** A cluster with the namespace of one app, as far as the commands that work on its data look at it. */
import type { KubeConfig, V1CronJob, V1Deployment, V1Job, V1Pod } from "@kubernetes/client-node";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { labels } from "../../../../lib/labels";
import type { AppAccess, Following } from "../../../../scripts/data/appAccess";
import { kubeconfigFor, startServer, type HttpServer } from "../../../support/httpServer";
import { changed, pattern } from "./patterns";

/** What a task does: its log, and what came of it. */
export interface Outcome {
  log?: string[];
  /** Whether that cannot be had. */
  silent?: boolean;
  word?: object;
  /** Whether nothing can be had of its Job. */
  away?: boolean;
  /** Its pod, where that is not one that has ended with the word. */
  pod?: V1Pod["status"];
  /** Called when its pod is looked at. */
  then?: () => void;
}

/** Decides what a task does, by its script and what it is given. */
export type Play = (script: string, args: string[], kind: string) => Outcome | undefined;

const GOOD: Record<string, object> = {
  "backup.sh": { ok: true, task: "backup", snapshot: "5afe0001", bytes: 2048, added: 512, snapshots: 9, seconds: 2 },
  "restore.sh": { ok: true, task: "restore", snapshot: "ab12cd34", tables: 3, rows: 1200, seconds: 4 },
  "move.sh": { ok: true, task: "move", tables: 3, rows: 1200, seconds: 4 },
  "snapshots.sh": { ok: true, task: "snapshots", snapshots: 2, seconds: 1 },
};

export const SNAPSHOTS = [
  { short_id: "ab12cd34", time: "2026-11-25T02:17:00Z", tags: ["scheduled"], summary: { total_bytes_processed: 2048 } },
  { short_id: "ef56ab78", time: "2026-11-26T02:17:00Z", tags: ["safety"] },
];

type Body = Record<string, unknown>;

/** A merge patch, as RFC 7396 has it. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Body = { ...(target as Body | undefined) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merged(result[key], value);
  }
  return result;
}

export class FakeCluster {
  /** What was changed, in order. */
  readonly calls: string[] = [];
  /** What was told. */
  readonly told: string[] = [];
  readonly jobs = new Map<string, V1Job>();
  readonly cronJobs = new Map<string, V1CronJob>([
    ["mysql-backup", pattern("backup")],
    ["mysql-move", pattern("move")],
  ]);
  deployment: V1Deployment = {
    metadata: { name: "blog", generation: 1, resourceVersion: "1", labels: labels("blog", "web"), managedFields: [] },
    spec: { replicas: 2, selector: {}, template: {} },
  };
  autoscaled = false;
  /** Whether started pods get ready, and stopped ones end. */
  healthy = true;
  ends = true;
  play: Play = () => undefined;
  #server: HttpServer | undefined;

  async start(): Promise<void> {
    this.#server = await startServer((request, response) => {
      void this.#answer(request).then(([code, body]) => {
        const isText = typeof body === "string";
        response.writeHead(code, { "content-type": isText ? "text/plain" : "application/json" });
        response.end(isText ? body : JSON.stringify(body));
      });
    });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  get kubeconfig(): KubeConfig {
    return kubeconfigFor(this.#server?.url ?? "");
  }

  get access(): AppAccess {
    return { stack: "prod", app: "blog", namespace: "blog", kubeconfig: this.kubeconfig };
  }

  /** Follows without waiting long. */
  following(signal?: AbortSignal): Following {
    return {
      step: async (_title, work) => work(),
      note: (line) => this.told.push(line.replace(/^ *\d+ s {2}/, "")),
      limits: { pollMs: 1, silence: 0.05, broken: 0.02, start: 0.05, gone: 0.05, ready: 0.05 },
      ...(signal === undefined ? {} : { signal }),
    };
  }

  async #answer(request: IncomingMessage): Promise<[number, unknown]> {
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const body = request.method === "GET" ? {} : (JSON.parse((await text(request)) || "{}") as Body);
    const name = path.split("/").at(-1) ?? "";
    if (path === "/version" || path === "/version/") return [200, { gitVersion: "v1.36.0" }];
    if (path === "/api/v1/namespaces/kube-system") return [200, { metadata: { uid: "u" } }];
    if (path.includes("/cronjobs/")) return this.#cronJob(request.method, name, body);
    if (path.endsWith("/deployments/blog")) return this.#deployment(request.method, body);
    if (path.includes("/jobs")) return this.#job(request.method, path, body);
    if (path.endsWith("/log")) return this.#log(path.split("/").at(-2) ?? "");
    if (path.endsWith("/pods")) return [200, { items: this.#pods(decodeURIComponent(query)) }];
    if (path.endsWith("/horizontalpodautoscalers")) return [200, { items: this.#autoscalers() }];
    return path.endsWith("/events") ? [200, { items: [] }] : [404, {}];
  }

  #cronJob(method: string | undefined, name: string, body: Body): [number, unknown] {
    const there = this.cronJobs.get(name);
    if (there === undefined) return [404, {}];
    if (method !== "PATCH") return [200, there];
    const now = merged(there, body) as V1CronJob;
    this.calls.push(`${name} ${now.spec.suspend === true ? "rests" : "goes on"}`);
    this.cronJobs.set(name, now);
    return [200, now];
  }

  #deployment(method: string | undefined, body: Body | Body[]): [number, unknown] {
    if (method !== "PATCH") return [200, this.#live()];
    const { metadata = {} } = this.deployment;
    const managers = Array.isArray(body) ? body.find(({ path }) => path === "/metadata/managedFields") : undefined;
    if (managers !== undefined) {
      const managedFields = managers["value"] as NonNullable<typeof metadata.managedFields>;
      this.deployment = changed(this.deployment, { metadata: changed(metadata, { managedFields }) });
      return [200, this.deployment];
    }
    const next = merged(this.deployment, body) as V1Deployment;
    if (next.spec?.replicas !== this.deployment.spec?.replicas) {
      this.calls.push(`blog has ${next.spec?.replicas ?? 0} pods`);
      const fieldsV1 = { "f:spec": { "f:replicas": {} } };
      const managedFields = [...(metadata.managedFields ?? []), { manager: "flask-doks-data", fieldsV1 }];
      Object.assign(next.metadata ?? {}, { managedFields, generation: (metadata.generation ?? 0) + 1 });
    }
    this.deployment = next;
    return [200, next];
  }

  #live(): V1Deployment {
    const { replicas = 0 } = this.deployment.spec ?? {};
    const ready = this.healthy ? replicas : 0;
    const { generation = 0 } = this.deployment.metadata ?? {};
    const status = { observedGeneration: generation, readyReplicas: ready, updatedReplicas: replicas };
    return changed(this.deployment, { status });
  }

  #job(method: string | undefined, path: string, body: Body): [number, unknown] {
    if (method === "POST") {
      const job = body as V1Job;
      const [script, args, kind] = scriptOf(job);
      this.jobs.set(job.metadata?.name ?? "", job);
      if (script !== "snapshots.sh") this.calls.push([script, ...args, kind].join(" ").trim());
      return [201, job];
    }
    const name = path.split("/").at(-1) ?? "";
    if (name === "jobs") return [200, { items: [...this.jobs.values()].map((job) => this.#liveJob(job)) }];
    const job = this.jobs.get(name);
    if (job === undefined) return [404, {}];
    if (this.#outcome(job).away === true) return [503, {}];
    if (method === "DELETE") {
      this.calls.push(`${scriptOf(job)[0]} is stopped`);
      this.jobs.delete(name);
    }
    return [200, this.#liveJob(job)];
  }

  #liveJob(job: V1Job): V1Job {
    if (job.status !== undefined) return job;
    const { ok } = (this.#outcome(job).word ?? {}) as { ok?: boolean };
    const conditions = ok === undefined ? [] : [{ type: ok ? "Complete" : "Failed", status: "True" }];
    return changed(job, { status: { conditions } });
  }

  #outcome(job: V1Job): Outcome {
    const [script, args, kind] = scriptOf(job);
    const listing = { log: [`snapshots: ${JSON.stringify(SNAPSHOTS)}`], word: GOOD[script] ?? {} };
    return this.play(script, args, kind) ?? (script === "snapshots.sh" ? listing : { word: GOOD[script] ?? {} });
  }

  #pods(query: string): V1Pod[] {
    const [, name] = /job-name=([^&]+)/.exec(query) ?? [];
    if (name === undefined) return this.#webPods();
    const job = this.jobs.get(name);
    if (job === undefined) return [];
    const { word, pod, then } = this.#outcome(job);
    then?.();
    const terminated = { exitCode: 0, message: `${JSON.stringify(word)}\n` };
    const state = word === undefined ? { running: {} } : { terminated };
    const containerStatuses = [{ name: "backup", ready: false, restartCount: 0, image: "", imageID: "", state }];
    return [{ metadata: { name: `${name}-pod` }, status: pod ?? { phase: "Running", containerStatuses } }];
  }

  #webPods(): V1Pod[] {
    const count = this.ends ? (this.deployment.spec?.replicas ?? 0) : 2;
    return Array.from({ length: count }, (_, index) => ({
      metadata: { name: `blog-${index}` },
      status: {
        phase: "Running",
        containerStatuses: [
          {
            name: "blog",
            ready: false,
            restartCount: 0,
            image: "",
            imageID: "",
            state: { terminated: { exitCode: 3 } },
          },
        ],
      },
    }));
  }

  #log(pod: string): [number, unknown] {
    const job = this.jobs.get(pod.replace(/-pod$/, ""));
    if (job === undefined) return [404, {}];
    const { log = [], silent = false } = this.#outcome(job);
    return silent ? [500, {}] : [200, `${log.join("\n")}\n`];
  }

  #autoscalers(): object[] {
    const scaleTargetRef = { kind: "Deployment", name: "blog" };
    return this.autoscaled ? [{ metadata: { name: "blog" }, spec: { maxReplicas: 5, scaleTargetRef } }] : [];
  }
}

function scriptOf({ spec }: V1Job): [script: string, args: string[], kind: string] {
  const [container] = spec?.template.spec?.containers ?? [];
  const [, script = "", ...args] = container?.command ?? [];
  // Statements of a pod's own are its script.
  const name = script === "-c" ? (args[0] ?? "") : (script.split("/").at(-1) ?? "");
  const kind = container?.env?.find((each) => each.name === "KIND")?.value ?? "";
  return [name, args, name === "backup.sh" ? kind : ""];
}
