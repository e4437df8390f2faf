import type { Stack } from "./schema/stack";

type Doks = Extract<Stack["cluster"], { kind: "doks" }>;

/** A node pool with its place in the stack file. */
export interface PlacedPool {
  /** Path of its group in the stack file, such as `cluster.pools[0]`. */
  key: string;
  name: string;
  /** Slug of the nodes' size. */
  size: string;
  /** Nodes at rest and at full load. */
  min: number;
  max: number;
}

/** All node pools of a cluster, the default one first. */
export function nodePools(cluster: Doks): PlacedPool[] {
  return [
    { key: "cluster.pool", name: "default", ...cluster.pool },
    ...cluster.pools.map((pool, index) => ({ key: `cluster.pools[${index}]`, ...pool })),
  ].map(({ key, name, size, min, max }) => ({ key, name, size, min, max: max ?? min }));
}
