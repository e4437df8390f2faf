/** A Kubernetes cluster with its default pool of nodes. */

import { isObject, type Value, type Values } from "../values";
import type { JsonObject } from "./client";
import {
  type Cluster,
  clusterPath,
  clusterState,
  currentKubeConfigs,
  defaultPool,
  getCluster,
  SWITCHES,
} from "./cluster";
import { clusterFields } from "./clusterFields";
import { isOlder } from "./clusterVersion";
import {
  type Change,
  type Kind,
  saying,
  Stopped,
  textOf,
  textsOf,
  unlessEmpty,
  Unfinished,
  unlessGone,
  type Work,
} from "./kind";
import { changePool, creationOf, DEFAULT_POOL_TAG, poolsPath } from "./nodePool";
import { waitFor } from "./waiting";

const objectOf = (value: Value | undefined): Values => (isObject(value) ? value : {});

function maintenanceOf(state: Values): JsonObject | null {
  if (!isObject(state["maintenancePolicy"])) return null;
  const { day, startTime } = state["maintenancePolicy"];
  return { day: textOf(day).toLowerCase() || "any", start_time: textOf(startTime), duration: "" };
}

const switchOf = (value: Value | undefined): JsonObject => ({
  enabled: isObject(value) ? value["enabled"] === true : null,
});

function firewallOf(value: Value | undefined): JsonObject {
  if (!isObject(value)) return { enabled: null, allowed_addresses: null };
  return { enabled: value["enabled"] === true, allowed_addresses: textsOf(value["allowedAddresses"]) };
}

function autoscalerOf(value: Value | undefined): JsonObject {
  const [first] = Array.isArray(value) ? value : [];
  const given = objectOf(first);
  return {
    scale_down_utilization_threshold: (given["scaleDownUtilizationThreshold"] ?? null) as number | null,
    scale_down_unneeded_time: (given["scaleDownUnneededTime"] ?? null) as string | null,
    expanders: Array.isArray(given["expanders"]) ? textsOf(given["expanders"]) : null,
  };
}

function ssoOf(value: Value | undefined): JsonObject | undefined {
  const [first] = Array.isArray(value) ? value : [];
  if (!isObject(first)) return undefined;
  return {
    enabled: first["enabled"] === true,
    required: first["required"] === true,
    issuer_url: unlessEmpty(textOf(first["issuerUrl"])),
    client_id: unlessEmpty(textOf(first["clientId"])),
  };
}

/** Only the extras that the user asks for. */
function extrasOf(wanted: Values): JsonObject {
  const asked = Object.entries(SWITCHES).filter(([key]) => isObject(wanted[key]));
  return {
    ...Object.fromEntries(asked.map(([key, name]) => [name, switchOf(wanted[key])])),
    control_plane_firewall: isObject(wanted["controlPlaneFirewall"])
      ? firewallOf(wanted["controlPlaneFirewall"])
      : undefined,
    cluster_autoscaler_configuration: Array.isArray(wanted["clusterAutoscalerConfigurations"])
      ? autoscalerOf(wanted["clusterAutoscalerConfigurations"])
      : undefined,
    sso: ssoOf(wanted["ssos"]),
  };
}

const creationRequest = (wanted: Values): JsonObject => ({
  name: textOf(wanted["name"]),
  region: textOf(wanted["region"]),
  version: textOf(wanted["version"]),
  tags: unlessEmpty(textsOf(wanted["tags"])),
  vpc_uuid: unlessEmpty(textOf(wanted["vpcUuid"])),
  worker_subnet_uuid: unlessEmpty(textOf(wanted["workerSubnetUuid"])),
  cluster_subnet: unlessEmpty(textOf(wanted["clusterSubnet"])),
  service_subnet: unlessEmpty(textOf(wanted["serviceSubnet"])),
  ha: typeof wanted["ha"] === "boolean" ? wanted["ha"] : undefined,
  node_pools: [creationOf(objectOf(wanted["nodePool"]), [DEFAULT_POOL_TAG])],
  maintenance_policy: maintenanceOf(wanted),
  auto_upgrade: wanted["autoUpgrade"] === true,
  surge_upgrade: wanted["surgeUpgrade"] === true,
  isolated_workers: unlessEmpty(wanted["isolatedWorkers"] === true),
  ...extrasOf(wanted),
});

const IN_PLACE = [
  "name",
  "tags",
  "autoUpgrade",
  "surgeUpgrade",
  "maintenancePolicy",
  "ha",
  "controlPlaneFirewall",
  "clusterAutoscalerConfigurations",
  "ssos",
  ...Object.keys(SWITCHES),
];

const changeRequest = (after: Values): JsonObject => ({
  name: textOf(after["name"]),
  tags: unlessEmpty(textsOf(after["tags"])),
  maintenance_policy: maintenanceOf(after) ?? undefined,
  auto_upgrade: after["autoUpgrade"] === true,
  surge_upgrade: unlessEmpty(after["surgeUpgrade"] === true),
  ha: after["ha"] === true,
  control_plane_firewall: firewallOf(after["controlPlaneFirewall"]),
  ...Object.fromEntries(Object.entries(SWITCHES).map(([key, name]) => [name, switchOf(after[key])])),
  cluster_autoscaler_configuration: autoscalerOf(after["clusterAutoscalerConfigurations"]),
  sso: ssoOf(after["ssos"]),
});

async function waitUntilRunning(id: string, work: Work): Promise<void> {
  const options = {
    seconds: work.seconds("create"),
    everySeconds: 10,
    what: "waiting for the cluster to run",
    timeout: "Timeout waiting to create cluster",
  };
  await waitFor(work, options, async () => {
    const { status } = await saying("Error trying to read cluster state:", () => getCluster(work.client, id));
    if (status?.state === "error") throw new Error(status.message ?? "");
    return status?.state === "running" ? true : undefined;
  });
}

const enableRegistry = (id: string, { client }: Work): Promise<void> =>
  saying("Error enabling registry integration:", async () => {
    await client.post("/v2/kubernetes/registry", { cluster_uuids: [id] });
  });

async function update({ id, before, after, changes }: Change, work: Work): Promise<undefined> {
  const { client } = work;
  // Recorded while it was still being made, when the engine was asked to stop.
  if (textOf(before["status"]) === "") await waitUntilRunning(id, work);
  if (changes(...IN_PLACE)) {
    const answer = await unlessGone("Unable to update cluster:", () =>
      client.put(clusterPath(id), changeRequest(after)),
    );
    if (answer === undefined) return;
  }
  if (changes("nodePool")) {
    const pool = textOf(objectOf(before["nodePool"])["id"]);
    await changePool(work, id, pool, objectOf(after["nodePool"]), [DEFAULT_POOL_TAG]);
  }
  if (changes("version")) {
    await saying("Unable to upgrade cluster version:", () =>
      client.post(`${clusterPath(id)}/upgrade`, { version: textOf(after["version"]) }),
    );
  }
  if (!changes("registryIntegration")) return;
  if (after["registryIntegration"] === true) {
    await enableRegistry(id, work);
  } else {
    await saying("Error disabling registry integration:", () =>
      client.delete("/v2/kubernetes/registry", { cluster_uuids: [id] }),
    );
  }
}

export const kubernetesCluster: Kind = {
  fields: clusterFields,
  autoname: (name) => name,
  timeouts: { create: 1800 },

  // "version" can only go up; for a lower one it takes another cluster (D3).
  replaces: (before, after) => isOlder(textOf(after["version"]), textOf(before["version"])),

  // As with the real provider, a cluster that fails or takes too long is not recorded.
  async create(wanted, work) {
    const id = await saying("Error creating Kubernetes cluster:", async () => {
      const made = await work.client.post<{ kubernetes_cluster: Cluster }>(
        "/v2/kubernetes/clusters",
        creationRequest(wanted),
      );
      const { id: own } = made.kubernetes_cluster;
      await waitUntilRunning(own, work).catch((error: unknown) => {
        throw error instanceof Stopped ? new Unfinished(error.message, own) : error;
      });
      return own;
    });
    if (wanted["registryIntegration"] === true) {
      await enableRegistry(id, work).catch((error: unknown) => {
        throw new Unfinished((error as Error).message, id);
      });
    }
    return { id };
  },

  async read(id, was, { client }) {
    const cluster = await unlessGone("Error retrieving Kubernetes cluster:", () => getCluster(client, id));
    if (cluster === undefined) return undefined;
    const pool = defaultPool(cluster, was);
    return {
      ...was,
      ...clusterState(cluster),
      ...(pool === undefined ? {} : { nodePool: pool }),
      kubeConfigs: await currentKubeConfigs(client, cluster, was),
    };
  },

  update,

  /** The API answers at once; nodes, load balancers and volumes go later (D7). */
  async delete(id, was, { client }) {
    if (was["destroyAllAssociatedResources"] !== true) {
      await unlessGone("Unable to delete cluster:", () => client.delete(clusterPath(id)));
      return;
    }
    const associated = `${clusterPath(id)}/destroy_with_associated_resources`;
    await saying("Failed to list associated resources:", () => client.get(associated));
    await unlessGone("Unable to delete cluster:", () => client.delete(`${associated}/dangerous`));
  },

  /** One pool, and only one, has to be marked as the cluster's own; a sole one is marked here. */
  async find(id, { client }) {
    const cluster = await getCluster(client, id);
    const pools = cluster.node_pools ?? [];
    const marked = pools.filter(({ tags }) => tags?.includes(DEFAULT_POOL_TAG) === true);
    const [sole] = pools;
    if (marked.length > 1) throw new Error("Multiple node pools are tagged as the default node pool");
    if (marked.length === 1) return { id, was: {} };
    if (sole === undefined || pools.length > 1) throw new Error("Cluster contains multiple node pools.");
    await client.put(`${poolsPath(id)}/${sole.id}`, { tags: [...(sole.tags ?? []), DEFAULT_POOL_TAG] });
    return { id, was: {} };
  },
};
