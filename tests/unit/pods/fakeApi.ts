/** A Kubernetes API with the Jobs of one namespace, as far as the backup monitor asks it. */
import { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { eventually } from "./eventually";

export type Thing = Record<string, unknown>;

const NAMESPACE = "app-blog";
const SELECTOR = "app.kubernetes.io/component in (backup,restore-test)";
const LISTS: Record<string, "cronjobs" | "jobs" | "pods"> = {
  [`/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs`]: "cronjobs",
  [`/apis/batch/v1/namespaces/${NAMESPACE}/jobs`]: "jobs",
  [`/api/v1/namespaces/${NAMESPACE}/pods`]: "pods",
};

export class FakeApi {
  cronjobs: unknown[] = [];
  jobs: unknown[] = [];
  pods: unknown[] = [];
  /** The Events made so far, and how often making one was asked for. */
  readonly events: Thing[] = [];
  posts = 0;
  /** The tokens that came, each once. */
  readonly tokens = new Set<string>();
  /** What was asked that nobody has a right to. */
  readonly strange: string[] = [];
  /** Answers in the place of the API where it answers at all. */
  instead: (kind: string, response: ServerResponse) => boolean = () => false;
  private rounds = 0;

  /** Waits until the monitor has seen what holds now. */
  async seen(): Promise<void> {
    // The round that goes on may have begun before; the one after it is over when another begins.
    const until = this.rounds + 2;
    await eventually(() => this.rounds >= until, "the monitor asks");
  }

  readonly listener: RequestListener = (request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.destroy(error as Error);
    });
  };

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const { pathname, searchParams } = new URL(url, "http://api");
    const list = LISTS[pathname];
    const kind = list ?? (pathname === `/api/v1/namespaces/${NAMESPACE}/events` ? "events" : "");
    this.tokens.add(headers.authorization ?? "");
    if (kind === "cronjobs") this.rounds += 1;
    if (this.instead(kind, response)) return;
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (method === "GET" && list !== undefined && searchParams.get("labelSelector") === SELECTOR) {
      send(200, { kind: "List", items: this[list] });
    } else if (method === "POST" && kind === "events" && headers["content-type"] === "application/json") {
      this.posts += 1;
      const event = (await json(request)) as Thing & { metadata: Thing };
      if (this.events.some((each) => (each as typeof event).metadata["name"] === event.metadata["name"])) {
        send(409, { kind: "Status", reason: "AlreadyExists", code: 409 });
      } else {
        this.events.push(event);
        send(201, event);
      }
    } else {
      this.strange.push(`${method} ${url}`);
      send(403, { kind: "Status", message: "forbidden", code: 403 });
    }
  }
}

/** Answers as the API does to those without the right. */
export const forbid =
  (...kinds: string[]) =>
  (kind: string, response: ServerResponse): boolean => {
    if (!kinds.includes(kind)) return false;
    const status = { kind: "Status", status: "Failure", message: `${kind} is forbidden`, code: 403 };
    response.writeHead(403, { "Content-Type": "application/json" }).end(JSON.stringify(status));
    return true;
  };

/** A time as Kubernetes writes it. */
export const ago = (seconds: number): string =>
  new Date(Math.floor(Date.now() / 1000 - seconds) * 1000).toISOString().replace(".000", "");

/** The same as a metric. */
export const secondsOf = (time: string): number => Date.parse(time) / 1000;

type Component = "backup" | "restore-test";
const labels = (component: Component) => ({ "app.kubernetes.io/component": component });

export const cronJob = (component: Component, created: string, status: Thing = {}): Thing => ({
  metadata: {
    name: component,
    namespace: NAMESPACE,
    uid: `uid-of-cronjob-${component}`,
    creationTimestamp: created,
    labels: labels(component),
  },
  status,
});

/** A Job that goes on, unless `status` says more. */
export const job = (component: Component, uid: string, created: string, status: Thing = { active: 1 }): Thing => ({
  metadata: { name: `${component}-${uid}`, uid, creationTimestamp: created, labels: labels(component) },
  status,
});

export const complete = (ended: string): Thing => ({
  completionTime: ended,
  conditions: [
    { type: "SuccessCriteriaMet", status: "True", lastTransitionTime: ended },
    { type: "Complete", status: "True", lastTransitionTime: ended },
  ],
});

export const failed = (ended: string, reason = "BackoffLimitExceeded", message = "too often"): Thing => ({
  conditions: [
    { type: "Complete", status: "False" },
    { type: "Failed", status: "True", reason, message, lastTransitionTime: ended },
  ],
});

/** A pod of a Job, whose container ended as `state` says. */
export const pod = (
  component: Component,
  owner: string,
  state: Thing,
  status: Thing = {},
  created = ago(60),
): Thing => ({
  metadata: {
    name: `pod-of-${owner}`,
    creationTimestamp: created,
    labels: labels(component),
    ownerReferences: [{ kind: "Job", name: `${component}-${owner}`, uid: owner }],
  },
  status: {
    containerStatuses: [
      { name: "other", state: { terminated: { exitCode: 0, reason: "Completed", message: '{"ok":true,"bytes":1}' } } },
      { name: "backup", state },
    ],
    ...status,
  },
});

/** How a pod ended that said so: its status, and that of its container. */
export const said = (component: Component, owner: string, result: unknown, good: boolean, created?: string): Thing => {
  const message = `${typeof result === "string" ? result : JSON.stringify(result)}\n`;
  const terminated = { exitCode: good ? 0 : 1, reason: good ? "Completed" : "Error", message };
  return pod(component, owner, { terminated }, { phase: good ? "Succeeded" : "Failed" }, created);
};
