import { KNOWN_AFTER } from "../../local/render/masked";
import type { Registered } from "../../local/render/registered";

type Inputs = Record<string, unknown>;

/** What matters of a resource that is no Kubernetes object, in a few words. */
export function details({ type, inputs, protect, retainOnDelete }: Registered): string {
  const [, , kind = ""] = type.split(":");
  const words = (DETAILS[kind] ?? anything)(inputs);
  return [...(protect ? ["protected"] : []), ...(retainOnDelete ? ["retained"] : []), ...words]
    .filter((word) => word !== "")
    .join(", ");
}

const text = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
const named = (word: string, value: unknown): string => (isEmpty(value) ? "" : `${word} ${text(value)}`);

/** Nodes of a pool: their number, or its range. */
function nodes({ size, nodeCount, autoScale, minNodes, maxNodes }: Inputs): string {
  const count = autoScale === true ? `${text(minNodes)}–${text(maxNodes)}` : text(nodeCount);
  return `${count} × ${text(size)}`;
}

const database = ({ size, nodeCount, region, version, storageSizeMib }: Inputs): string[] => [
  nodeCount === undefined ? text(size) : `${text(nodeCount)} × ${text(size)}`,
  text(region),
  named("version", version),
  storageSizeMib === undefined ? "" : `${Number(storageSizeMib) / 1024} GiB`,
];

const DETAILS: Record<string, (inputs: Inputs) => string[]> = {
  Vpc: ({ region, ipRange }) => [text(region), text(ipRange)],
  KubernetesCluster: ({ region, version, ha, nodePool }) => [
    text(region),
    nodes(nodePool as Inputs),
    text(version),
    ha === true ? "ha" : "",
  ],
  KubernetesNodePool: (inputs) => [nodes(inputs), named("labels", inputs["labels"]), named("taints", inputs["taints"])],
  ContainerRegistry: ({ name, subscriptionTierSlug, region }) => [
    named("tier", subscriptionTierSlug),
    text(region),
    text(name),
  ],
  ContainerRegistryDockerCredentials: ({ write, expirySeconds }) => [
    write === true ? "may write" : "only reads",
    expirySeconds === undefined ? "" : `for ${text(expirySeconds)} s`,
  ],
  DatabaseCluster: database,
  DatabaseReplica: database,
  DatabaseFirewall: ({ rules }) =>
    (rules as { type: unknown; value: unknown }[]).map(({ type, value }) => `lets in ${text(type)} ${text(value)}`),
  DatabaseDb: ({ name }) => [text(name)],
  DatabaseUser: ({ name }) => [text(name)],
  Domain: ({ name }) => [text(name)],
  DnsRecord: ({ name, type, value, ttl }) => [`${text(name)} ${text(type)} ${text(value)}`, `TTL ${text(ttl)} s`],
  Image: ({ imageName, build }) => [
    // The registry stands elsewhere in the table, or is the same for all.
    text(imageName).replace(/^.*\//, ""),
    text((build as Inputs)["platform"]),
  ],
  RandomPassword: ({ length, keepers }) => [
    `${text(length)} characters`,
    named("of version", (keepers as Inputs | undefined)?.["version"]),
  ],
  Release: ({ chart, version, namespace }) => [`${text(chart)} ${text(version)}`, named("in", namespace)],
};

/** Of a type that is new here: its first three plain properties that are known. */
const anything = (inputs: Inputs): string[] =>
  Object.entries(inputs)
    .filter(([, value]) => typeof value !== "object" && value !== KNOWN_AFTER)
    .slice(0, 3)
    .map(([name, value]) => `${name} ${text(value)}`);
