/** A container registry: the registry itself, and the account's subscription to a tier. */

import type { Values } from "../values";
import type { Client, JsonObject } from "./client";
import { goTime, type Kind, saying, textOf, unlessEmpty, unlessGone } from "./kind";
import { notEmpty, oneOf } from "./rules";
import { assigned, output, required } from "./schema";

const HOST = "registry.digitalocean.com";

interface Registry extends JsonObject {
  name: string;
  region?: string;
  storage_usage_bytes?: number;
  created_at: string;
}

export const registryPath = (name: string): string => `/v2/registries/${name}`;
const SUBSCRIPTION = registryPath("subscription");

async function readRegistry(client: Client, name: string): Promise<Values | undefined> {
  const found = await unlessGone("Error retrieving container registry:", () =>
    client.get<{ registry: Registry }>(registryPath(name)),
  );
  if (found === undefined) return undefined;
  const { registry } = found;
  const { subscription } = await saying("Error retrieving container registry subscription:", () =>
    client.get<{ subscription: { tier: { slug: string } } }>(SUBSCRIPTION),
  );
  return {
    name: registry.name,
    region: registry.region ?? "",
    endpoint: `${HOST}/${registry.name}`,
    serverUrl: HOST,
    createdAt: goTime(registry.created_at),
    storageUsageBytes: registry.storage_usage_bytes ?? 0,
    subscriptionTierSlug: subscription.tier.slug,
  };
}

export const containerRegistry: Kind = {
  fields: {
    name: required("string", { forceNew: true, validate: notEmpty }),
    subscriptionTierSlug: required("string", { validate: oneOf(["starter", "basic", "professional"]) }),
    region: assigned("string", { forceNew: true, validate: notEmpty }),
    endpoint: output("string"),
    serverUrl: output("string"),
    storageUsageBytes: output("int"),
    createdAt: output("string"),
  },
  autoname: (name) => name,
  timeouts: {},

  async create(wanted, { client }) {
    const { registry } = await saying("Error creating container registry:", () =>
      client.post<{ registry: Registry }>("/v2/registry", {
        name: textOf(wanted["name"]),
        subscription_tier_slug: textOf(wanted["subscriptionTierSlug"]),
        region: unlessEmpty(textOf(wanted["region"])),
      }),
    );
    return { id: registry.name };
  },

  async read(id, was, { client }) {
    const found = await readRegistry(client, id);
    return found && { ...was, ...found };
  },

  async update({ after, changes }, { client }) {
    if (!changes("subscriptionTierSlug")) return undefined;
    await saying("Error updating container registry subscription:", () =>
      client.post(SUBSCRIPTION, { tier_slug: textOf(after["subscriptionTierSlug"]) }),
    );
    return undefined;
  },

  async delete(id, _, { client }) {
    await saying("Error deleting container registry:", () => client.delete(registryPath(id)));
  },
};
