/** Kubernetes clusters: made, changed, upgraded, deleted. */
import { z } from "zod";
import { accepted, created, NO_CONTENT, notFound, ok, page, unprocessable } from "../answer";
import {
  checkName,
  checkPool,
  checkRegion,
  checkSubnets,
  clusterShape,
  clusterUpdateShape,
  extrasOf,
  highAvailabilityByDefault,
  LEGACY_SUBNETS,
  type ClusterRequest,
  versionFor,
} from "../clusterRequest";
import type { Clusters } from "../clusters";
import { associatedRoutes } from "./associatedResources";
import { versionView } from "./account";
import { poolFrom } from "./nodePools";
import { optionalText, route, type Route } from "../router";
import type { ClusterRecord } from "../state";
import { inSeconds, rememberTags } from "../world";
import { vpcFor } from "../vpcs";
import { timestamp } from "../clock";

const PATH = "/v2/kubernetes/clusters";
const ONE = `${PATH}/{cluster_id}`;
const DEFAULT_WINDOW = { day: "any", start_time: "00:00" };

const ownTags = (tags: readonly string[] = []): string[] =>
  tags.filter((tag) => tag !== "k8s" && !tag.startsWith("k8s:"));

function make(clusters: Clusters, request: ClusterRequest): ClusterRecord {
  const { world } = clusters;
  const { state, backend, clock } = world;
  checkName(request.name);
  const region = checkRegion(request.region);
  const version = versionFor(world, request.version);
  if (state.clusters.some(({ name }) => name === request.name)) {
    throw unprocessable("validation error: a cluster with this name already exists");
  }
  if (state.clusters.length >= backend.capacity) {
    throw unprocessable(`validation error: cluster limit reached, your account may have ${backend.capacity} clusters`);
  }
  checkSubnets(world, request, region);
  const now = clock.now();
  const pools = request.node_pools.map((pool) => poolFrom(clusters, pool));
  for (const pool of pools) checkPool(pool);
  clusters.checkLimit(
    pools.reduce((sum, pool) => sum + (pool.autoScale ? Math.max(pool.maxNodes, pool.count) : pool.count), 0),
    pools.some(({ autoScale }) => autoScale),
  );
  const vpc = vpcFor(world, region, request.vpc_uuid, "validation error: ");
  const cluster: ClusterRecord = {
    id: crypto.randomUUID(),
    name: request.name,
    region,
    version,
    tags: ownTags(request.tags),
    ha: request.ha ?? highAvailabilityByDefault(version),
    autoUpgrade: request.auto_upgrade ?? false,
    surgeUpgrade: request.surge_upgrade ?? false,
    vpcId: vpc.id,
    clusterSubnet: request.cluster_subnet ?? LEGACY_SUBNETS.cluster,
    serviceSubnet: request.service_subnet ?? LEGACY_SUBNETS.service,
    maintenance: {
      day: request.maintenance_policy?.day ?? DEFAULT_WINDOW.day,
      start_time: request.maintenance_policy?.start_time ?? DEFAULT_WINDOW.start_time,
    },
    registryEnabled: false,
    extras: extrasOf(request),
    pools,
    createdMs: now,
    updatedMs: now,
    readyMs: inSeconds(world, world.durations.cluster),
  };
  rememberTags(world, cluster.tags);
  state.clusters.push(cluster);
  for (const pool of pools) clusters.resize(pool, pool.count);
  clusters.begin(cluster);
  return cluster;
}

function change(clusters: Clusters, cluster: ClusterRecord, request: z.infer<typeof clusterUpdateShape>): void {
  const { world } = clusters;
  checkName(request.name);
  if (world.state.clusters.some((other) => other !== cluster && other.name === request.name)) {
    throw unprocessable("validation error: a cluster with this name already exists");
  }
  if (cluster.ha && request.ha === false) {
    throw unprocessable("validation error: high availability control plane cannot be disabled once it is enabled");
  }
  cluster.name = request.name;
  if (request.tags !== undefined) cluster.tags = ownTags(request.tags);
  rememberTags(world, cluster.tags);
  cluster.ha = request.ha ?? cluster.ha;
  cluster.autoUpgrade = request.auto_upgrade ?? cluster.autoUpgrade;
  // Go's client leaves it out to say no: the real API takes what is missing for false.
  cluster.surgeUpgrade = request.surge_upgrade ?? false;
  cluster.maintenance = {
    day: request.maintenance_policy?.day ?? cluster.maintenance.day,
    start_time: request.maintenance_policy?.start_time ?? cluster.maintenance.start_time,
  };
  cluster.extras = { ...cluster.extras, ...extrasOf(request) };
  cluster.updatedMs = world.clock.now();
}

const REGISTRY_REQUEST = z.object({ cluster_uuids: z.array(z.string()).nullish() });

const registryIntegration = (clusters: Clusters, path: string, enabled: boolean): Route =>
  route(enabled ? "POST" : "DELETE", path, "kubernetes:update", (call) => {
    const { state } = clusters.world;
    if (enabled && state.registries.length === 0) throw notFound("registry not found");
    const ids = call.read(REGISTRY_REQUEST).cluster_uuids ?? [];
    for (const id of ids) clusters.get(id).registryEnabled = enabled;
    return NO_CONTENT;
  });

export const clusterRoutes = (clusters: Clusters): Route[] => [
  route("GET", PATH, "kubernetes:read", ({ url }) =>
    page(
      url,
      "kubernetes_clusters",
      clusters.all().map((cluster) => clusters.view(cluster)),
    ),
  ),
  route("POST", PATH, "kubernetes:create", (call) => {
    const cluster = make(clusters, call.read(clusterShape));
    return created({ kubernetes_cluster: clusters.view(cluster, cluster.createdMs) });
  }),
  route("GET", ONE, "kubernetes:read", (call) =>
    ok({ kubernetes_cluster: clusters.view(clusters.get(call.param("cluster_id"))) }),
  ),
  route("PUT", ONE, "kubernetes:update", (call) => {
    const cluster = clusters.get(call.param("cluster_id"));
    change(clusters, cluster, call.read(clusterUpdateShape));
    return accepted({ kubernetes_cluster: clusters.view(cluster) });
  }),
  route("DELETE", ONE, "kubernetes:delete", (call) => {
    const cluster = clusters.get(call.param("cluster_id"));
    // Its load balancers, volumes and snapshots stay (D7).
    if (cluster.deleting !== true) clusters.end(cluster);
    return NO_CONTENT;
  }),
  ...associatedRoutes(clusters),
  route("GET", `${ONE}/upgrades`, "kubernetes:read", (call) => {
    const cluster = clusters.get(call.param("cluster_id"));
    return ok({ available_upgrade_versions: clusters.upgradesOf(cluster).map((slug) => versionView(slug)) });
  }),
  route("POST", `${ONE}/upgrade`, "kubernetes:update", (call) => {
    const cluster = clusters.get(call.param("cluster_id"));
    const { version = "latest" } = call.read(z.object({ version: optionalText }));
    const slug = versionFor(clusters.world, version);
    if (!clusters.upgradesOf(cluster).includes(slug)) {
      throw unprocessable(`validation error: cluster cannot be upgraded from ${cluster.version} to ${slug}`);
    }
    clusters.upgrade(cluster, slug);
    return accepted();
  }),
  route("GET", `${ONE}/user`, "kubernetes:read", (call) => {
    clusters.get(call.param("cluster_id"));
    const { email } = clusters.world.surroundings;
    return ok({ kubernetes_cluster_user: { username: email, groups: ["k8saas:authenticated"] } });
  }),
  route("GET", `${ONE}/status_messages`, "kubernetes:read", (call) => {
    const { failure, updatedMs } = clusters.get(call.param("cluster_id"));
    return ok({ messages: failure === undefined ? [] : [{ message: failure, timestamp: timestamp(updatedMs) }] });
  }),
  registryIntegration(clusters, "/v2/kubernetes/registry", true),
  registryIntegration(clusters, "/v2/kubernetes/registry", false),
  registryIntegration(clusters, "/v2/kubernetes/registries", true),
  registryIntegration(clusters, "/v2/kubernetes/registries", false),
];
