import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labels, selector } from "./labels";
import { spreadOverNodes } from "./nodeSpread";
import { containerResources, type PodResources } from "./podResources";
import { containerSecurityContext, podSecurityContext } from "./podSecurity";

/** The user that the apps' images run as. */
export const APP_USER_ID = 10001;

/** Seconds in which an old pod may still get requests, after it was told to end, and goes on serving them (K9). */
const DRAIN_SECONDS = 8;

/** Seconds from SIGTERM to SIGKILL: the drain, and gunicorn's own 20 s for requests in flight. */
const GRACE_SECONDS = 45;

/** What the pods of one app have in common. */
export interface AppPod {
  app: string;
  image: pulumi.Input<string>;
  /** ConfigMap and Secret whose keys become environment variables. */
  configMapName: pulumi.Input<string>;
  secretName: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
  resources: PodResources;
}

/** The pods that serve an app's requests. */
export function webPod(
  pod: AppPod & { port: number; health: { live: string; ready: string } },
): types.input.core.v1.PodTemplateSpec {
  const probe = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 5 });
  return {
    metadata: { labels: labels(pod.app, "web") },
    spec: {
      ...podSpec(pod, {
        env: [{ name: "PORT", value: String(pod.port) }],
        ports: [{ name: "http", containerPort: pod.port, protocol: "TCP" }],
        startupProbe: { ...probe(pod.health.live), periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { ...probe(pod.health.ready), periodSeconds: 3, failureThreshold: 2 },
        // A minute: a database that hangs can hold every thread for a while, and a restart would not mend it.
        livenessProbe: { ...probe(pod.health.live), periodSeconds: 10, failureThreshold: 6 },
        lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
      }),
      // Pods on different nodes where there are several; on a single node they run side by side.
      topologySpreadConstraints: spreadOverNodes(selector(pod.app, "web")),
    },
  };
}

/** The pod that migrates an app's database. */
export function migrationPod(pod: AppPod & { command: string[] }): types.input.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: labels(pod.app, "migration") },
    spec: {
      ...podSpec(pod, { command: pod.command, terminationMessagePolicy: "FallbackToLogsOnError" }),
      restartPolicy: "Never",
    },
  };
}

function podSpec(pod: AppPod, container: Partial<types.input.core.v1.Container>): types.input.core.v1.PodSpec {
  return {
    serviceAccountName: pod.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: podSecurityContext(APP_USER_ID),
    containers: [
      {
        name: pod.app,
        image: pod.image,
        // By digest, so that an image on the node is the right one.
        imagePullPolicy: "IfNotPresent",
        envFrom: [{ configMapRef: { name: pod.configMapName } }, { secretRef: { name: pod.secretName } }],
        resources: containerResources(pod.resources),
        securityContext: containerSecurityContext(),
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        ...container,
      },
    ],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
  };
}
