/** Tells of an app's workloads whether their pods are ready, and otherwise what those say. */
import type { V1DaemonSet, V1Deployment, V1Job, V1LabelSelector, V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { type Breach, breachLine } from "../../local/breaches/breach";
import { podProblem } from "../../local/diagnose";
import { maintenanceOf } from "../data/maintenanceMark";
import { lastWarning, type Warning } from "./events";
import type { WorkloadStatus } from "./model";
import { counted, HOUR_MS, span } from "./spans";

/** The label that says which part of an app an object is, as lib/labels.ts sets it. */
const COMPONENT = "app.kubernetes.io/component";

export const componentOf = (object: { metadata?: { labels?: Record<string, string> } }): string | undefined =>
  object.metadata?.labels?.[COMPONENT];

/** What workloads are judged by. */
export interface PodFacts {
  pods: readonly V1Pod[];
  warnings: readonly Warning[];
  /** Last line of the log of pods that are not ready, by the pod's name. */
  logs: ReadonlyMap<string, string>;
  /** Which breach of docs/your-app.md keeps pods of apps from being ready, by the pod's name. */
  breaches?: ReadonlyMap<string, Breach> | undefined;
  now: Date;
}

/** More pods than this with different troubles are only counted. */
const MOST_REASONS = 3;

/** A Deployment: bad when pods are missing, or when a new release does not get ready while the old one serves. */
export function deploymentStatus(name: string, deployment: V1Deployment, facts: PodFacts): WorkloadStatus {
  const { spec, status } = deployment;
  const wanted = spec?.replicas ?? 1;
  const { readyReplicas: ready = 0, updatedReplicas: updated = 0, conditions = [] } = status ?? {};
  const common = { name, kind: "Deployment", ready, wanted } as const;
  const mine = podsOf(spec?.selector, facts.pods);
  const restarts = restartsOf(mine, facts.now);
  const maintenance = maintenanceOf(deployment);
  if (maintenance !== undefined) {
    const { since } = maintenance;
    const time = since === undefined ? "" : ` for ${span(facts.now.getTime() - since.getTime())}`;
    const problem = `in maintenance${time}: stopped by npm run restore or npm run move`;
    return { ...common, ok: false, problem, reasons: [] };
  }
  const stuck = conditions.some(({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded");
  const failure = conditions.find(({ type, status: value }) => type === "ReplicaFailure" && value === "True");
  if (ready >= wanted && !stuck) {
    const note = updated < wanted ? { note: `a new release is coming: ${updated} of ${wanted} pods are new` } : {};
    return { ...common, ok: true, ...restarts, ...note, reasons: [] };
  }
  const said = reasons(mine, facts);
  const replicaSets = facts.warnings.filter(
    ({ about }) => about.kind === "ReplicaSet" && about.name.startsWith(`${deployment.metadata?.name ?? ""}-`),
  );
  const others = [
    failure?.message,
    lastWarning(
      replicaSets,
      replicaSets.map(({ about }) => ({ metadata: about })),
    )?.message,
  ];
  return {
    ...common,
    ok: false,
    ...restarts,
    problem: ready >= wanted ? "the new release does not get ready; the old one serves on" : missing(ready, wanted),
    reasons: said.length > 0 ? said : others.filter((text) => text !== undefined).slice(0, 1),
  };
}

export function statefulSetStatus(name: string, set: V1StatefulSet, facts: PodFacts): WorkloadStatus {
  return setStatus(name, "StatefulSet", set, [set.status?.readyReplicas ?? 0, set.spec?.replicas ?? 1], facts);
}

export function daemonSetStatus(name: string, set: V1DaemonSet, facts: PodFacts): WorkloadStatus {
  const { numberReady = 0, desiredNumberScheduled = 0 } = set.status ?? {};
  return setStatus(name, "DaemonSet", set, [numberReady, desiredNumberScheduled], facts);
}

function setStatus(
  name: string,
  kind: "StatefulSet" | "DaemonSet",
  set: V1StatefulSet | V1DaemonSet,
  [ready, wanted]: [ready: number, wanted: number],
  facts: PodFacts,
): WorkloadStatus {
  const mine = podsOf(set.spec?.selector, facts.pods);
  const common = { name, kind, ready, wanted, ...restartsOf(mine, facts.now) };
  if (ready >= wanted) return { ...common, ok: true, reasons: [] };
  const said = reasons(mine, facts);
  const warned = lastWarning(facts.warnings, [set])?.message;
  return {
    ...common,
    ok: false,
    problem: missing(ready, wanted),
    reasons: said.length > 0 || warned === undefined ? said : [warned],
  };
}

/** The newest of an app's migrations, while it runs or when it failed; one that is done has nothing to tell. */
export function migrationStatus(jobs: readonly V1Job[], facts: PodFacts): WorkloadStatus | undefined {
  const job = newestJob(jobs.filter((each) => componentOf(each) === "migration"));
  const { succeeded = 0, conditions = [] } = job?.status ?? {};
  if (job === undefined || succeeded > 0) return undefined;
  const common = { name: "migration", kind: "Job", ready: 0, wanted: 1 } as const;
  const failed = conditions.find(({ type, status }) => type === "Failed" && status === "True");
  if (failed === undefined) return { ...common, ok: true, note: "runs", reasons: jobReasons(job, facts) };
  const problem = `failed: ${failed.message ?? failed.reason ?? "unknown reason"}`;
  return { ...common, ok: false, problem, reasons: jobReasons(job, facts) };
}

export function newestJob(jobs: readonly V1Job[]): V1Job | undefined {
  const createdMs = ({ metadata }: V1Job): number => metadata?.creationTimestamp?.getTime() ?? 0;
  return [...jobs].sort((a, b) => createdMs(b) - createdMs(a))[0];
}

/** Why a Job does not get done; its own warning where its pods are gone. */
export function jobReasons(job: V1Job, facts: PodFacts): string[] {
  const said = reasons(podsOf(job.spec?.selector, facts.pods), facts);
  const warned = lastWarning(facts.warnings, [job])?.message;
  return said.length > 0 || warned === undefined ? said : [warned];
}

const missing = (ready: number, wanted: number): string => `${ready} of ${counted(wanted, "pod")} ready`;

export function podsOf(selector: V1LabelSelector | undefined, pods: readonly V1Pod[]): V1Pod[] {
  const wanted = Object.entries(selector?.matchLabels ?? {});
  return wanted.length === 0
    ? []
    : pods.filter(({ metadata }) => wanted.every(([key, value]) => metadata?.labels?.[key] === value));
}

/**
 * Starts after a failure within the last hour. Kubernetes counts all since a pod was made, and knows the time of the last
 * one only: so for an older pod that is the least there were.
 */
function restartsOf(pods: readonly V1Pod[], now: Date): Pick<WorkloadStatus, "restarts"> {
  const since = now.getTime() - HOUR_MS;
  let lastHour = 0;
  let exact = true;
  for (const { status } of pods) {
    const isYoung = (status?.startTime?.getTime() ?? 0) >= since;
    for (const { restartCount, lastState } of status?.containerStatuses ?? []) {
      const isRecent = (lastState?.terminated?.finishedAt?.getTime() ?? 0) >= since;
      if (isYoung) lastHour += restartCount;
      else if (isRecent) {
        lastHour += 1;
        exact &&= restartCount === 1;
      }
    }
  }
  return { restarts: { lastHour, exact } };
}

/**
 * What the pods that are not ready say, each with the breach that it is about, and with the last line of its log or,
 * without one, its last warning.
 */
function reasons(pods: readonly V1Pod[], { warnings, logs, breaches }: PodFacts): string[] {
  const told = new Map<string, { pod: string; breach: Breach | undefined; error: string | undefined; more: number }>();
  for (const pod of pods) {
    const problem = podProblem(pod);
    if (problem === undefined) continue;
    const name = pod.metadata?.name ?? "";
    const breach = breaches?.get(name);
    const before = told.get(problem.text);
    if (before === undefined) {
      const error = logs.get(name) ?? lastWarning(warnings, [pod])?.message;
      told.set(problem.text, { pod: name, breach, error, more: 0 });
    } else {
      before.more += 1;
      before.breach ??= breach;
    }
  }
  const lines = [...told].slice(0, MOST_REASONS).flatMap(([text, { pod, breach, error, more }]) => {
    const others = more === 0 ? "" : ` (and ${counted(more, "more pod")})`;
    return [
      `${pod}: ${text}${others}`,
      ...(breach === undefined ? [] : [breachLine(breach)]),
      ...(error === undefined || text.includes(error) ? [] : [`| ${error}`]),
    ];
  });
  return told.size > MOST_REASONS ? [...lines, `and ${told.size - MOST_REASONS} more`] : lines;
}
