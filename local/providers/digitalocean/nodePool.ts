/** The nodes of a cluster: what a pool is, as a block of the cluster and as a resource of its own. */

import { isObject, type Value, type Values } from "../values";
import type { Client, JsonObject } from "./client";
import { goTime, numberOf, saying, textOf, textsOf, unlessEmpty, unlessGone, type Work } from "./kind";
import { notEmpty, oneOf, tagName } from "./rules";
import { type Field, type Fields, list, map, optional, output, required, set } from "./schema";
import { waitFor } from "./waiting";

/** Marks the pool that belongs to the cluster resource. */
export const DEFAULT_POOL_TAG = "terraform:default-node-pool";

export interface PoolNode extends JsonObject {
  id: string;
  name: string;
  status?: { state?: string };
  droplet_id?: string;
  created_at: string;
  updated_at: string;
}
export interface Pool extends JsonObject {
  id: string;
  name: string;
  size: string;
  count?: number;
  tags?: string[];
  labels?: Record<string, string>;
  taints?: { key: string; value: string; effect: string }[];
  auto_scale?: boolean;
  min_nodes?: number;
  max_nodes?: number;
  gpu_partition_mode?: string;
  nodes?: PoolNode[];
}

export const tagsField = (): Field =>
  set("string", "optional", {
    validate: (value) =>
      textsOf(value)
        .map((tag) => tagName(tag, "tags"))
        .find((problem) => problem !== undefined),
  });

/** The properties that both have. */
export const poolFields: Fields = {
  name: required("string", { validate: notEmpty }),
  size: required("string", { forceNew: true, validate: notEmpty }),
  actualNodeCount: output("int"),
  nodeCount: optional("int", {
    // The pool has as many nodes as are wanted, whatever was wanted before.
    suppress: (before, after, siblings) => after === siblings.before["actualNodeCount"] || before === after,
  }),
  autoScale: optional("bool", { default: false }),
  minNodes: optional("int"),
  maxNodes: optional("int"),
  tags: tagsField(),
  labels: map("string"),
  nodes: list(
    {
      id: output("string"),
      name: output("string"),
      status: output("string"),
      dropletId: output("string"),
      createdAt: output("string"),
      updatedAt: output("string"),
    },
    "output",
  ),
  taints: set({
    key: required("string"),
    value: required("string"),
    effect: required("string", { validate: oneOf(["NoSchedule", "PreferNoSchedule", "NoExecute"]) }),
  }),
  gpuPartitionMode: optional("string", { forceNew: true, validate: oneOf(["SPX_NPS1", "DPX_NPS2"]) }),
};

const labelsOf = (value: Value | undefined): Record<string, string> =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textOf(item)])) : {};

/** The API's own client writes these with capitals. */
type Taint = Record<"Key" | "Value" | "Effect", string>;

const taintsOf = (value: Value | undefined): Taint[] =>
  (Array.isArray(value) ? value : []).filter(isObject).map((taint) => ({
    Key: textOf(taint["key"]),
    Value: textOf(taint["value"]),
    Effect: textOf(taint["effect"]),
  }));

/** Leaves out what means «nothing», as the API's own client does. */
export function creationOf(pool: Values, extraTags: string[]): JsonObject {
  const labels = labelsOf(pool["labels"]);
  return {
    name: textOf(pool["name"]),
    size: textOf(pool["size"]),
    count: unlessEmpty(numberOf(pool["nodeCount"])),
    tags: unlessEmpty([...textsOf(pool["tags"]), ...extraTags]),
    labels: Object.keys(labels).length === 0 ? undefined : labels,
    taints: unlessEmpty(taintsOf(pool["taints"])),
    auto_scale: unlessEmpty(pool["autoScale"] === true),
    min_nodes: unlessEmpty(numberOf(pool["minNodes"])),
    max_nodes: unlessEmpty(numberOf(pool["maxNodes"])),
    gpu_partition_mode: unlessEmpty(textOf(pool["gpuPartitionMode"])),
  };
}

/** A node count that is not given, or zero, is left as it is. */
export function changeOf(pool: Values, extraTags: string[]): JsonObject {
  const labels = labelsOf(pool["labels"]);
  return {
    name: textOf(pool["name"]),
    count: unlessEmpty(numberOf(pool["nodeCount"])),
    tags: unlessEmpty([...textsOf(pool["tags"]), ...extraTags]),
    labels: Object.keys(labels).length === 0 ? undefined : labels,
    taints: taintsOf(pool["taints"]),
    auto_scale: pool["autoScale"] === true,
    min_nodes: numberOf(pool["minNodes"]),
    max_nodes: numberOf(pool["maxNodes"]),
  };
}

/** Without the tags that the API and the provider add themselves. */
export const ownTags = (tags: string[] | undefined): string[] =>
  (tags ?? []).filter((tag) => tag !== "" && tag !== "k8s" && !tag.startsWith("k8s:") && !tag.startsWith("terraform:"));

/** A pool as its properties show it; its node count is shown only where it was asked for. */
export function stateOf(pool: Pool, countAsked: boolean): Values {
  return {
    name: pool.name,
    size: pool.size,
    actualNodeCount: pool.count ?? 0,
    ...(countAsked ? { nodeCount: pool.count ?? 0 } : {}),
    autoScale: pool.auto_scale ?? false,
    minNodes: pool.min_nodes ?? 0,
    maxNodes: pool.max_nodes ?? 0,
    tags: ownTags(pool.tags),
    labels: pool.labels ?? {},
    taints: (pool.taints ?? []).map(({ key, value, effect }) => ({ key, value, effect })),
    gpuPartitionMode: pool.gpu_partition_mode ?? "",
    nodes: (pool.nodes ?? []).map((node) => ({
      id: node.id,
      name: node.name,
      status: node.status?.state ?? "",
      dropletId: node.droplet_id ?? "",
      createdAt: goTime(node.created_at),
      updatedAt: goTime(node.updated_at),
    })),
  };
}

export const poolsPath = (clusterId: string): string => `/v2/kubernetes/clusters/${clusterId}/node_pools`;

export async function getPool(client: Client, clusterId: string, poolId: string): Promise<Pool> {
  return (await client.get<{ node_pool: Pool }>(`${poolsPath(clusterId)}/${poolId}`)).node_pool;
}

/** Until all nodes run that the pool is to have. */
export async function waitForNodes(work: Work, clusterId: string, poolId: string, name: string): Promise<void> {
  const options = {
    seconds: work.seconds("create"),
    everySeconds: 10,
    what: `waiting for the nodes of pool ${name}`,
    timeout: "Timeout waiting to create nodepool",
  };
  await waitFor(work, options, async () => {
    const pool = await saying("Error trying to read nodepool state:", () => getPool(work.client, clusterId, poolId));
    const nodes = pool.nodes ?? [];
    const running = nodes.length === (pool.count ?? 0) && nodes.every(({ status }) => status?.state === "running");
    return running ? true : undefined;
  });
}

/** Changes a pool, and waits until it is as it should be. */
export async function changePool(
  work: Work,
  clusterId: string,
  poolId: string,
  pool: Values,
  extraTags: string[] = [],
): Promise<void> {
  const answer = await unlessGone("Unable to update nodepool:", () =>
    work.client.put(`${poolsPath(clusterId)}/${poolId}`, changeOf(pool, extraTags)),
  );
  if (answer === undefined) return;
  await waitForNodes(work, clusterId, poolId, textOf(pool["name"]));
}
