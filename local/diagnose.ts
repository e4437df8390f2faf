/** Tells why an app does not run: what each pod that is not ready says, with the last lines of its log. */

import { CoreV1Api, type KubeConfig, type V1ContainerStatus, type V1Pod } from "@kubernetes/client-node";
import type { Note } from "./steps";

const LOG_LINES = 15;

/** Lines for people about every pod of the namespaces that is not ready; none when all are, or nothing can be asked. */
export async function diagnose(kubeconfig: KubeConfig, namespaces: readonly string[]): Promise<string[]> {
  const api = kubeconfig.makeApiClient(CoreV1Api);
  const lines: string[] = [];
  for (const namespace of namespaces) {
    const pods = await api.listNamespacedPod({ namespace }).catch(() => ({ items: [] as V1Pod[] }));
    for (const pod of pods.items) {
      const problem = podProblem(pod);
      if (problem !== undefined) {
        lines.push(`Pod ${namespace}/${pod.metadata?.name ?? ""}: ${problem.text}`);
        const log = await lastLog(api, pod, problem);
        lines.push(...log.map((line) => `    | ${line}`));
      }
    }
  }
  return lines;
}

/**
 * Tells of pods that cannot run while the engine still waits for them: each trouble once, when it has lasted.
 *
 * @returns What ends the watch.
 */
export function watchForTrouble(kubeconfig: KubeConfig, namespaces: readonly string[], tell: Note): () => void {
  const api = kubeconfig.makeApiClient(CoreV1Api);
  const seen = new Map<string, number>();
  const LASTING = 3;
  const look = async () => {
    for (const namespace of namespaces) {
      const { items } = await api.listNamespacedPod({ namespace }).catch(() => ({ items: [] as V1Pod[] }));
      for (const pod of items) {
        const problem = podProblem(pod);
        if (problem !== undefined && problem.passing !== true) {
          const line = `Pod ${namespace}/${pod.metadata?.name ?? ""}: ${problem.text}`;
          const times = (seen.get(line) ?? 0) + 1;
          seen.set(line, times);
          if (times === LASTING) {
            tell(`! ${line}`);
          }
        }
      }
    }
  };
  const timer = setInterval(() => void look(), 4_000);
  return () => {
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
    api.readNamespacedPodLog({ name, namespace, container, previous: earlier, tailLines: LOG_LINES }).catch(() => "");
  const text = (await ask(previous === true)) || (await ask(false));
  return text.trim() === "" ? [] : text.trim().split("\n");
}
