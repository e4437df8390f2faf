/** Node pools of clusters, and their nodes. */
import { z } from "zod";
import { accepted, created, NO_CONTENT, notFound, ok, page, unprocessable } from "../answer";
import { checkPool, poolShape, poolUpdateShape, type PoolRequest } from "../clusterRequest";
import type { Clusters } from "../clusters";
import { type Call, route, type Route, texts } from "../router";
import type { ClusterRecord, NodeRecord, PoolRecord } from "../state";
import { inSeconds } from "../world";

const POOLS = "/v2/kubernetes/clusters/{cluster_id}/node_pools";
const ONE = `${POOLS}/{node_pool_id}`;

const ownTags = (tags: readonly string[] = []): string[] =>
  tags.filter((tag) => tag !== "k8s" && !tag.startsWith("k8s:"));

/** The pool that is asked for, without any node yet. */
export function poolFrom(_clusters: Clusters, request: PoolRequest): PoolRecord {
  const autoScale = request.auto_scale ?? false;
  return {
    id: crypto.randomUUID(),
    name: request.name,
    size: request.size,
    count: request.count ?? (autoScale ? Math.max(request.min_nodes ?? 0, 1) : 0),
    tags: ownTags(request.tags),
    labels: request.labels ?? {},
    taints: request.taints ?? [],
    autoScale,
    minNodes: request.min_nodes ?? 0,
    maxNodes: request.max_nodes ?? 0,
    nodes: [],
  };
}

const most = ({ autoScale, maxNodes, count }: PoolRecord): number => (autoScale ? Math.max(maxNodes, count) : count);

function change(clusters: Clusters, pool: PoolRecord, request: z.infer<typeof poolUpdateShape>): void {
  const next: PoolRecord = {
    ...pool,
    name: request.name ?? pool.name,
    count: request.count ?? pool.count,
    tags: request.tags === undefined ? pool.tags : ownTags(request.tags),
    labels: request.labels ?? pool.labels,
    taints: request.taints ?? pool.taints,
    autoScale: request.auto_scale ?? pool.autoScale,
    minNodes: request.min_nodes ?? pool.minNodes,
    maxNodes: request.max_nodes ?? pool.maxNodes,
  };
  checkPool(next);
  clusters.checkLimit(most(next) - most(pool), next.autoScale);
  // An autoscaled pool is within its bounds, whatever count came along.
  const count = next.autoScale ? Math.min(Math.max(next.count, next.minNodes), next.maxNodes) : next.count;
  Object.assign(pool, next);
  clusters.resize(pool, count);
}

const FLAG = ["1", "true"];

export const nodePoolRoutes = (clusters: Clusters): Route[] => {
  const find = (call: Call): { cluster: ClusterRecord; pool: PoolRecord } => {
    const cluster = clusters.get(call.param("cluster_id"));
    return { cluster, pool: clusters.pool(cluster, call.param("node_pool_id")) };
  };
  const nodeOf = (pool: PoolRecord, id: string): NodeRecord => {
    const node = pool.nodes.find((each) => each.id === id);
    if (node === undefined) throw notFound("node not found");
    return node;
  };
  const take = (pool: PoolRecord, node: NodeRecord, replace: boolean): void => {
    const count = replace ? pool.count : pool.count - 1;
    clusters.remove(node);
    clusters.resize(pool, count);
  };
  return [
    route("GET", POOLS, "kubernetes:read", (call) => {
      const cluster = clusters.get(call.param("cluster_id"));
      return page(
        call.url,
        "node_pools",
        cluster.pools.map((pool) => clusters.poolView(cluster, pool)),
      );
    }),
    route("POST", POOLS, "kubernetes:update", (call) => {
      const cluster = clusters.get(call.param("cluster_id"));
      const pool = poolFrom(clusters, call.read(poolShape));
      if (cluster.pools.some(({ name }) => name === pool.name)) {
        throw unprocessable("validation error: a node pool with this name already exists");
      }
      checkPool(pool);
      clusters.checkLimit(most(pool), pool.autoScale);
      cluster.pools.push(pool);
      clusters.resize(pool, pool.count);
      return created({ node_pool: clusters.poolView(cluster, pool, 0) });
    }),
    route("GET", ONE, "kubernetes:read", (call) => {
      const { cluster, pool } = find(call);
      return ok({ node_pool: clusters.poolView(cluster, pool) });
    }),
    route("PUT", ONE, "kubernetes:update", (call) => {
      const { cluster, pool } = find(call);
      change(clusters, pool, call.read(poolUpdateShape));
      return accepted({ node_pool: clusters.poolView(cluster, pool) });
    }),
    route("DELETE", ONE, "kubernetes:update", (call) => {
      const { cluster, pool } = find(call);
      if (cluster.pools.filter(({ goneMs }) => goneMs === undefined).length === 1 && pool.goneMs === undefined) {
        throw unprocessable("validation error: the last node pool of a cluster cannot be deleted");
      }
      clusters.resize(pool, 0);
      pool.goneMs ??= inSeconds(clusters.world, clusters.world.durations.node);
      return NO_CONTENT;
    }),
    route("DELETE", `${ONE}/nodes/{node_id}`, "kubernetes:update", (call) => {
      const { pool } = find(call);
      take(pool, nodeOf(pool, call.param("node_id")), FLAG.includes(call.query("replace") ?? ""));
      return accepted();
    }),
    route("POST", `${ONE}/recycle`, "kubernetes:delete", (call) => {
      const { pool } = find(call);
      const asked = call.read(z.object({ nodes: texts })).nodes;
      const nodes = asked?.map((id) => nodeOf(pool, id)) ?? [...pool.nodes];
      for (const node of nodes) take(pool, node, true);
      return accepted();
    }),
  ];
};
