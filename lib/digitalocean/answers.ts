/** The answers of DigitalOcean's API, as far as the program reads them. More in them is fine. */
import { z } from "zod";

export const accountAnswer = z.object({
  account: z.object({
    uuid: z.string(),
    team: z.object({ uuid: z.string() }).nullish(),
    status: z.string(),
    status_message: z.string().default(""),
    email_verified: z.boolean(),
    // Only a token that may read Droplets is told.
    droplet_limit: z.int().optional(),
  }),
});

export const region = z.object({
  slug: z.string(),
  name: z.string(),
  available: z.boolean(),
});

export const size = z.object({
  slug: z.string(),
  available: z.boolean(),
  regions: z.array(z.string()),
  /** US dollars. */
  price_monthly: z.number(),
});

export const kubernetesOptionsAnswer = z.object({
  options: z.object({
    regions: z.array(z.object({ slug: z.string() })),
    versions: z.array(z.object({ slug: z.string() })),
    sizes: z.array(z.object({ slug: z.string() })),
  }),
});

export const cluster = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  version: z.string(),
  cluster_subnet: z.string().optional(),
  service_subnet: z.string().optional(),
  vpc_uuid: z.string().optional(),
  ha: z.boolean().optional(),
  node_pools: z.array(z.object({ size: z.string(), tags: z.array(z.string()).nullish() })).default([]),
});

export const vpc = z.object({ id: z.string(), name: z.string(), ip_range: z.string() });

export const registry = z.object({
  name: z.string(),
  region: z.string().optional(),
  storage_usage_bytes: z.number().default(0),
});

export const repository = z.object({ name: z.string() });

export const tier = z.object({
  slug: z.string(),
  monthly_price_in_cents: z.number(),
  /** 0 for any number. */
  included_repositories: z.number(),
  included_storage_bytes: z.number(),
  allow_storage_overage: z.boolean().default(true),
  eligible: z.boolean().default(true),
  eligibility_reasons: z.array(z.string()).nullish(),
});

/** The subscription is the account's, for all its registries. */
export const subscriptionAnswer = z.object({
  subscription: z.object({ tier: z.object({ slug: z.string() }) }),
});

export const registryOptionsAnswer = z.object({
  options: z.object({
    available_regions: z.array(z.string()).nullish(),
    subscription_tiers: z.array(tier),
  }),
});

export const domainAnswer = z.object({ domain: z.object({ name: z.string() }) });

export type AccountAnswer = z.output<typeof accountAnswer>["account"];
export type Region = z.output<typeof region>;
export type Size = z.output<typeof size>;
export type KubernetesOptions = z.output<typeof kubernetesOptionsAnswer>["options"];
export type Cluster = z.output<typeof cluster>;
export type Vpc = z.output<typeof vpc>;
export type Registry = z.output<typeof registry>;
export type Tier = z.output<typeof tier>;
export type RegistryOptions = z.output<typeof registryOptionsAnswer>["options"];
