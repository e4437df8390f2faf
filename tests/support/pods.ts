/** The pods that a stack's workloads run, and whether the Pod Security level `restricted` admits them. */
import type { Manifest } from "./manifests";

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  args?: string[];
  command?: string[];
  env?: { name: string; value?: string }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: Record<string, unknown>;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[];
  startupProbe?: Record<string, unknown>;
  readinessProbe?: Record<string, unknown>;
  livenessProbe?: Record<string, unknown>;
  lifecycle?: { preStop?: { sleep?: { seconds: number } } };
}

export interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
  secret?: { secretName: string };
  configMap?: { name: string };
  emptyDir?: { sizeLimit?: string };
  [kind: string]: unknown;
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: Record<string, unknown>;
  topologySpreadConstraints?: Record<string, unknown>[];
  restartPolicy?: string;
  [field: string]: unknown;
}

/** The pod template of a workload. */
export interface Workload {
  kind: string;
  name: string;
  namespace: string;
  labels: Record<string, string>;
  pod: PodSpec;
}

interface Template {
  metadata: { labels: Record<string, string> };
  spec: PodSpec;
}

/** The workloads among some objects. */
export function workloads(objects: Manifest[]): Workload[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    const owner = spec as { template?: Template; jobTemplate?: { spec: { template: Template } } } | undefined;
    const template = owner?.template ?? owner?.jobTemplate?.spec.template;
    return template === undefined
      ? []
      : [
          {
            kind,
            name: metadata.name ?? "",
            namespace: metadata.namespace ?? "default",
            labels: template.metadata.labels,
            pod: template.spec,
          },
        ];
  });
}

export const containersOf = ({ containers, initContainers = [] }: PodSpec): Container[] => [
  ...initContainers,
  ...containers,
];

const ADMITTED_VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** What the Pod Security level `restricted` refuses in a pod; none when it is admitted. */
export function restrictedViolations(pod: PodSpec): string[] {
  const context = pod.securityContext ?? {};
  const found: string[] = [];
  const require = (sound: boolean, what: string) => {
    if (!sound) {
      found.push(what);
    }
  };
  for (const field of ["hostNetwork", "hostPID", "hostIPC"]) {
    require(pod[field] !== true, field);
  }
  for (const { name, ...volume } of pod.volumes ?? []) {
    require(Object.keys(volume).every((kind) => ADMITTED_VOLUMES.includes(kind)), `volume ${name}`);
  }
  for (const container of containersOf(pod)) {
    const own = container.securityContext ?? {};
    const capabilities = (own["capabilities"] ?? {}) as { add?: string[]; drop?: string[] };
    const seccomp = (own["seccompProfile"] ?? context["seccompProfile"]) as { type?: string } | undefined;
    const check = (sound: boolean, what: string) => {
      require(sound, `${container.name}: ${what}`);
    };
    check(own["privileged"] !== true, "privileged");
    check(own["allowPrivilegeEscalation"] === false, "allowPrivilegeEscalation");
    check(capabilities.drop?.includes("ALL") === true, "capabilities.drop");
    check(
      (capabilities.add ?? []).every((name) => name === "NET_BIND_SERVICE"),
      "capabilities.add",
    );
    check((own["runAsNonRoot"] ?? context["runAsNonRoot"]) === true, "runAsNonRoot");
    check((own["runAsUser"] ?? context["runAsUser"]) !== 0, "runAsUser");
    check(["RuntimeDefault", "Localhost"].includes(seccomp?.type ?? ""), "seccompProfile");
    check(
      (container.ports ?? []).every((port) => !("hostPort" in port)),
      "hostPort",
    );
  }
  return found;
}
