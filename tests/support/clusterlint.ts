/** The checks that DigitalOcean runs before it upgrades a cluster (D13), on the objects that a stack creates. */
import type { Manifest } from "./manifests";
import { containersOf, workloads, type Workload } from "./pods";

const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name ?? ""}`;

const CLUSTER_WIDE = ["Namespace", "IngressClass", "ClusterIssuer"];

function podFindings({ kind, name, pod }: Workload): string[] {
  const owner = `${kind} ${name}`;
  return [
    ...containersOf(pod).flatMap((container) => {
      const { requests = {}, limits = {} } = container.resources ?? {};
      const [registry = ""] = container.image.split("/");
      const tag = /^[^:@]+:([\w.-]+)(@|$)/.exec(container.image.slice(container.image.lastIndexOf("/") + 1))?.[1];
      return [
        ...(/[.:]|^localhost$/.test(registry) && container.image.includes("/") ? [] : ["image without registry"]),
        ...(tag === "latest" || (tag === undefined && !container.image.includes("@")) ? ["latest tag"] : []),
        ...(["cpu", "memory"].every((key) => key in requests) && "memory" in limits ? [] : ["resource requirements"]),
      ].map((finding) => `${owner}: ${finding}`);
    }),
    ...(pod.volumes ?? [])
      .filter((volume) => "hostPath" in volume)
      .map((volume) => `${owner}: hostPath ${volume.name}`),
    ...(kind !== "StatefulSet" && (pod.volumes ?? []).some((volume) => "persistentVolumeClaim" in volume)
      ? [`${owner}: volume without a StatefulSet`]
      : []),
  ];
}

/** Names of what the pods and accounts refer to, each with its kind and namespace. */
function references(objects: Manifest[]): Set<string> {
  const used = workloads(objects).flatMap(({ namespace, pod }) => [
    ...(pod.volumes ?? []).flatMap(({ persistentVolumeClaim, secret, configMap }) => [
      `PersistentVolumeClaim ${namespace}/${persistentVolumeClaim?.claimName ?? ""}`,
      `Secret ${namespace}/${secret?.secretName ?? ""}`,
      `ConfigMap ${namespace}/${configMap?.name ?? ""}`,
    ]),
    ...containersOf(pod).flatMap(({ envFrom = [] }) =>
      envFrom.flatMap(({ configMapRef, secretRef }) => [
        `ConfigMap ${namespace}/${configMapRef?.name ?? ""}`,
        `Secret ${namespace}/${secretRef?.name ?? ""}`,
      ]),
    ),
    ...(objects.some(
      ({ kind, metadata }) =>
        kind === "ServiceAccount" && metadata.namespace === namespace && metadata.name === pod.serviceAccountName,
    )
      ? [`ServiceAccount ${namespace}/${pod.serviceAccountName ?? ""}`]
      : []),
  ]);
  const accounts = objects.flatMap((object) =>
    ((object["imagePullSecrets"] ?? []) as { name: string }[]).map(
      ({ name }) => `Secret ${object.metadata.namespace ?? ""}/${name}`,
    ),
  );
  return new Set([...used, ...accounts]);
}

/** What the checks report; none for objects that DigitalOcean would not complain of. */
export function clusterlint(objects: Manifest[]): string[] {
  const used = references(objects);
  return [
    ...objects
      .filter(
        ({ kind, metadata }) => !CLUSTER_WIDE.includes(kind) && [undefined, "", "default"].includes(metadata.namespace),
      )
      .map((object) => `${nameOf(object)}: default namespace`),
    ...objects.filter(({ kind }) => kind === "Pod").map((object) => `${nameOf(object)}: bare pod`),
    ...workloads(objects).flatMap(podFindings),
    ...objects
      .filter(({ kind }) => ["ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount"].includes(kind))
      .filter(({ kind, metadata }) => !used.has(`${kind} ${metadata.namespace ?? ""}/${metadata.name ?? ""}`))
      .map((object) => `${nameOf(object)}: unused`),
    ...objects
      .filter(
        ({ kind, spec }) =>
          kind === "CronJob" && (spec as { concurrencyPolicy?: string }).concurrencyPolicy === undefined,
      )
      .map((object) => `${nameOf(object)}: no concurrency policy`),
  ];
}
