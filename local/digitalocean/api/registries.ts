/** Container registries, their subscription and their credentials: under `/v2/registry`, and under `/v2/registries`. */
import { z } from "zod";
import { type Answer, created, NO_CONTENT, ok, Refusal, unprocessable } from "../answer";
import { allows } from "../apiTokens";
import { REGISTRY_REGIONS, TIERS, type Tier } from "../catalog";
import { timestamp } from "../clock";
import { type Call, optionalText, route, type Route } from "../router";
import type { RegistryRecord } from "../state";
import type { Registries } from "../registries";
import { repositoryRoutes } from "./repositories";

const OLD = "/v2/registry";
const NEW = "/v2/registries";
const ONE = `${NEW}/{registry_name}`;
const HOST = "registry.digitalocean.com";
/** About fifty years: the longest that a credential may last (D10). */
const LONGEST_SECONDS = 1_576_800_000;

const CREATE = z.object({ name: z.string(), subscription_tier_slug: optionalText, region: optionalText });

const tierView = (tier: Tier): Record<string, unknown> => ({
  name: tier.name,
  slug: tier.slug,
  included_repositories: tier.repositories,
  included_storage_bytes: tier.storageBytes,
  allow_storage_overage: tier.allowsOverage,
  included_bandwidth_bytes: tier.bandwidthBytes,
  monthly_price_in_cents: tier.cents,
  storage_overage_price_in_cents: tier.allowsOverage ? 2 : 0,
});

function subscriptionView({ tier, world: { state, clock } }: Registries): Record<string, unknown> {
  const { createdMs, updatedMs } = state.subscription ?? { createdMs: clock.now(), updatedMs: clock.now() };
  return { tier: tierView(tier), created_at: timestamp(createdMs), updated_at: timestamp(updatedMs) };
}

const view = (registries: Registries, registry: RegistryRecord): Record<string, unknown> => ({
  name: registry.name,
  created_at: timestamp(registry.createdMs),
  region: registry.region,
  storage_usage_bytes: registries.usage(registry),
  storage_usage_bytes_updated_at: timestamp(registries.world.clock.now()),
});

const tierOf = (slug: string): Tier => {
  const tier = TIERS.find((each) => each.slug === slug);
  if (tier === undefined) throw unprocessable("invalid subscription tier");
  return tier;
};

function checkName({ world: { state, surroundings } }: Registries, name: string): void {
  if (!/^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/.test(name)) {
    throw unprocessable("invalid name: must be 3 to 63 lowercase letters, digits or dashes");
  }
  const taken = [...surroundings.takenRegistryNames, ...state.registries.map((registry) => registry.name)];
  if (taken.includes(name)) throw new Refusal(409, "name already exists");
}

function create(registries: Registries, call: Call): RegistryRecord {
  const { state, clock } = registries.world;
  const request = call.read(CREATE);
  checkName(registries, request.name);
  const region = request.region ?? "nyc3";
  if (!REGISTRY_REGIONS.includes(region)) throw unprocessable("invalid region");
  const tier = request.subscription_tier_slug === undefined ? registries.tier : tierOf(request.subscription_tier_slug);
  if (state.registries.length >= tier.registries) {
    throw unprocessable(tier.registries === 1 ? "user already has a registry" : "registry limit reached");
  }
  if (state.subscription?.tier !== tier.slug) registries.subscribe(tier.slug);
  const registry: RegistryRecord = {
    name: request.name,
    region,
    createdMs: clock.now(),
    repositories: [],
    garbageCollections: [],
  };
  state.registries.push(registry);
  return registry;
}

function remove(registries: Registries, registry: RegistryRecord): Answer {
  const { state } = registries.world;
  state.registries = state.registries.filter((each) => each !== registry);
  registries.credentials.forgetRegistry(registry.name);
  for (const cluster of state.clusters) cluster.registryEnabled &&= state.registries.length > 0;
  return NO_CONTENT;
}

function dockerCredentials(registries: Registries, call: Call, registry: RegistryRecord): Answer {
  const write = call.query("read_write") === "true";
  if (call.token !== undefined && !allows(call.token, write ? "registry:update" : "registry:read")) {
    throw new Refusal(403, "you do not have access for the attempted action");
  }
  const seconds = Number(call.query("expiry_seconds") ?? 0);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_SECONDS) {
    throw new Refusal(400, "invalid expiry_seconds");
  }
  const { token } = registries.credentials.mintRegistryCredential(registry.name, write, seconds);
  const { email } = registries.world.surroundings;
  return ok({ auths: { [HOST]: { auth: Buffer.from(`${email}:${token}`).toString("base64") } } });
}

const subscriptionRoutes = (registries: Registries, path: string): Route[] => [
  route("GET", `${path}/subscription`, "registry:read", () => ok({ subscription: subscriptionView(registries) })),
  route("POST", `${path}/subscription`, "registry:update", (call) => {
    const tier = tierOf(call.read(z.object({ tier_slug: z.string() })).tier_slug);
    const [obstacle] = registries.obstacles(tier);
    if (obstacle !== undefined) throw new Refusal(412, `cannot switch to this tier: ${obstacle}`);
    if (registries.world.state.registries.length > tier.registries) {
      throw new Refusal(412, "cannot switch to this tier: it allows for one registry");
    }
    registries.subscribe(tier.slug);
    return ok({ subscription: subscriptionView(registries) });
  }),
  route("GET", `${path}/options`, "registry:read", () =>
    ok({
      options: {
        available_regions: REGISTRY_REGIONS,
        subscription_tiers: TIERS.map((tier) => {
          const reasons = registries.obstacles(tier);
          return {
            ...tierView(tier),
            eligible: reasons.length === 0,
            ...(reasons.length === 0 ? {} : { eligibility_reasons: reasons }),
          };
        }),
      },
    }),
  ),
  route("POST", `${path}/validate-name`, "registry:create", (call) => {
    checkName(registries, call.read(z.object({ name: z.string() })).name);
    return NO_CONTENT;
  }),
];

export const registryRoutes = (registries: Registries): Route[] => [
  route("GET", OLD, "registry:read", () =>
    ok({ registry: { ...view(registries, registries.only()), subscription: subscriptionView(registries) } }),
  ),
  route("POST", OLD, "registry:create", (call) => {
    const registry = view(registries, create(registries, call));
    return created({ registry: { ...registry, subscription: subscriptionView(registries) } });
  }),
  route("DELETE", OLD, "registry:delete", () => remove(registries, registries.only())),
  route("GET", `${OLD}/docker-credentials`, "registry:read", (call) =>
    dockerCredentials(registries, call, registries.only()),
  ),
  route("GET", NEW, "registry:read", () => {
    const all = registries.world.state.registries;
    return ok({
      registries: all.map((each) => ({ ...view(registries, each), subscription: subscriptionView(registries) })),
      total_storage_usage_bytes: all.reduce((sum, each) => sum + registries.usage(each), 0),
    });
  }),
  route("POST", NEW, "registry:create", (call) => created({ registry: view(registries, create(registries, call)) })),
  route("GET", ONE, "registry:read", (call) =>
    ok({ registry: view(registries, registries.get(call.param("registry_name"))) }),
  ),
  route("DELETE", ONE, "registry:delete", (call) => remove(registries, registries.get(call.param("registry_name")))),
  route("GET", `${ONE}/docker-credentials`, "registry:read", (call) =>
    dockerCredentials(registries, call, registries.get(call.param("registry_name"))),
  ),
  ...subscriptionRoutes(registries, OLD),
  ...subscriptionRoutes(registries, NEW),
  ...repositoryRoutes(registries, `${OLD}/{registry_name}`),
  ...repositoryRoutes(registries, ONE),
];
