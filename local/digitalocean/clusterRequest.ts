/** What a cluster and its node pools may be asked to be. */
import { z } from "zod";
import { unprocessable } from "./answer";
import { compareVersions, minorOf, NODE_SIZES, REGIONS } from "./catalog";
import { isPrivate, overlap, parseRange } from "./cidr";
import { optionalFlag, optionalInteger, optionalText, texts } from "./router";
import type { PoolRecord } from "./state";
import type { World } from "./world";

/** DigitalOcean reads these keys in any case; its own Go client writes them with capitals. */
const taint = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key.toLowerCase(), part as unknown]))
      : value,
  z.object({
    key: z.string().min(1),
    value: z
      .string()
      .nullish()
      .transform((text) => text ?? ""),
    effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
  }),
);

export const poolUpdateShape = z.object({
  name: optionalText,
  count: optionalInteger,
  tags: texts,
  labels: z.record(z.string(), z.string()).nullish(),
  taints: z.array(taint).nullish(),
  auto_scale: optionalFlag,
  min_nodes: optionalInteger,
  max_nodes: optionalInteger,
});
export const poolShape = poolUpdateShape.extend({ name: z.string().min(1), size: z.string() });
export type PoolRequest = z.infer<typeof poolShape>;

const maintenance = z
  .object({
    day: z.enum(["any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]).nullish(),
    start_time: z.string().nullish(),
  })
  .nullish();

/** Fields that are kept as they are given. */
const kept = z.looseObject({}).nullish();
const extras = {
  control_plane_firewall: kept,
  cluster_autoscaler_configuration: kept,
  routing_agent: kept,
  p2p_oci_registry_plugin: kept,
  amd_gpu_device_plugin: kept,
  amd_gpu_device_metrics_exporter_plugin: kept,
  nvidia_gpu_device_plugin: kept,
  rdma_shared_dev_plugin: kept,
  coredns_autoscaler: kept,
  sso: kept,
};

export const clusterUpdateShape = z.object({
  name: z.string().min(1),
  tags: texts,
  maintenance_policy: maintenance,
  auto_upgrade: optionalFlag,
  surge_upgrade: optionalFlag,
  ha: optionalFlag,
  ...extras,
});
export const clusterShape = clusterUpdateShape.extend({
  region: z.string(),
  version: z.string(),
  vpc_uuid: optionalText,
  cluster_subnet: optionalText,
  service_subnet: optionalText,
  node_pools: z.array(poolShape).min(1),
});
export type ClusterRequest = z.infer<typeof clusterShape>;

/** The extras that a request asks for. DigitalOcean's provider sends those that nobody asked for with nothing but nulls. */
export const extrasOf = (request: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(extras).flatMap((key) => {
      const members = Object.entries(request[key] ?? {}).filter(([, value]) => value !== null);
      return members.length === 0 ? [] : [[key, Object.fromEntries(members)]];
    }),
  );

const invalid = (message: string) => unprocessable(`validation error: ${message}`);

/** The version that a slug stands for: itself, the newest (`latest`), or the newest of a minor version (`1.35`). */
export function versionFor(world: World, asked: string): string {
  const { versions } = world.surroundings;
  const offered = [...versions].sort((a, b) => compareVersions(b, a));
  const found =
    asked === "latest" ? offered[0] : offered.find((slug) => slug === asked || slug.startsWith(`${asked}.`));
  if (found === undefined) throw invalid("invalid version slug");
  return found;
}

/** Whether the control plane is highly available when nothing is asked (D5). */
export const highAvailabilityByDefault = (version: string): boolean => minorOf(version) >= 36;

export function checkName(name: string): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,253}[a-z0-9])?$/i.test(name)) {
    throw invalid("name must consist of alphanumeric characters or '-', and must start and end with one of the former");
  }
}

export function checkRegion(slug: string): string {
  const region = REGIONS.find((each) => each.slug === slug.toLowerCase() && each.available && each.kubernetes);
  if (region === undefined) throw invalid("invalid region slug");
  return region.slug;
}

/** The subnets of a VPC-native cluster: both or none, private, and apart from all that the VPC can reach (D6). */
export function checkSubnets(world: World, request: ClusterRequest, region: string): void {
  const { cluster_subnet: clusterSubnet, service_subnet: serviceSubnet } = request;
  if (clusterSubnet === undefined && serviceSubnet === undefined) return;
  if (clusterSubnet === undefined || serviceSubnet === undefined) {
    throw invalid("cluster_subnet and service_subnet must be provided together");
  }
  if (world.surroundings.regionsWithoutVpcNative.includes(region)) {
    throw invalid(`VPC-native networking is not supported in region ${region}`);
  }
  const parse = (name: string, text: string) => {
    const range = parseRange(text);
    if (range === undefined || !isPrivate(range)) throw invalid(`${name}: invalid CIDR ${text}`);
    if (range.prefix > 22) throw invalid(`${name}: ${text} is too small`);
    return { name, range };
  };
  const own = [parse("cluster_subnet", clusterSubnet), parse("service_subnet", serviceSubnet)];
  const others = [
    ...world.state.vpcs.map(({ name, ipRange }) => ({ name: `VPC ${name}`, text: ipRange })),
    ...world.state.clusters
      .filter(({ clusterSubnet: subnet }) => subnet !== LEGACY_SUBNETS.cluster)
      .flatMap((cluster) => [
        { name: `cluster ${cluster.name}`, text: cluster.clusterSubnet },
        { name: `cluster ${cluster.name}`, text: cluster.serviceSubnet },
      ]),
  ].flatMap(({ name, text }) => {
    const range = parseRange(text);
    return range === undefined ? [] : [{ name, range }];
  });
  for (const [index, subnet] of own.entries()) {
    const clash = [...own.slice(index + 1), ...others].find(({ range }) => overlap(subnet.range, range));
    if (clash !== undefined) throw invalid(`${subnet.name} overlaps with ${clash.name}`);
  }
}

/** What clusters without subnets of their own have; they may all have the same. */
export const LEGACY_SUBNETS = { cluster: "10.244.0.0/16", service: "10.245.0.0/16" } as const;

/** Refuses a pool whose size or numbers of nodes do not go together. */
export function checkPool(pool: Pick<PoolRecord, "size" | "count" | "autoScale" | "minNodes" | "maxNodes">): void {
  if (!NODE_SIZES.some(({ slug }) => slug === pool.size)) throw invalid("invalid droplet size");
  if (pool.autoScale) {
    if (pool.maxNodes < 1) throw invalid("max_nodes must be at least 1 when auto_scale is on");
    if (pool.minNodes > pool.maxNodes) throw invalid("min_nodes must not be greater than max_nodes");
  } else if (pool.count < 1) {
    throw invalid("count must be at least 1");
  }
}
