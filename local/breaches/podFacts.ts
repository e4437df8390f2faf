/** What there is to know of a pod that runs an app, and what follows from its status alone. */

import type { V1Container, V1ContainerStateTerminated, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { Listener } from "./listeners";
import { type Failure, startLimit } from "./probes";

/** What there is to know of a pod of an app that is not ready. */
export interface AppFacts {
  pod: V1Pod;
  /** The app's own container. */
  app: V1Container;
  /** Undefined while Kubernetes tells nothing of it. */
  status: V1ContainerStatus | undefined;
  /** How the app's container ended, if it has not outlived that since. */
  ended: V1ContainerStateTerminated | undefined;
  /** What came of the last probe of it, if that failed. */
  failure: Failure | undefined;
  /** Last lines of the log of {@link spokesman}. */
  log: readonly string[];
  /** Where something in the pod listens; undefined where that cannot be seen. */
  listeners: readonly Listener[] | undefined;
  now: Date;
}

/** The container that copies what NGINX serves out of the app's image. */
export const STATIC_FILES = "static-files";

export const partOf = ({ metadata }: V1Pod): string | undefined => metadata?.labels?.["app.kubernetes.io/component"];

/** The app's own container of a pod that runs the app's image; none in other pods, such as the database's. */
export function appContainer(pod: V1Pod): V1Container | undefined {
  const name = pod.metadata?.labels?.["app.kubernetes.io/name"];
  return ["web", "migration"].includes(partOf(pod) ?? "")
    ? pod.spec?.containers.find((container) => container.name === name)
    : undefined;
}

export const statusOf = ({ status }: V1Pod, container: string): V1ContainerStatus | undefined =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find(
    ({ name }) => name === container,
  );

/** The container whose log tells why the pod is not ready: the app's, unless it waits for one that failed. */
export function spokesman(pod: V1Pod, app: string): string {
  const { state, lastState } = statusOf(pod, STATIC_FILES) ?? {};
  const ended = state?.terminated ?? lastState?.terminated;
  return ended !== undefined && ended.exitCode !== 0 ? STATIC_FILES : app;
}

/** Seconds that a container ran; 0 where that is not known. */
export function ranSeconds({ startedAt, finishedAt }: V1ContainerStateTerminated): number {
  return startedAt === undefined || finishedAt === undefined ? 0 : (finishedAt.getTime() - startedAt.getTime()) / 1000;
}

/** Seconds that it runs by now; 0 when it does not. */
export function runsSeconds({ state }: V1ContainerStatus, now: Date): number {
  const since = state?.running?.startedAt;
  return since === undefined ? 0 : (now.getTime() - since.getTime()) / 1000;
}

/** A run that lasts this much longer than the one before does not end in the same way. */
const LONGER_SECONDS = 10;

/** How a container ended; nothing for one that runs longer than it did then. */
export function lastEnd(status: V1ContainerStatus | undefined, now: Date): V1ContainerStateTerminated | undefined {
  if (status?.state?.terminated !== undefined) return status.state.terminated;
  const before = status?.lastState?.terminated;
  if (status === undefined || before === undefined) return undefined;
  return runsSeconds(status, now) > ranSeconds(before) + LONGER_SECONDS ? undefined : before;
}

/** What a server ends with on SIGTERM, by its own will or not, and on SIGKILL. */
const CODES_OF_SIGNALS = [0, 137, 143];

/**
 * Whether the kubelet ended a run because its start took too long. It says so in an event only while it may: 25 about
 * one pod, then one in five minutes.
 */
export function endedByStartupProbe(app: V1Container, ended: V1ContainerStateTerminated): boolean {
  const limit = startLimit(app);
  const { failureThreshold = 3, timeoutSeconds = 1 } = app.startupProbe ?? {};
  const ran = ranSeconds(ended);
  // Each try waits for its answer, and the container may take a minute to end.
  const longest = Math.max(limit, failureThreshold * timeoutSeconds) + 60;
  return ended.reason !== "OOMKilled" && CODES_OF_SIGNALS.includes(ended.exitCode) && ran > limit - 2 && ran < longest;
}
