/** How large a node pool is. */
export interface NodePoolSize {
  /** Slug of the nodes' size, such as `s-2vcpu-4gb`. */
  size: string;
  /** Nodes at rest. */
  min: number;
  /** Nodes at full load. Default: `min`, and no autoscaling. */
  max?: number | undefined;
}

/** What keeps pods off a node that do not tolerate it. */
export interface Taint {
  key: string;
  value: string;
  effect: string;
}

/** A pool beside the default one. */
export interface NodePool extends NodePoolSize {
  /** Name of the pool, unique in its cluster. */
  name: string;
  /** Labels of its nodes. */
  labels: Record<string, string>;
  /** Taints of its nodes. */
  taints: Taint[];
}

/** Whether the autoscaler decides how many nodes a pool has. */
export function isAutoscaled({ min, max = min }: NodePoolSize): boolean {
  return max > min;
}

/** A pool's size and number of nodes, as DigitalOcean's API wants them. */
export function poolSize(pool: NodePoolSize) {
  const { size, min, max = min } = pool;
  return isAutoscaled(pool)
    ? { size, autoScale: true, minNodes: min, maxNodes: max, nodeCount: min }
    : { size, nodeCount: min };
}

/** A taint as kubectl writes it: `key=value:Effect`, or `key:Effect`. */
export const TAINT =
  /^(?<key>([a-z0-9.-]+\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)(=(?<value>([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?))?:(?<effect>NoSchedule|PreferNoSchedule|NoExecute)$/;

/** Reads a taint of the form {@link TAINT}. */
export function parseTaint(text: string): Taint {
  const { key = "", value = "", effect = "" } = TAINT.exec(text)?.groups ?? {};
  return { key, value, effect };
}
