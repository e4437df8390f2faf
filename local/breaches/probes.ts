/** What the kubelet asks an app, and what it says of the answers. */

import type { CoreV1Event, V1Container, V1Probe } from "@kubernetes/client-node";

type Kind = "Startup" | "Readiness" | "Liveness";

/** A probe that failed. */
export interface Failure {
  kind: Kind;
  /** What came of the request, in the kubelet's words. */
  said: string;
}

/** What a probe asks. */
export interface Question {
  path: string;
  /** The key of the app's config that names the path. */
  key: "live" | "ready";
  /** Port that it asks at; undefined where the container's own are not known. */
  port: number | undefined;
  /** How long it waits for the answer. */
  seconds: number;
}

export function questionOf(app: V1Container, kind: Kind): Question {
  const probes: Record<Kind, V1Probe | undefined> = {
    Startup: app.startupProbe,
    Readiness: app.readinessProbe,
    Liveness: app.livenessProbe,
  };
  const { httpGet, timeoutSeconds = 1 } = probes[kind] ?? {};
  const port =
    typeof httpGet?.port === "number"
      ? httpGet.port
      : app.ports?.find(({ name }) => name === httpGet?.port)?.containerPort;
  return { path: httpGet?.path ?? "/", key: kind === "Readiness" ? "ready" : "live", port, seconds: timeoutSeconds };
}

/** How long a start may take until the kubelet ends it, in seconds. */
export function startLimit({ startupProbe }: V1Container): number {
  const { failureThreshold = 3, periodSeconds = 10 } = startupProbe ?? {};
  return failureThreshold * periodSeconds;
}

/** When an event was seen last, in milliseconds since 1970. */
export function lastSeenMs({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  const last = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return last === undefined ? 0 : new Date(last).getTime();
}

/** The probe of the app that failed last. Those of its start count for nothing once that is over. */
export function lastFailure(events: readonly CoreV1Event[], app: string, started: boolean): Failure | undefined {
  const found = [...events]
    .sort((a, b) => lastSeenMs(b) - lastSeenMs(a))
    .flatMap(({ involvedObject, message }) => {
      const [, kind, said = ""] = /(Startup|Readiness|Liveness) probe failed: (.*)/s.exec(message ?? "") ?? [];
      const isAbout = involvedObject.fieldPath === undefined || involvedObject.fieldPath.includes(`{${app}}`);
      return kind === undefined || !isAbout ? [] : [{ kind: kind as Kind, said }];
    });
  return found.find(({ kind }) => kind !== "Startup" || !started);
}

/** The failure of a probe that nobody answers. */
export const refusedAt = (port: number): string => `dial tcp :${port}: connect: connection refused`;

/** The failure of a probe that is answered with a status; nothing for one that it takes for good. */
export const answeredWith = (status: number): string | undefined =>
  status >= 400 ? `HTTP probe failed with statuscode: ${status}` : undefined;

export const statusIn = (said: string): number => Number(/statuscode: (\d+)/.exec(said)?.[1] ?? 0);

export const isRefused = (said: string): boolean => said.includes("connect: connection refused");
