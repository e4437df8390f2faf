/** The provider's functions: what they take, and what they look up. */

import { isObject, type Value, type Values } from "../values";
import { argumentProblems } from "./check";
import { ApiError, type Client, isGone, type JsonObject } from "./client";
import { type Cluster, clusterState, currentKubeConfigs, defaultPool } from "./cluster";
import type { Domain } from "./domain";
import { databaseLookups } from "./databaseLookups";
import { numberOf, saying, textOf, textsOf, urnOf } from "./kind";
import { listed, type Query } from "./listing";
import type { Lookup } from "./lookup";
import { getProject, projectState, type Project } from "./project";
import { atLeast, notEmpty } from "./rules";
import { block, type Fields, list, optional, required, set } from "./schema";

/** A new one for every answer, as of the real provider. */
let answers = 0;
const uniqueId = (): string =>
  `terraform-${new Date().toISOString().replace(/\D/g, "")}${(++answers).toString(16).padStart(8, "0")}`;

const name = required("string", { validate: notEmpty });
const query: Fields = {
  filters: set({
    key: required("string"),
    values: set("string", "required"),
    all: optional("bool"),
    matchBy: optional("string"),
  }),
  sorts: list({ key: required("string"), direction: optional("string") }),
};
const queryOf = (args: Values): Query => ({
  filters: Array.isArray(args["filters"]) ? args["filters"].filter(isObject) : [],
  sorts: Array.isArray(args["sorts"]) ? args["sorts"].filter(isObject) : [],
});

interface Region extends JsonObject {
  slug: string;
  name: string;
  available?: boolean;
  sizes?: string[];
  features?: string[];
}
const regions = async (client: Client): Promise<Values[]> =>
  (await saying("Error retrieving regions:", () => client.all<Region>("/v2/regions", "regions"))).map((region) => ({
    slug: region.slug,
    name: region.name,
    available: region.available ?? false,
    sizes: region.sizes ?? [],
    features: region.features ?? [],
  }));

async function sizes(client: Client): Promise<Values[]> {
  const found = await saying("Error retrieving sizes:", () => client.all<JsonObject>("/v2/sizes", "sizes"));
  return found.map((size) => ({
    slug: textOf(size["slug"] as Value),
    available: size["available"] === true,
    transfer: numberOf(size["transfer"] as Value),
    priceMonthly: numberOf(size["price_monthly"] as Value),
    priceHourly: numberOf(size["price_hourly"] as Value),
    memory: numberOf(size["memory"] as Value),
    vcpus: numberOf(size["vcpus"] as Value),
    disk: numberOf(size["disk"] as Value),
    regions: textsOf(size["regions"] as Value),
    gpuInfos: [],
  }));
}

/** By name only, among the clusters of the first page, as the real provider does. */
async function cluster(args: Values, client: Client): Promise<Values> {
  const answer = await client
    .get<{ kubernetes_clusters?: Cluster[] }>("/v2/kubernetes/clusters")
    .catch((error: unknown) => {
      const gone = error instanceof ApiError && error.status === 404;
      throw new Error(gone ? "No clusters found" : `Error listing Kubernetes clusters: ${(error as Error).message}`);
    });
  const wanted = textOf(args["name"]);
  const found = answer.kubernetes_clusters?.find((each) => each.name === wanted);
  if (found === undefined) throw new Error(`Unable to find cluster with name: ${wanted}`);
  const { clusterUrn, maintenancePolicy, controlPlaneFirewall, ...state } = clusterState(found);
  const pool = defaultPool(found, {});
  const listOf = (value: Value | undefined): Value[] => (value === undefined ? [] : [value]);
  return {
    ...args,
    ...state,
    id: found.id,
    urn: clusterUrn ?? "",
    maintenancePolicies: listOf(maintenancePolicy),
    controlPlaneFirewalls: listOf(controlPlaneFirewall),
    nodePools: listOf(pool),
    kubeConfigs: await currentKubeConfigs(client, found, args),
  };
}

async function project(args: Values, client: Client): Promise<Values> {
  const id = textOf(args["id"]);
  const wanted = textOf(args["name"]);
  const find = async (): Promise<Project> => {
    if (id !== "") return saying(`Unable to load project ID ${id}:`, () => getProject(client, id));
    if (wanted === "") return saying("Unable to load default project:", () => getProject(client, "default"));
    const all = await saying("Unable to load projects:", () => client.all<Project>("/v2/projects", "projects"));
    const [first, second] = all.filter((each) => each.name === wanted);
    if (first === undefined) throw new Error(`No projects found with name '${wanted}'`);
    if (second !== undefined) throw new Error(`Multiple projects found with name '${wanted}'`);
    return first;
  };
  const found = await find();
  return { id: found.id, ...(await projectState(client, found)) };
}

const enabled = block({ enabled: optional("bool") });

const LOOKUPS: Record<string, Lookup> = {
  ...databaseLookups,
  getAccount: {
    takes: {},
    async look(_, client) {
      const { account } = await saying("Error retrieving account:", () =>
        client.get<{ account: JsonObject }>("/v2/account"),
      );
      return {
        id: textOf(account["uuid"] as Value),
        uuid: textOf(account["uuid"] as Value),
        dropletLimit: numberOf(account["droplet_limit"] as Value),
        floatingIpLimit: numberOf(account["floating_ip_limit"] as Value),
        email: textOf(account["email"] as Value),
        emailVerified: account["email_verified"] === true,
        status: textOf(account["status"] as Value),
        statusMessage: textOf(account["status_message"] as Value),
      };
    },
  },
  getContainerRegistry: {
    takes: { name },
    /** The real one asks for a registry without a name, and crashes at the answer: what uses it would not work there. */
    look: () =>
      Promise.reject(new Error("the real provider crashes in this function; ask the API itself for a registry")),
  },
  getDomain: {
    takes: { name },
    async look(args, client) {
      const path = `/v2/domains/${textOf(args["name"])}`;
      const { domain } = await client.get<{ domain: Domain }>(path).catch((error: unknown) => {
        const what = isGone(error) ? "domain not found:" : "Error retrieving domain:";
        throw new Error(`${what} ${(error as Error).message}`);
      });
      return {
        id: domain.name,
        name: domain.name,
        domainUrn: urnOf("domain", domain.name),
        ttl: domain.ttl ?? 0,
        zoneFile: domain.zone_file ?? "",
      };
    },
  },
  getKubernetesCluster: {
    takes: {
      name,
      kubeconfigExpireSeconds: optional("int", { validate: atLeast(0) }),
      tags: set("string"),
      clusterAutoscalerConfigurations: list({
        scaleDownUtilizationThreshold: optional("float"),
        scaleDownUnneededTime: optional("string"),
        expanders: list("string"),
      }),
      ssos: list({}),
      amdGpuDeviceMetricsExporterPlugin: enabled,
      amdGpuDevicePlugin: enabled,
      amdGpuDraDriver: enabled,
      corednsAutoscaler: enabled,
      nvidiaGpuDevicePlugin: enabled,
      nvidiaGpuDraDriver: enabled,
      p2pOciRegistryPlugin: enabled,
      rdmaSharedDevicePlugin: enabled,
      routingAgent: enabled,
    },
    look: cluster,
  },
  getKubernetesVersions: {
    takes: { versionPrefix: optional("string") },
    async look(args, client) {
      const { options } = await saying("Error retrieving Kubernetes options:", () =>
        client.get<{ options: { versions?: { slug: string }[] } }>("/v2/kubernetes/options"),
      );
      const prefix = textOf(args["versionPrefix"]);
      const fitting = (options.versions ?? []).map(({ slug }) => slug).filter((slug) => slug.startsWith(prefix));
      const [latest] = fitting;
      // Nothing at all once the minor version of the prefix is gone (D3).
      return {
        ...args,
        id: uniqueId(),
        validVersions: fitting,
        ...(latest === undefined ? {} : { latestVersion: latest }),
      };
    },
  },
  getProject: {
    takes: { id: optional("string"), name: optional("string", { conflictsWith: ["id"] }) },
    look: project,
  },
  getRegion: {
    takes: { slug: required("string", { validate: notEmpty }) },
    async look(args, client) {
      const slug = textOf(args["slug"]);
      const found = (await saying("Unable to load regions:", () => regions(client))).find(
        (each) => each["slug"] === slug,
      );
      if (found === undefined) throw new Error(`Region does not exist: ${slug}`);
      return { id: uniqueId(), ...found };
    },
  },
  getRegions: {
    takes: query,
    async look(args, client) {
      const all = await saying("Unable to load records:", () => regions(client));
      return { ...args, id: uniqueId(), regions: listed(all, queryOf(args)) };
    },
  },
  getSizes: {
    takes: query,
    async look(args, client) {
      const all = await saying("Unable to load records:", () => sizes(client));
      return { ...args, id: uniqueId(), sizes: listed(all, queryOf(args)) };
    },
  },
};

/** Calls a function, such as `digitalocean:index/getAccount:getAccount`; all values in the open. */
export async function invoke(token: string, args: Values, client: Client): Promise<Values> {
  const lookup = LOOKUPS[token.split(":").at(-1) ?? ""];
  if (lookup === undefined) throw new Error(`${token} is not in the stand-in for the DigitalOcean provider`);
  const [problem] = argumentProblems(lookup.takes, args, "arguments");
  if (problem !== undefined) throw new Error(`invoking ${token}: ${problem}`);
  try {
    return await lookup.look(args, client);
  } catch (error) {
    throw new Error(`invoking ${token}: 1 error occurred:\n\t* ${(error as Error).message}\n\n`, { cause: error });
  }
}
