/** A Kubernetes cluster as the API has it, and as the properties show it. */

import { isObject, type Value, type Values } from "../values";
import { type Client, type Json, type JsonObject } from "./client";
import { goTime, numberOf, saying, textOf, textsOf, urnOf } from "./kind";
import { kubeConfigState, type Credentials } from "./kubeconfig";
import { DEFAULT_POOL_TAG, ownTags, type Pool, stateOf } from "./nodePool";

export interface Cluster extends JsonObject {
  id: string;
  name: string;
  region: string;
  version: string;
  cluster_subnet?: string;
  service_subnet?: string;
  ipv4?: string;
  endpoint?: string;
  tags?: string[];
  vpc_uuid?: string;
  worker_subnet_uuid?: string;
  ha?: boolean;
  node_pools?: Pool[];
  maintenance_policy?: { start_time?: string; duration?: string; day?: string } | null;
  auto_upgrade?: boolean;
  surge_upgrade?: boolean;
  isolated_workers?: boolean;
  status?: { state?: string; message?: string };
  created_at: string;
  updated_at: string;
}

export const clusterPath = (id: string): string => `/v2/kubernetes/clusters/${id}`;

export async function getCluster(client: Client, id: string): Promise<Cluster> {
  return (await client.get<{ kubernetes_cluster: Cluster }>(clusterPath(id))).kubernetes_cluster;
}

/** Extras of a cluster that are on or off, with the API's names. */
export const SWITCHES: Record<string, string> = {
  routingAgent: "routing_agent",
  p2pOciRegistryPlugin: "p2p_oci_registry_plugin",
  amdGpuDevicePlugin: "amd_gpu_device_plugin",
  amdGpuDeviceMetricsExporterPlugin: "amd_gpu_device_metrics_exporter_plugin",
  nvidiaGpuDevicePlugin: "nvidia_gpu_device_plugin",
  nvidiaGpuDraDriver: "nvidia_gpu_dra_driver",
  amdGpuDraDriver: "amd_gpu_dra_driver",
  rdmaSharedDevicePlugin: "rdma_shared_dev_plugin",
  corednsAutoscaler: "coredns_autoscaler",
};

const objectOf = (value: Json | undefined): JsonObject | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;

/** The extras that the API tells of; those that it leaves out are not shown. */
function extras(cluster: Cluster): Values {
  const state: Values = {};
  for (const [key, name] of Object.entries(SWITCHES)) {
    const found = objectOf(cluster[name]);
    if (found !== undefined) state[key] = { enabled: found["enabled"] === true };
  }
  const firewall = objectOf(cluster["control_plane_firewall"]);
  if (firewall !== undefined) {
    const allowed = (firewall["allowed_addresses"] ?? []) as string[];
    state["controlPlaneFirewall"] = { enabled: firewall["enabled"] === true, allowedAddresses: allowed };
  }
  state["clusterAutoscalerConfigurations"] = [];
  const autoscaler = objectOf(cluster["cluster_autoscaler_configuration"]);
  if (autoscaler !== undefined) {
    state["clusterAutoscalerConfigurations"] = [
      {
        scaleDownUtilizationThreshold: numberOf(autoscaler["scale_down_utilization_threshold"] as Value),
        scaleDownUnneededTime: textOf(autoscaler["scale_down_unneeded_time"] as Value),
        expanders: textsOf(autoscaler["expanders"] as Value),
      },
    ];
  }
  state["ssos"] = [];
  const sso = objectOf(cluster["sso"]);
  if (sso !== undefined) {
    state["ssos"] = [
      {
        enabled: sso["enabled"] === true,
        required: sso["required"] === true,
        issuerUrl: textOf(sso["issuer_url"] as Value),
        clientId: textOf(sso["client_id"] as Value),
      },
    ];
  }
  return state;
}

/** What the API tells of a cluster, but for its pools and credentials. */
export function clusterState(cluster: Cluster): Values {
  const maintenance = cluster.maintenance_policy ?? {};
  return {
    name: cluster.name,
    region: cluster.region,
    version: cluster.version,
    surgeUpgrade: cluster.surge_upgrade ?? false,
    ha: cluster.ha ?? false,
    clusterSubnet: cluster.cluster_subnet ?? "",
    serviceSubnet: cluster.service_subnet ?? "",
    ipv4Address: cluster.ipv4 ?? "",
    endpoint: cluster.endpoint ?? "",
    tags: ownTags(cluster.tags),
    status: cluster.status?.state ?? "",
    createdAt: goTime(cluster.created_at),
    updatedAt: goTime(cluster.updated_at),
    vpcUuid: cluster.vpc_uuid ?? "",
    workerSubnetUuid: cluster.worker_subnet_uuid ?? "",
    autoUpgrade: cluster.auto_upgrade ?? false,
    isolatedWorkers: cluster.isolated_workers ?? false,
    maintenancePolicy: {
      day: maintenance.day ?? "any",
      duration: maintenance.duration ?? "",
      startTime: maintenance.start_time ?? "",
    },
    clusterUrn: urnOf("kubernetes", cluster.id),
    ...extras(cluster),
  };
}

const isDefault = (pool: Pool): boolean => pool.tags?.includes(DEFAULT_POOL_TAG) === true;

/**
 * The pool that belongs to the cluster resource. As in the real provider its node count is shown only where there was
 * one, and that is looked up at the pool's place among all pools.
 */
export function defaultPool(cluster: Cluster, was: Values): Values | undefined {
  const pools = cluster.node_pools ?? [];
  const index = pools.findLastIndex(isDefault);
  const pool = pools[index];
  if (pool === undefined) return undefined;
  const before = index === 0 && isObject(was["nodePool"]) ? was["nodePool"] : {};
  return { id: pool.id, ...stateOf(pool, numberOf(before["nodeCount"]) !== 0) };
}

/** The credentials that are kept, or new ones when those are no longer good (D1). */
export async function currentKubeConfigs(client: Client, cluster: Cluster, was: Values): Promise<Value[]> {
  const kept = Array.isArray(was["kubeConfigs"]) ? was["kubeConfigs"] : [];
  const [first] = kept;
  const expiry = isObject(first) ? Date.parse(textOf(first["expiresAt"])) : NaN;
  if (!Number.isNaN(expiry) && expiry >= Date.now()) return kept;
  const seconds = numberOf(was["kubeconfigExpireSeconds"]);
  const credentials = await saying("Unable to fetch Kubernetes credentials:", () =>
    client.get<Credentials>(`${clusterPath(cluster.id)}/credentials?expiry_seconds=${seconds}`),
  );
  return [kubeConfigState(cluster.name, cluster.region, credentials)];
}
