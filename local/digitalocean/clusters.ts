/** The life of a cluster: made by the backend, its nodes coming and going, ended by the backend. */
import { setTimeout as sleep } from "node:timers/promises";
import { compareVersions, minorOf } from "./catalog";
import { timestamp } from "./clock";
import { notFound, unprocessable } from "./answer";
import type { Credentials } from "./credentials";
import type { ClusterRecord, NodeRecord, PoolRecord } from "./state";
import { inSeconds, nextNumber, type World } from "./world";

const DAY_LENGTH = "4h0m0s";
const ATTEMPTS = 5;
const PAUSE_MS = 2000;

/** Tries again what may only fail for now: a cluster that is to go must not stay because its backend was busy. */
async function persistently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

export class Clusters {
  constructor(
    readonly world: World,
    readonly credentials: Credentials,
  ) {}

  /** Goes on with what an earlier process left undone. */
  resume(): void {
    for (const cluster of this.world.state.clusters) {
      if (cluster.deleting === true) this.end(cluster);
      else if (cluster.access === undefined && cluster.failure === undefined) this.begin(cluster);
    }
  }

  get(id: string): ClusterRecord {
    const cluster = this.world.state.clusters.find((each) => each.id === id);
    if (cluster === undefined) throw notFound("cluster not found");
    this.#sweep(cluster);
    return cluster;
  }

  all(): ClusterRecord[] {
    return this.world.state.clusters.map(({ id }) => this.get(id));
  }

  pool(cluster: ClusterRecord, id: string): PoolRecord {
    const pool = cluster.pools.find((each) => each.id === id);
    if (pool === undefined) throw notFound("node pool not found");
    return pool;
  }

  /** Has the backend make it. */
  begin(cluster: ClusterRecord): void {
    const { backend } = this.world;
    const { id, name, version, region } = cluster;
    this.world.background(
      backend.create({ id, name, version, region }).then(
        (access) => {
          cluster.access = access;
        },
        (error: unknown) => {
          cluster.failure = `the cluster could not be made: ${error instanceof Error ? error.message : String(error)}`;
          throw error;
        },
      ),
    );
  }

  /** Has the backend end it; it is gone when that is done and its time has passed. */
  end(cluster: ClusterRecord): void {
    const { backend, clock, durations, state } = this.world;
    cluster.deleting = true;
    const goneMs = inSeconds(this.world, durations.deletion);
    this.credentials.forgetCluster(cluster.id);
    const gone = async (): Promise<void> => {
      await persistently(() => backend.delete(cluster.id));
      await new Promise<void>((resolve) => {
        clock.at(goneMs, resolve);
      });
      state.clusters = state.clusters.filter((each) => each !== cluster);
      for (const volume of state.volumes) {
        const droplets = cluster.pools.flatMap(({ nodes }) => nodes.map(({ dropletId }) => dropletId));
        volume.dropletIds = volume.dropletIds.filter((id) => !droplets.includes(id));
      }
    };
    this.world.background(gone());
  }

  /** `running`, or what else it is at a time. */
  stateOf(cluster: ClusterRecord, atMs = this.world.clock.now()): string {
    if (cluster.deleting === true) return "deleting";
    if (cluster.failure !== undefined) return "error";
    if (cluster.access === undefined) return "provisioning";
    if (atMs >= cluster.readyMs) return "running";
    return cluster.upgrading === true ? "upgrading" : "provisioning";
  }

  /** Gives it another version; the API tells the new one at once, while the nodes follow. */
  upgrade(cluster: ClusterRecord, version: string): void {
    cluster.version = version;
    cluster.upgrading = true;
    cluster.updatedMs = this.world.clock.now();
    cluster.readyMs = inSeconds(this.world, this.world.durations.cluster);
  }

  /** The versions that it can be upgraded to: newer ones of its own minor version and of the next. */
  upgradesOf({ version }: ClusterRecord): string[] {
    return this.world.surroundings.versions.filter(
      (slug) => compareVersions(slug, version) > 0 && minorOf(slug) - minorOf(version) <= 1,
    );
  }

  /** Adds or takes away nodes until there are so many. */
  resize(pool: PoolRecord, count: number): void {
    const staying = pool.nodes.filter(({ goneMs }) => goneMs === undefined);
    for (const node of staying.slice(count)) this.remove(node);
    for (let missing = count - staying.length; missing > 0; missing--) pool.nodes.push(this.#node(pool));
    pool.count = count;
  }

  /** Begins to take a node away. */
  remove(node: NodeRecord): void {
    node.goneMs ??= inSeconds(this.world, this.world.durations.node);
  }

  /** Refuses more nodes than the account's droplet limit allows. */
  checkLimit(additional: number, autoScale: boolean): void {
    const used = this.world.state.clusters
      .flatMap(({ pools }) => pools)
      .reduce((sum, pool) => sum + (pool.autoScale ? Math.max(pool.maxNodes, pool.count) : pool.count), 0);
    if (additional > 0 && used + additional > this.world.surroundings.dropletLimit) {
      const what = autoScale ? "autoscale desired max nodes" : "desired nodes";
      throw unprocessable(
        `validation error: ${what} exceed limits, ${additional} additional nodes but not enough available droplet limit`,
      );
    }
  }

  view(cluster: ClusterRecord, atMs = this.world.clock.now()): Record<string, unknown> {
    const state = this.stateOf(cluster, atMs);
    const { access } = cluster;
    return {
      id: cluster.id,
      name: cluster.name,
      region: cluster.region,
      version: cluster.version,
      cluster_subnet: cluster.clusterSubnet,
      service_subnet: cluster.serviceSubnet,
      vpc_uuid: cluster.vpcId,
      // The address is there as soon as the control plane is, before it answers.
      ipv4: access === undefined ? "" : new URL(access.endpoint).hostname,
      endpoint: access?.endpoint ?? "",
      tags: ["k8s", `k8s:${cluster.id}`, ...cluster.tags],
      node_pools: cluster.pools.map((pool) => this.poolView(cluster, pool, atMs)),
      maintenance_policy: { ...cluster.maintenance, duration: DAY_LENGTH },
      auto_upgrade: cluster.autoUpgrade,
      surge_upgrade: cluster.surgeUpgrade,
      ha: cluster.ha,
      registry_enabled: cluster.registryEnabled,
      ...cluster.extras,
      status: { state, ...(cluster.failure === undefined ? {} : { message: cluster.failure }) },
      created_at: timestamp(cluster.createdMs),
      updated_at: timestamp(cluster.updatedMs),
    };
  }

  poolView(cluster: ClusterRecord, pool: PoolRecord, atMs = this.world.clock.now()): Record<string, unknown> {
    return {
      id: pool.id,
      name: pool.name,
      size: pool.size,
      count: pool.count,
      tags: ["k8s", `k8s:${cluster.id}`, "k8s:worker", ...pool.tags],
      labels: pool.labels,
      taints: pool.taints,
      auto_scale: pool.autoScale,
      min_nodes: pool.minNodes,
      max_nodes: pool.maxNodes,
      nodes: pool.nodes.map((node) => ({
        id: node.id,
        name: node.name,
        status: { state: this.nodeState(cluster, node, atMs) },
        droplet_id: String(node.dropletId),
        created_at: timestamp(node.createdMs),
        updated_at: timestamp(Math.min(node.readyMs, Math.max(atMs, node.createdMs))),
      })),
    };
  }

  /** Nodes run when their time has come, and not before their cluster is there. */
  nodeState(cluster: ClusterRecord, node: NodeRecord, atMs = this.world.clock.now()): string {
    if (node.goneMs !== undefined || cluster.deleting === true) return "deleting";
    return cluster.access === undefined || atMs < node.readyMs ? "provisioning" : "running";
  }

  #node(pool: PoolRecord): NodeRecord {
    const id = crypto.randomUUID();
    const now = this.world.clock.now();
    const readyMs = inSeconds(this.world, this.world.durations.node);
    return { id, name: `${pool.name}-${id.slice(0, 5)}`, dropletId: nextNumber(this.world), createdMs: now, readyMs };
  }

  /** Drops nodes and pools whose time has passed. */
  #sweep(cluster: ClusterRecord): void {
    const now = this.world.clock.now();
    const stays = ({ goneMs }: { goneMs?: number }): boolean => goneMs === undefined || now < goneMs;
    for (const pool of cluster.pools) pool.nodes = pool.nodes.filter(stays);
    cluster.pools = cluster.pools.filter(stays);
  }
}
