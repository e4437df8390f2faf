import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { WEB_ROOT } from "./nginxConfig";
import { containerResources } from "./podResources";
import { containerSecurityContext } from "./podSecurity";
import { type Nginx, SERVING_FOLDER } from "./serving";

type Container = types.input.core.v1.Container;
type Mount = types.input.core.v1.VolumeMount;

const hasFiles = (nginx: Nginx): boolean => Object.keys(nginx.static).length > 0;

/** A few connections and their buffers: it keeps no file and no body in memory. */
const RESOURCES = { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } };

/** Room on the disk for bodies that are being received, several of the largest at once. */
const bodyRoom = ({ bodyMb }: Nginx): string => `${Math.max(256, 4 * bodyMb)}Mi`;

/**
 * NGINX in front of an app's server.
 *
 * @param settings Where its settings are mounted.
 */
export const nginxContainer = (
  nginx: Nginx,
  { port, health: { ready } }: { port: number; health: { ready: string } },
  settings: Mount,
): Container => ({
  name: "nginx",
  image: nginx.image,
  imagePullPolicy: "IfNotPresent",
  command: ["nginx", "-c", `${SERVING_FOLDER}/nginx.conf`, "-g", "daemon off;"],
  ports: [{ name: "http", containerPort: port, protocol: "TCP" }],
  readinessProbe: { httpGet: { path: ready, port: "http" }, timeoutSeconds: 5, periodSeconds: 3, failureThreshold: 2 },
  // Whether the app behind it is alive is its container's to say: to restart this one would not mend that.
  livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 10, failureThreshold: 6 },
  resources: containerResources(RESOURCES, bodyRoom(nginx)),
  securityContext: containerSecurityContext(),
  volumeMounts: [
    settings,
    { name: "nginx-tmp", mountPath: "/tmp" },
    ...(hasFiles(nginx) ? [{ name: "static-files", mountPath: WEB_ROOT, readOnly: true }] : []),
  ],
});

/** Copies the files that NGINX serves out of the app's image: they are those of the release. */
export const staticFilesContainer = (image: pulumi.Input<string>, files: Nginx["static"]): Container => ({
  name: "static-files",
  image,
  imagePullPolicy: "IfNotPresent",
  command: ["sh", "-ec", COPY, "static-files", ...Object.entries(files).flatMap(([at, folder]) => [folder, at])],
  terminationMessagePolicy: "FallbackToLogsOnError",
  resources: containerResources(RESOURCES),
  securityContext: containerSecurityContext(),
  volumeMounts: [{ name: "static-files", mountPath: WEB_ROOT }],
});

/** Given pairs of a folder and where it appears. */
const COPY = `while [ $# -gt 0 ]; do
  mkdir -p "${WEB_ROOT}$2"
  cp -RL "$1/." "${WEB_ROOT}$2"
  shift 2
done`;

/** Volumes of both. */
export const nginxVolumes = (nginx: Nginx): types.input.core.v1.Volume[] => [
  { name: "nginx-tmp", emptyDir: { sizeLimit: bodyRoom(nginx) } },
  ...(hasFiles(nginx) ? [{ name: "static-files", emptyDir: { sizeLimit: "256Mi" } }] : []),
];
