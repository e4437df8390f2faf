/** When an object counts as ready, read from its own status and what belongs to it. */

import type { KubernetesObject } from "./client";
import { annotation, SKIP_AWAIT, WAIT_FOR } from "./object";

export type Verdict = { state: "ready" } | { state: "waiting" | "failed"; reason: string };

/** What some kinds can only be judged with. */
export interface Surroundings {
  /** Of a Service: how many of its endpoints take traffic. */
  readyEndpoints?: number;
  /** Of a claim: whether its volume is only made for the first pod. */
  waitsForConsumer?: boolean;
}

const READY: Verdict = { state: "ready" };
const waiting = (reason: string): Verdict => ({ state: "waiting", reason });
const failed = (reason: string): Verdict => ({ state: "failed", reason });

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}
type Counts = Record<string, number | undefined>;

const statusOf = (object: KubernetesObject) => (object["status"] ?? {}) as Record<string, unknown>;
const specOf = (object: KubernetesObject) => (object["spec"] ?? {}) as Record<string, unknown>;

function condition(object: KubernetesObject, type: string): Condition | undefined {
  return ((statusOf(object)["conditions"] ?? []) as Condition[]).find((each) => each.type === type);
}

const because = ({ reason, message }: Condition): string => [reason, message].filter(Boolean).join(": ");

/** The controller has not yet seen the latest change, so its status says nothing about it. */
function isStale(object: KubernetesObject): boolean {
  const observed = statusOf(object)["observedGeneration"];
  return typeof observed !== "number" || observed < (object.metadata.generation ?? 0);
}

function deployment(object: KubernetesObject): Verdict {
  const { paused, replicas: wanted = 1 } = specOf(object) as { paused?: boolean; replicas?: number };
  if (paused === true) return READY;
  if (isStale(object)) return waiting("the rollout has not begun");
  const progressing = condition(object, "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") return failed(because(progressing));
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = statusOf(object) as Counts;
  if (updatedReplicas < wanted) return waiting(`${updatedReplicas} of ${wanted} pods are new`);
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old pods are still there`);
  return availableReplicas < updatedReplicas ? waiting(`${availableReplicas} of ${wanted} pods are ready`) : READY;
}

function statefulSet(object: KubernetesObject): Verdict {
  const spec = specOf(object) as {
    replicas?: number;
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
  };
  const wanted = spec.replicas ?? 1;
  if (isStale(object)) return waiting("the rollout has not begun");
  const status = statusOf(object);
  const { readyReplicas = 0, updatedReplicas = 0, replicas = 0 } = status as Counts;
  if (readyReplicas < wanted) return waiting(`${readyReplicas} of ${wanted} pods are ready`);
  if (replicas > wanted) return waiting(`${replicas - wanted} pods have yet to go`);
  if (spec.updateStrategy?.type === "OnDelete") return READY;
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition > 0) {
    return updatedReplicas < wanted - partition
      ? waiting(`${updatedReplicas} of ${wanted - partition} pods are new`)
      : READY;
  }
  return status["currentRevision"] === status["updateRevision"]
    ? READY
    : waiting(`${updatedReplicas} of ${wanted} pods are new`);
}

function daemonSet(object: KubernetesObject): Verdict {
  if (isStale(object)) return waiting("the rollout has not begun");
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled = 0,
    numberAvailable = 0,
  } = statusOf(object) as Counts;
  if (updatedNumberScheduled < wanted) return waiting(`${updatedNumberScheduled} of ${wanted} pods are new`);
  return numberAvailable < wanted ? waiting(`${numberAvailable} of ${wanted} pods are ready`) : READY;
}

function job(object: KubernetesObject): Verdict {
  const bad = condition(object, "Failed");
  if (bad?.status === "True") return failed(because(bad));
  if (condition(object, "Complete")?.status === "True") return READY;
  const { active = 0, failed: failures = 0 } = statusOf(object) as Counts;
  return waiting(failures > 0 ? `${failures} pods failed, ${active} running` : "it has not completed");
}

function pod(object: KubernetesObject): Verdict {
  const status = statusOf(object);
  if (status["phase"] === "Succeeded" || condition(object, "Ready")?.status === "True") return READY;
  if (status["phase"] === "Failed") return failed(podReasons(object).join("; ") || "the pod failed");
  return waiting(podReasons(object).join("; ") || "the pod is not ready");
}

const hasAddress = (object: KubernetesObject): boolean => {
  const { ingress = [] } = (statusOf(object)["loadBalancer"] ?? {}) as { ingress?: unknown[] };
  return ingress.length > 0;
};

function service(object: KubernetesObject, { readyEndpoints = 0 }: Surroundings): Verdict {
  const spec = specOf(object) as { type?: string; clusterIP?: string; selector?: Record<string, string> };
  if (spec.type === "ExternalName") return READY;
  if (spec.type === "LoadBalancer" && !hasAddress(object)) return waiting("the load balancer has no address");
  const selects = Object.keys(spec.selector ?? {}).length > 0;
  if (spec.clusterIP === "None" || !selects) return READY;
  return readyEndpoints > 0 ? READY : waiting("no pod that it selects is ready");
}

function claim(object: KubernetesObject, { waitsForConsumer = false }: Surroundings): Verdict {
  return statusOf(object)["phase"] === "Bound" || waitsForConsumer ? READY : waiting("no volume is bound to it");
}

function definition(object: KubernetesObject): Verdict {
  const refused = condition(object, "NamesAccepted");
  if (refused?.status === "False") return failed(because(refused));
  return condition(object, "Established")?.status === "True" ? READY : waiting("it is not established");
}

const JUDGES: Record<string, (object: KubernetesObject, surroundings: Surroundings) => Verdict> = {
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1/DaemonSet": daemonSet,
  "batch/v1/Job": job,
  "v1/Pod": pod,
  "v1/Service": service,
  "v1/PersistentVolumeClaim": claim,
  "networking.k8s.io/v1/Ingress": (object) =>
    hasAddress(object) ? READY : waiting("no controller gave it an address"),
  "apiextensions.k8s.io/v1/CustomResourceDefinition": definition,
};

/** The value at a path such as `{.status.phase}`. */
function atJsonPath(object: KubernetesObject, path: string): unknown {
  const steps = path.replace(/^\{?\.?|\}$/g, "").split(".");
  return steps.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], object);
}

/** One expression of the annotation `pulumi.com/waitFor`: `condition=Ready`, or `jsonpath={.status.phase}=Bound`. */
function asked(object: KubernetesObject, expression: string): Verdict {
  const named = /^condition=([^=]+)(?:=(.+))?$/.exec(expression);
  if (named !== null) {
    const [, type = "", wanted = "True"] = named;
    const found = condition(object, type);
    if (found?.status.toLowerCase() === wanted.toLowerCase()) return READY;
    return waiting(`condition ${type} is not ${wanted}${found === undefined ? "" : ` (${because(found)})`}`);
  }
  const [, path = "", wanted] = /^jsonpath=(\{[^}]*\}|[^=]+)(?:=(.+))?$/.exec(expression) ?? [];
  const value = atJsonPath(object, path);
  const met =
    wanted === undefined ? value !== undefined : (typeof value === "string" ? value : JSON.stringify(value)) === wanted;
  return met ? READY : waiting(`${path} is not ${wanted ?? "set"}`);
}

/** Whether anything is waited for at all. */
export function isAwaited(object: KubernetesObject): boolean {
  if (annotation(object, SKIP_AWAIT) === "true") return false;
  return annotation(object, WAIT_FOR) !== undefined || `${object.apiVersion}/${object.kind}` in JUDGES;
}

/** Judges an object as it is now. What nothing is known about is ready as soon as it exists. */
export function judge(object: KubernetesObject, surroundings: Surroundings = {}): Verdict {
  if (annotation(object, SKIP_AWAIT) === "true") return READY;
  const wish = annotation(object, WAIT_FOR);
  if (wish !== undefined) {
    const expressions = wish.startsWith("[") ? (JSON.parse(wish) as string[]) : [wish];
    return expressions.map((each) => asked(object, each)).find(({ state }) => state !== "ready") ?? READY;
  }
  return JUDGES[`${object.apiVersion}/${object.kind}`]?.(object, surroundings) ?? READY;
}

/** What keeps a pod from being ready, as short sentences. */
export function podReasons(object: KubernetesObject): string[] {
  const status = statusOf(object) as { phase?: string; reason?: string; message?: string };
  const reasons: string[] = [];
  const scheduled = condition(object, "PodScheduled");
  if (scheduled?.status === "False") reasons.push(because(scheduled));
  if (status.phase === "Failed" && status.reason !== undefined)
    reasons.push(`${status.reason}: ${status.message ?? ""}`);
  const lists = ["initContainerStatuses", "containerStatuses"].map((key) => statusOf(object)[key] ?? []);
  for (const container of lists.flat() as ContainerStatus[]) {
    const { waiting: idle, terminated: ended } = container.state ?? {};
    const before = container.lastState?.terminated;
    const exit = ended ?? (idle?.reason === "CrashLoopBackOff" ? before : undefined);
    if (idle?.reason !== undefined && idle.reason !== "PodInitializing" && idle.reason !== "ContainerCreating") {
      reasons.push(`container ${container.name}: ${[idle.reason, idle.message].filter(Boolean).join(": ")}`);
    }
    if (exit !== undefined && exit.exitCode !== 0) {
      const what = [exit.reason, exit.message].filter(Boolean).join(": ");
      reasons.push(`container ${container.name} ended with code ${exit.exitCode} (${what})`);
    }
    if (container.state?.running !== undefined && container.ready === false) {
      reasons.push(`container ${container.name} runs but is not ready`);
    }
  }
  return reasons;
}

interface Ended {
  exitCode: number;
  reason?: string;
  message?: string;
}
interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: Ended; running?: unknown };
  lastState?: { terminated?: Ended };
}
