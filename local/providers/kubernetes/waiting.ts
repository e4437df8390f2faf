/** Waits until an object is ready, or gone, and says why it is not. */

import { setTimeout as sleep } from "node:timers/promises";
import { type KubernetesClient, type KubernetesObject, Unreachable } from "./client";
import { judge, podReasons, type Surroundings, type Verdict } from "./readiness";

export interface Patience {
  timeoutSeconds: number;
  signal: AbortSignal;
  status: (text: string) => void;
}

/** The wait ended without what was waited for. */
export class NotReady extends Error {
  constructor(
    message: string,
    readonly live: KubernetesObject,
    readonly reasons: string[] = [],
  ) {
    super(message);
  }
}

const POLL_MS = 400;

/** Looks at what the object's own status does not say. */
async function surroundings(client: KubernetesClient, object: KubernetesObject): Promise<Surroundings> {
  const { name, namespace = "default" } = object.metadata;
  if (object.kind === "Service" && object.apiVersion === "v1") {
    const label = `kubernetes.io/service-name=${name}`;
    const slices = await client.list("discovery.k8s.io/v1", "EndpointSlice", namespace, label);
    const endpoints = slices.flatMap(({ endpoints: each }) => (each ?? []) as { conditions?: { ready?: boolean } }[]);
    return { readyEndpoints: endpoints.filter(({ conditions }) => conditions?.ready !== false).length };
  }
  if (object.kind === "PersistentVolumeClaim") return { waitsForConsumer: await waitsForConsumer(client, object) };
  return {};
}

async function waitsForConsumer(client: KubernetesClient, claim: KubernetesObject): Promise<boolean> {
  const name = (claim["spec"] as { storageClassName?: string } | undefined)?.storageClassName;
  const classes =
    name === undefined
      ? await client.list("storage.k8s.io/v1", "StorageClass", "", "")
      : [await client.read("storage.k8s.io/v1", "StorageClass", "", name)];
  const isDefault = (each: KubernetesObject) =>
    each.metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
  const chosen = classes.find((each) => each !== undefined && (name !== undefined || isDefault(each)));
  return chosen?.["volumeBindingMode"] === "WaitForFirstConsumer";
}

/** Judges an object once. */
export async function assess(client: KubernetesClient, object: KubernetesObject): Promise<Verdict> {
  return judge(object, await surroundings(client, object));
}

/** What the pods of a workload say about themselves. */
export async function podsSay(client: KubernetesClient, object: KubernetesObject): Promise<string[]> {
  const { selector } = (object["spec"] ?? {}) as { selector?: { matchLabels?: Record<string, string> } };
  const labels = object.kind === "Job" ? { "job-name": object.metadata.name } : selector?.matchLabels;
  if (labels === undefined) return [];
  const query = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const pods = await client.list("v1", "Pod", object.metadata.namespace ?? "default", query.join(",")).catch(() => []);
  return pods.flatMap((pod) => podReasons(pod).map((reason) => `pod ${pod.metadata.name}: ${reason}`)).slice(0, 10);
}

/** An API server that restarts in the middle of a wait is waited for too, this many looks long. */
const PATIENT_LOOKS = 25;

/** Runs `look` again and again until it gives something, the time is up, or the engine wants to stop. */
async function poll<T>(patience: Patience, look: () => Promise<T | undefined>): Promise<T | "stopped" | "late"> {
  const endMs = Date.now() + patience.timeoutSeconds * 1000;
  let failures = 0;
  for (;;) {
    const found = await look().catch((error: unknown) => {
      if (!(error instanceof Unreachable) || ++failures > PATIENT_LOOKS) throw error;
      return undefined;
    });
    if (found !== undefined) return found;
    if (patience.signal.aborted) return "stopped";
    if (Date.now() >= endMs) return "late";
    await sleep(POLL_MS);
  }
}

/** The live object once it is ready. Throws `NotReady` when it failed or time is up. */
export async function untilReady(
  client: KubernetesClient,
  applied: KubernetesObject,
  patience: Patience,
): Promise<KubernetesObject> {
  let live = applied;
  let reason = "";
  const { apiVersion, kind } = applied;
  const { name, namespace = "" } = applied.metadata;
  const end = await poll(patience, async () => {
    if (reason !== "") {
      const found = await client.read(apiVersion, kind, namespace, name);
      if (found === undefined) throw new NotReady("it was deleted while it was waited for", live);
      live = found;
    }
    const verdict = await assess(client, live);
    if (verdict.state === "ready") return "ready" as const;
    if (verdict.reason !== reason) patience.status(verdict.reason);
    ({ reason } = verdict);
    return verdict.state === "failed" ? "failed" : undefined;
  });
  if (end === "ready") return live;
  const why = {
    failed: reason,
    stopped: `the operation was stopped while it was waited for (${reason})`,
    late: `it was not ready within ${patience.timeoutSeconds} s: ${reason}`,
  };
  throw new NotReady(why[end], live, await podsSay(client, live));
}

/** Returns once the object is gone. */
export async function untilGone(client: KubernetesClient, object: KubernetesObject, patience: Patience): Promise<void> {
  let live = object;
  const { apiVersion, kind } = object;
  const { name, namespace = "", uid } = object.metadata;
  const end = await poll(patience, async () => {
    const found = await client.read(apiVersion, kind, namespace, name);
    if (found === undefined || (uid !== undefined && found.metadata.uid !== uid)) return "gone" as const;
    live = found;
    return undefined;
  });
  if (end === "gone") return;
  const holders = live.metadata.finalizers ?? [];
  const held = holders.length === 0 ? "" : `; it is held by ${holders.join(", ")}`;
  const why =
    end === "stopped"
      ? "the operation was stopped while it went away"
      : `it was not gone within ${patience.timeoutSeconds} s`;
  throw new NotReady(`${why}${held}`, live);
}
