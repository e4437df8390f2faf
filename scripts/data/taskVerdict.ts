/** What has come of a task, or keeps it from starting, by what the cluster holds of it. */
import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { podProblem } from "../../local/diagnose";
import { CONTAINER } from "./appNamespace";
import { failedWord, lastWord, type LastWord } from "./lastWord";

const statusOf = (pod: V1Pod | undefined) => pod?.status?.containerStatuses?.find(({ name }) => name === CONTAINER);

/** Whether its container was ever started. */
export function hasStarted(pod: V1Pod | undefined): boolean {
  const { state, lastState } = statusOf(pod) ?? {};
  return [state?.running, state?.terminated, lastState?.terminated].some((each) => each !== undefined);
}

export const newestPod = (pods: readonly V1Pod[]): V1Pod | undefined =>
  [...pods].sort(
    (a, b) => (b.metadata?.creationTimestamp?.getTime() ?? 0) - (a.metadata?.creationTimestamp?.getTime() ?? 0),
  )[0];

/** A condition of a Job's that holds. */
export const held = (job: V1Job, type: string) =>
  job.status?.conditions?.find((each) => each.type === type && each.status === "True");

/** Whether a Job has ended, one way or the other. */
export const hasEnded = (job: V1Job): boolean => (held(job, "Complete") ?? held(job, "Failed")) !== undefined;

/** With one full stop, whether or not what Kubernetes says has its own. */
export const closed = (text: string): string => text.replace(/\.?$/, ".");

/** Nothing while the task goes on. */
export function verdict(job: V1Job | undefined, pod: V1Pod | undefined): LastWord | undefined {
  const ended = statusOf(pod)?.state?.terminated;
  const said = lastWord(ended?.message);
  if (said !== undefined) return said;
  const failed = job && held(job, "Failed");
  if (failed?.reason === "DeadlineExceeded") {
    return failedWord("deadline", "It did not end within its time limit.");
  }
  if (ended !== undefined || pod?.status?.phase === "Failed") {
    const problem = pod && podProblem(pod);
    const why = problem?.passing === true ? undefined : problem?.text;
    return failedWord("failed", closed(`Its pod failed: ${why ?? "it ended without saying what came of it"}`));
  }
  if (job === undefined) return failedWord("deleted", "Its Job was deleted before its end.");
  if (failed !== undefined) {
    return failedWord("failed", closed(`Its Job failed: ${failed.message ?? failed.reason ?? "unknown reason"}`));
  }
  if (held(job, "Complete") !== undefined) {
    return failedWord("unknown", "It has ended, and its pod, which could say what came of it, is gone.");
  }
  return undefined;
}
