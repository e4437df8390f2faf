/** Containers of a test's pods, as Kubernetes tells of them. */
import type { V1ContainerState, V1ContainerStatus } from "@kubernetes/client-node";

export const container = (
  state: V1ContainerState,
  { ready = false, name = "web", ...more }: Partial<V1ContainerStatus> = {},
): V1ContainerStatus => ({ name, ready, state, image: "i", imageID: "", restartCount: 0, ...more });
export const ended = (exitCode: number, reason = "Error"): V1ContainerState => ({ terminated: { exitCode, reason } });
export const waits = (reason: string, message?: string): V1ContainerState => ({
  waiting: { reason, ...(message !== undefined && { message }) },
});
export const RUNS: V1ContainerState = { running: {} };
