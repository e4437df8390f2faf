/** The kinds of resources at DigitalOcean that can be found by what the program calls them: how each is looked for. */

import { z } from "zod";
import type { DigitalOceanClient } from "../../lib/digitalocean/client";
import type { JsonObject } from "./settings";

/** Something at the vendor that may be what was being created. */
export interface Candidate {
  id: string;
  /** Such as `running`; none for what is there at once. */
  status?: string | undefined;
  /** When it was made, in milliseconds since 1970; none where the vendor does not tell. */
  madeMs?: number | undefined;
}

export type Search = (api: DigitalOceanClient, inputs: JsonObject) => Promise<Candidate[]>;

export interface NamedKind {
  search: Search;
  /** Outputs that the SDK declares secret whatever the provider says. */
  secretOutputs?: string[];
  /** Of kinds without a time: it is in something else of the stack's own, so whatever has its name there is it. */
  within?: string;
}

const named = { id: z.string(), name: z.string(), created_at: z.string().nullish() };
const cluster = z.object({
  ...named,
  region: z.string(),
  tags: z.array(z.string()).nullish(),
  status: z.object({ state: z.string() }),
});
const pool = z.object({ id: z.string(), name: z.string() });
const vpc = z.object({ ...named, region: z.string() });
const registry = z.object({ name: z.string(), created_at: z.string().nullish() });
const database = z.object({ ...named, region: z.string(), status: z.string() });
const project = z.object(named);
const record = z.object({ id: z.number(), type: z.string(), name: z.string(), data: z.string() });

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const withoutDot = (host: string): string => host.replace(/\.$/, "");

function made({ created_at: createdAt }: { created_at?: string | null | undefined }): { madeMs?: number } {
  const madeMs = Date.parse(createdAt ?? "");
  return Number.isNaN(madeMs) ? {} : { madeMs };
}

/** By type token. What is not in it has no name to be found by. */
export const NAMED_KINDS: Readonly<Record<string, NamedKind | undefined>> = {
  "digitalocean:index/kubernetesCluster:KubernetesCluster": {
    search: async (api, { name, region, tags }) => {
      const wanted = Array.isArray(tags) ? tags.map(text) : [];
      return (await api.list("/v2/kubernetes/clusters", "kubernetes_clusters", cluster))
        .filter((each) => each.name === name && each.region === region)
        .filter((each) => wanted.every((tag) => each.tags?.includes(tag)))
        .map((each) => ({ id: each.id, status: each.status.state, ...made(each) }));
    },
    secretOutputs: ["kubeConfigs"],
  },
  "digitalocean:index/kubernetesNodePool:KubernetesNodePool": {
    search: async (api, { clusterId, name }) => {
      if (text(clusterId) === "") return [];
      const path = `/v2/kubernetes/clusters/${encodeURIComponent(text(clusterId))}/node_pools`;
      return (await api.list(path, "node_pools", pool)).filter((each) => each.name === name).map(({ id }) => ({ id }));
    },
    within: "clusterId",
  },
  "digitalocean:index/vpc:Vpc": {
    search: async (api, { name, region }) =>
      (await api.list("/v2/vpcs", "vpcs", vpc))
        .filter((each) => each.name === name && each.region === region)
        .map((each) => ({ id: each.id, ...made(each) })),
  },
  "digitalocean:index/containerRegistry:ContainerRegistry": {
    search: async (api, { name }) =>
      (await api.list("/v2/registries", "registries", registry))
        .filter((each) => each.name === name)
        .map((each) => ({ id: each.name, ...made(each) })),
  },
  "digitalocean:index/domain:Domain": {
    search: async (api, { name }) => {
      if (text(name) === "") return [];
      await api.get(`/v2/domains/${encodeURIComponent(text(name))}`, z.unknown());
      return [{ id: text(name) }];
    },
  },
  "digitalocean:index/dnsRecord:DnsRecord": {
    search: async (api, { domain, type, name, value }) => {
      if (text(domain) === "" || text(value) === "") return [];
      const path = `/v2/domains/${encodeURIComponent(text(domain))}/records`;
      return (await api.list(path, "domain_records", record))
        .filter((each) => each.type === type && each.name === name)
        .filter((each) => withoutDot(each.data) === withoutDot(text(value)))
        .map(({ id }) => ({ id: String(id) }));
    },
  },
  "digitalocean:index/databaseCluster:DatabaseCluster": {
    search: async (api, { name, region }) =>
      (await api.list("/v2/databases", "databases", database))
        .filter((each) => each.name === name && each.region === region)
        .map((each) => ({ id: each.id, status: each.status, ...made(each) })),
    secretOutputs: ["password", "privateUri", "uiPassword", "uiUri", "uri"],
  },
  "digitalocean:index/project:Project": {
    search: async (api, { name }) =>
      (await api.list("/v2/projects", "projects", project))
        .filter((each) => each.name === name)
        .map((each) => ({ id: each.id, ...made(each) })),
  },
};
