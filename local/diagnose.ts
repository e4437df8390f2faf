/**
 * Tells why an app does not run: what each pod that is not ready says, which breach of docs/your-app.md that is, and the
 * last lines of its log.
 */

import { CoreV1Api, type KubeConfig, type V1ContainerStatus, type V1Pod } from "@kubernetes/client-node";
import { type Breach, breachLine } from "./breaches/breach";
import { appContainer } from "./breaches/podFacts";
import { BreachReader } from "./breaches/reader";
import { inTime } from "./inTime";
import type { Note } from "./steps";

const LOG_LINES = 15;

/** More pods of a namespace than this are not asked which breach they are about: it takes a few requests each. */
const MOST_EXPLAINED = 3;

/**
 * Lines for people about every pod of the namespaces that is not ready; none when all are, or nothing can be asked.
 *
 * @param breaches Default: one that knows nothing of the pods yet.
 */
export async function diagnose(
  kubeconfig: KubeConfig,
  namespaces: readonly string[],
  breaches = new BreachReader(kubeconfig),
): Promise<string[]> {
  const api = kubeconfig.makeApiClient(CoreV1Api);
  const lines: string[] = [];
  for (const namespace of namespaces) {
    let explained = 0;
    for (const { pod, problem, line } of await troubles(api, namespace)) {
      const isAsked = appContainer(pod) !== undefined && explained++ < MOST_EXPLAINED;
      const breach = isAsked ? await breaches.breachOf(pod) : undefined;
      const log = await lastLog(api, pod, problem);
      lines.push(line, ...explanation(breach), ...log.map((each) => `    | ${each}`));
    }
  }
  return lines;
}

const explanation = (breach: Breach | undefined): string[] =>
  breach === undefined ? [] : [`    ${breachLine(breach)}`];

interface Trouble {
  pod: V1Pod;
  problem: PodProblem;
  /** Both, for people. */
  line: string;
}

async function troubles(api: CoreV1Api, namespace: string): Promise<Trouble[]> {
  const { items } = await inTime(api.listNamespacedPod({ namespace }), { items: [] });
  return items.flatMap((pod) => {
    const problem = podProblem(pod);
    return problem === undefined
      ? []
      : [{ pod, problem, line: `Pod ${namespace}/${pod.metadata?.name ?? ""}: ${problem.text}` }];
  });
}

const LOOK_MS = 4_000;
/** Looks after which a trouble has lasted. */
const LASTING = 3;
/** Looks after which, again and again, it is asked why a pod is not ready that may be on its way. */
const OVERDUE = 4;

/**
 * Tells of pods that cannot run while the engine still waits for them: each trouble once, when it has lasted, and each
 * breach once an app.
 *
 * @param breaches Default: one that knows nothing of the pods yet.
 * @returns What ends the watch.
 */
export function watchForTrouble(
  kubeconfig: KubeConfig,
  namespaces: readonly string[],
  tell: Note,
  breaches = new BreachReader(kubeconfig),
): () => void {
  const api = kubeconfig.makeApiClient(CoreV1Api);
  const seen = new Map<string, number>();
  const told = new Set<string>();
  const watch = { looks: false, ended: false };
  const consider = async ({ pod, problem, line }: Trouble): Promise<void> => {
    const times = (seen.get(line) ?? 0) + 1;
    seen.set(line, times);
    const isPassing = problem.passing === true;
    if (isPassing ? times % OVERDUE !== 0 : times !== LASTING) return;
    const breach = await breaches.breachOf(pod);
    const key = breach && `${pod.metadata?.namespace ?? ""} ${breach.name}`;
    const isNew = key !== undefined && !told.has(key);
    if (watch.ended || (isPassing && !isNew)) return;
    if (isNew) told.add(key);
    for (const each of [`! ${line}`, ...explanation(isNew ? breach : undefined)]) tell(each);
  };
  const look = async (): Promise<void> => {
    for (const namespace of namespaces) {
      for (const trouble of await troubles(api, namespace)) await consider(trouble);
    }
  };
  const timer = setInterval(() => {
    // A cluster that is slow to answer is not asked the more for it.
    if (watch.looks) return;
    watch.looks = true;
    // What only explains a deployment does not end it.
    void look()
      .catch(() => undefined)
      .finally(() => (watch.looks = false));
  }, LOOK_MS);
  return () => {
    watch.ended = true;
    clearInterval(timer);
  };
}

/** What is wrong with a pod. */
export interface PodProblem {
  text: string;
  /** The container whose log says more. */
  container?: string;
  /** Whether that log is the one of the run before: the container has been started again since. */
  previous?: boolean;
  /** Whether every pod goes through this before it is ready. */
  passing?: boolean;
}

/** What is wrong with a pod, in words; nothing for one that is ready or has done its work. */
export function podProblem(pod: V1Pod): PodProblem | undefined {
  const { phase, conditions = [], containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const isReady = conditions.some(({ type, status }) => type === "Ready" && status === "True");
  if (phase === "Succeeded" || pod.metadata?.deletionTimestamp !== undefined || isReady) {
    return undefined;
  }
  const scheduled = conditions.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    return { text: `no node has room for it: ${scheduled.message ?? scheduled.reason ?? "unknown reason"}` };
  }
  // One that is ready may have ended on the way there.
  const unready = [...initContainerStatuses, ...containerStatuses].filter(({ ready }) => !ready);
  const found = unready.flatMap((status) => containerProblem(status) ?? []);
  if (found[0] !== undefined) {
    return found[0];
  }
  if (phase === "Failed") {
    return { text: pod.status?.message ?? pod.status?.reason ?? "failed" };
  }
  const waiting = containerStatuses.find((status) => !status.ready);
  if (waiting === undefined) {
    return undefined;
  }
  const { name, state } = waiting;
  return state?.waiting === undefined
    ? { text: `container ${name} runs, but its readiness probe is not answered`, container: name, passing: true }
    : { text: `container ${name} has not started yet: ${state.waiting.reason ?? "unknown reason"}`, passing: true };
}

function containerProblem({ name, state, lastState }: V1ContainerStatus): PodProblem | undefined {
  const ended = state?.terminated ?? lastState?.terminated;
  const previous = state?.terminated === undefined;
  if (ended !== undefined && (ended.exitCode !== 0 || state?.waiting?.reason === "CrashLoopBackOff")) {
    const why = ended.reason === "OOMKilled" ? "was killed: it used more memory than its limit" : "ended";
    return { text: `container ${name} ${why} (exit code ${ended.exitCode})`, container: name, previous };
  }
  const { reason: waits, message } = state?.waiting ?? {};
  if (waits === undefined || waits === "ContainerCreating" || waits === "PodInitializing") {
    return undefined;
  }
  return { text: `container ${name} cannot start: ${waits}${message === undefined ? "" : `: ${message}`}` };
}

async function lastLog(api: CoreV1Api, pod: V1Pod, { container, previous }: PodProblem): Promise<string[]> {
  const { name, namespace } = pod.metadata ?? {};
  if (container === undefined || name === undefined || namespace === undefined) {
    return [];
  }
  const ask = (earlier: boolean) =>
    inTime(api.readNamespacedPodLog({ name, namespace, container, previous: earlier, tailLines: LOG_LINES }), "");
  const text = (await ask(previous === true)) || (await ask(false));
  return text.trim() === "" ? [] : text.trim().split("\n");
}
