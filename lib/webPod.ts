import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labels, selector } from "./labels";
import { nginxContainer, nginxVolumes, staticFilesContainer } from "./nginxContainer";
import { spreadOverNodes } from "./nodeSpread";
import { containerResources, type PodResources } from "./podResources";
import { containerSecurityContext, podSecurityContext } from "./podSecurity";
import { SERVING_FOLDER, type Serving, type StartedServer } from "./serving";

/** The user that the apps' images run as. */
export const APP_USER_ID = 10001;

/** Seconds in which an old pod may still get requests, after it was told to end, and goes on serving them (K9). */
const DRAIN_SECONDS = 8;

/** Seconds by which a server outlasts the NGINX in front of it, which may have taken a request just now. */
const AFTER_NGINX_SECONDS = 3;

/** Seconds from SIGTERM to SIGKILL: the drain, and the server's own 20 s for requests in flight. */
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

/** How the pods that serve an app's requests do it. */
export interface WebPod extends AppPod {
  /** Port that requests come to. */
  port: number;
  health: { live: string; ready: string };
  serving: Serving;
  /** ConfigMap with the files of {@link Serving}; none where there are none. */
  servingName?: pulumi.Input<string> | undefined;
}

/** The pods that serve an app's requests. */
export function webPod(pod: WebPod): types.input.core.v1.PodTemplateSpec {
  const { serving, servingName } = pod;
  const { server, nginx } = serving;
  const settings = { name: "serving", mountPath: SERVING_FOLDER, readOnly: true };
  const spec = podSpec(
    pod,
    {
      ...serverOf(pod),
      ...probesOf(pod),
      lifecycle: drainFor(nginx === undefined ? DRAIN_SECONDS : DRAIN_SECONDS + AFTER_NGINX_SECONDS),
    },
    server === undefined ? [] : [settings],
  );
  return {
    metadata: { labels: labels(pod.app, "web") },
    spec: {
      ...spec,
      ...(nginx === undefined || Object.keys(nginx.static).length === 0
        ? {}
        : { initContainers: [staticFilesContainer(pod.image, nginx.static)] }),
      containers: [
        ...spec.containers,
        ...(nginx === undefined
          ? []
          : [{ ...nginxContainer(nginx, pod, settings), lifecycle: drainFor(DRAIN_SECONDS) }]),
      ],
      volumes: [
        ...spec.volumes,
        ...(servingName === undefined ? [] : [{ name: "serving", configMap: { name: servingName } }]),
        ...(nginx === undefined ? [] : nginxVolumes(nginx)),
      ],
      // Pods on different nodes where there are several; on a single node they run side by side.
      topologySpreadConstraints: spreadOverNodes({ matchLabels: selector(pod.app, "web") }),
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

const COMMANDS: Record<StartedServer["kind"], string[]> = {
  gunicorn: ["gunicorn", "--config", `${SERVING_FOLDER}/gunicorn.conf.py`],
  uwsgi: ["uwsgi", "--ini", `${SERVING_FOLDER}/uwsgi.ini`],
};

/** What runs in an app's container, and where it listens: behind NGINX only that reaches it. */
function serverOf({ port, serving: { server, nginx } }: WebPod): Partial<types.input.core.v1.Container> {
  const env = { PORT: String(nginx?.serverPort ?? port) };
  return {
    ...(nginx === undefined ? { ports: [{ name: "http", containerPort: port, protocol: "TCP" }] } : {}),
    ...(server === undefined
      ? { env: variables(env) }
      : {
          command: COMMANDS[server.kind],
          env: variables({
            ...env,
            FLASK_DOKS_ENTRY_POINT: server.entryPoint,
            FLASK_DOKS_BIND: nginx === undefined ? "0.0.0.0" : "127.0.0.1",
            FLASK_DOKS_REQUEST_SECONDS: String(server.timeoutSeconds),
            ...(nginx === undefined ? { FLASK_DOKS_REQUEST_LOG: "-" } : {}),
          }),
        }),
  };
}

const variables = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));

/** The kubelet asks where requests come to: with NGINX there it is told of the whole way to the app. */
function probesOf({ port, health, serving: { nginx } }: WebPod): Partial<types.input.core.v1.Container> {
  const probe = (path: string) => ({ httpGet: { path, port: nginx === undefined ? "http" : port }, timeoutSeconds: 5 });
  return {
    startupProbe: { ...probe(health.live), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...probe(health.ready), periodSeconds: 3, failureThreshold: 2 },
    // A minute: a database that hangs can hold every thread for a while, and a restart would not mend it.
    livenessProbe: { ...probe(health.live), periodSeconds: 10, failureThreshold: 6 },
  };
}

const drainFor = (seconds: number) => ({ preStop: { sleep: { seconds } } });

function podSpec(
  pod: AppPod,
  container: Partial<types.input.core.v1.Container>,
  mounts: types.input.core.v1.VolumeMount[] = [],
) {
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
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...mounts],
        ...container,
      },
    ],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
  };
}
