/** Workloads and pods of a test's. */
import type { V1ContainerStatus, V1Deployment, V1DeploymentStatus, V1Pod } from "@kubernetes/client-node";
import { labels, selector, type AppRole } from "../../../../lib/labels";
import type { PodFacts } from "../../../../scripts/status/workloads";
import { NOW } from "./chain";

export const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

export function pod(
  name: string,
  role: AppRole,
  container: Partial<V1ContainerStatus> = {},
  startTime = ago(600),
): V1Pod {
  const status = { name: "shop", ready: true, restartCount: 0, image: "", imageID: "", state: { running: {} } };
  const all = { ...status, ...container };
  return {
    metadata: { name, namespace: "shop", uid: `uid-of-${name}`, labels: labels("shop", role) },
    status: {
      phase: "Running",
      startTime,
      conditions: [{ type: "Ready", status: all.ready ? "True" : "False" }],
      containerStatuses: [all],
    },
  };
}

/** A container that ended with an error again and again. */
export const CRASHED: Partial<V1ContainerStatus> = {
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: "CrashLoopBackOff" } },
  lastState: { terminated: { exitCode: 1, reason: "Error", finishedAt: ago(2) } },
};

export function deployment(status: V1DeploymentStatus, replicas = 2): V1Deployment {
  return {
    metadata: { name: "shop", uid: "uid-of-shop", labels: labels("shop", "web") },
    spec: { replicas, selector: { matchLabels: selector("shop", "web") }, template: {} },
    status,
  };
}

export const facts = (given: Partial<PodFacts> = {}): PodFacts => ({
  pods: [],
  warnings: [],
  logs: new Map(),
  now: NOW,
  ...given,
});
