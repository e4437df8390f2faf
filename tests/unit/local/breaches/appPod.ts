/** Pods of an app called `shop`, as the program makes them, and what there is to know of them. */
import type {
  CoreV1Event,
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1Pod,
  V1PodSpec,
} from "@kubernetes/client-node";
import { migrationPod, webPod } from "../../../../lib/webPod";
import { type AppFacts, appContainer, lastEnd, statusOf } from "../../../../local/breaches/podFacts";

export const NOW = new Date("2026-11-26T12:00:00Z");
export const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);

const COMMON = {
  app: "shop",
  image: "registry.test/shop@sha256:0",
  configMapName: "shop-config",
  secretName: "shop-secrets",
  serviceAccountName: "shop",
  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "384Mi" } },
};
const WEB = { ...COMMON, port: 8000, health: { live: "/healthz", ready: "/readyz" } };
const NGINX = {
  image: "nginx",
  serverPort: 8080,
  static: { "/static": "/app/static" },
  bodyMb: 16,
  timeoutSeconds: 30,
};

const TEMPLATES = {
  web: webPod({ ...WEB, serving: { server: undefined, nginx: undefined } }),
  behindNginx: webPod({ ...WEB, serving: { server: undefined, nginx: NGINX }, servingName: "shop-serving" }),
  migration: migrationPod({ ...COMMON, command: ["flask", "db", "upgrade"] }),
};

/** A pod of the app with these statuses of containers. */
export function appPod(kind: keyof typeof TEMPLATES, ...containerStatuses: V1ContainerStatus[]): V1Pod {
  const { metadata, spec } = TEMPLATES[kind] as unknown as { metadata: V1Pod["metadata"]; spec: V1PodSpec };
  return {
    metadata: Object.assign({}, metadata, { name: "shop-1", namespace: "shop" }),
    spec,
    status: { phase: "Running", podIP: "10.244.0.7", containerStatuses },
  };
}

export const container = (
  state: V1ContainerState,
  { name = "shop", ...more }: Partial<V1ContainerStatus> = {},
): V1ContainerStatus => ({ name, state, ready: false, restartCount: 0, image: "", imageID: "", ...more });

/** One that runs for that many seconds. */
export const running = (seconds: number): V1ContainerState => ({ running: { startedAt: ago(seconds) } });

/** One that ran for that many seconds, until just now. */
export const ended = (
  exitCode: number,
  seconds: number,
  more: Partial<V1ContainerStateTerminated> = {},
): V1ContainerStateTerminated => ({
  exitCode,
  reason: exitCode === 0 ? "Completed" : "Error",
  startedAt: ago(seconds + 1),
  finishedAt: ago(1),
  ...more,
});

/** What is known of a pod when its log is read. */
export function factsOf(
  pod: V1Pod,
  { log = "", ...more }: { log?: string } & Partial<Omit<AppFacts, "log">> = {},
): AppFacts {
  const app = appContainer(pod);
  if (app === undefined) throw new Error("the pod does not run the app");
  const status = statusOf(pod, app.name);
  const facts = { pod, app, status, ended: lastEnd(status, NOW), failure: undefined, listeners: undefined, now: NOW };
  return { ...facts, log: log.split("\n"), ...more };
}

/** What the kubelet writes down of a probe that failed. */
export const unhealthy = (kind: string, said: string, seconds = 1, about = "shop"): CoreV1Event => ({
  metadata: {},
  type: "Warning",
  reason: "Unhealthy",
  involvedObject: { kind: "Pod", name: "shop-1", fieldPath: `spec.containers{${about}}` },
  message: `${kind} probe failed: ${said}`,
  lastTimestamp: ago(seconds),
});

const HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

/** A file of the kernel's with these lines, each an address in its notation and, if it does not listen, a state. */
export function procNetTcp(...sockets: string[]): string {
  const lines = sockets.map((socket, index) => {
    const [local = "", state = "0A"] = socket.split(" ");
    const remote = `${"0".repeat(local.indexOf(":"))}:0000`;
    return `${String(index).padStart(4)}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 10001        0 4757478 1 00000000d6b5a755 100 0 0 10 0`;
  });
  return [HEADER, ...lines, ""].join("\n");
}
