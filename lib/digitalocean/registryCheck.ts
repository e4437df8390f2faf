import type { Finding } from "../schema/finding";
import type { Registry, Tier } from "./answers";
import type { AccountConfig, Facts } from "./facts";

type DigitalOceanRegistry = Extract<AccountConfig["registry"], { kind: "digitalocean" }>;

/**
 * How many registries an account may have, by its tier.
 * The API does not tell; from docs.digitalocean.com/products/container-registry/details/limits, validated 2026-06-10.
 */
const REGISTRIES_OF_TIER: Readonly<Record<string, number>> = { starter: 1, basic: 1, professional: 10 };

/** What keeps DigitalOcean from making the registry, or from taking the stack's images. */
export function registryFindings(config: AccountConfig, facts: Facts): Finding[] {
  const { registry } = config;
  const { registries, registryOptions, registryName: wanted } = facts;
  if (registry.kind !== "digitalocean" || wanted === undefined) {
    return [];
  }
  const isThere = registries?.some((found) => found.name === wanted);
  const tiers = registryOptions?.subscription_tiers;
  const tier = tiers?.find(({ slug }) => slug === (registry.create ? registry.tier : facts.registryTier));
  return [
    ...(registry.create ? tierFindings(registry.tier, tiers) : []),
    ...(registry.create ? numberFindings(registry, wanted, registries) : []),
    ...(registry.create && isThere === false ? newRegistryFindings(registry, wanted, facts) : []),
    ...(!registry.create && isThere === false ? missingFindings(wanted, registries ?? []) : []),
    ...(tier === undefined ? [] : roomFindings(config, tier, tiers ?? [], facts)),
  ];
}

function missingFindings(wanted: string, registries: readonly Registry[]): Finding[] {
  const message = `the account has no registry "${wanted}"; ${has(registries)}. Name one that it has, or leave create out`;
  return [{ key: "registry.name", message }];
}

function tierFindings(slug: string, tiers: readonly Tier[] | undefined): Finding[] {
  if (tiers === undefined) {
    return [];
  }
  const tier = tiers.find((candidate) => candidate.slug === slug);
  if (tier === undefined) {
    const onOffer = tiers.map((candidate) => candidate.slug).join(", ");
    return [{ key: "registry.tier", message: `"${slug}" is not on offer; on offer: ${onOffer}` }];
  }
  if (!tier.eligible) {
    const reasons = (tier.eligibility_reasons ?? []).join(", ");
    return [
      {
        key: "registry.tier",
        message: `"${slug}" cannot hold what the account's registries hold already (${reasons}); take a larger tier`,
      },
    ];
  }
  return [];
}

/** The tier is the whole account's: it must allow the registries that are there, and the one that is to be made. */
function numberFindings(
  { tier }: DigitalOceanRegistry,
  wanted: string,
  registries: readonly Registry[] | undefined,
): Finding[] {
  const allowed = REGISTRIES_OF_TIER[tier];
  const others = registries?.filter(({ name }) => name !== wanted) ?? [];
  const [first] = others;
  if (first === undefined || allowed === undefined || others.length < allowed) {
    return [];
  }
  const larger = allowed === 1 ? ", or set registry.tier: professional (up to 10 registries)" : "";
  return [
    {
      key: "registry",
      message:
        `the tier ${tier} allows the account ${allowed === 1 ? "one registry" : `${allowed} registries`}, and ${has(others)} ` +
        `already; use it with create: false and name: ${first.name}${larger}`,
    },
  ];
}

function newRegistryFindings(
  { region }: DigitalOceanRegistry,
  wanted: string,
  { registryNameFree, registryOptions }: Facts,
): Finding[] {
  const onOffer = registryOptions?.available_regions ?? [];
  const found: Finding[] = [];
  if (region !== undefined && onOffer.length > 0 && !onOffer.includes(region)) {
    const message = `"${region}" has no registries; on offer: ${[...onOffer].sort().join(", ")}`;
    found.push({ key: "registry.region", message });
  }
  if (registryNameFree === false) {
    const message = `"${wanted}" is taken: names are unique in all of DigitalOcean; set another, with your team's name in it`;
    found.push({ key: "registry.name", message });
  }
  return found;
}

/** Whether there is room for the images of the apps that the stack builds. */
function roomFindings({ registry, apps }: AccountConfig, tier: Tier, tiers: readonly Tier[], facts: Facts): Finding[] {
  const larger = tiers.filter(({ monthly_price_in_cents: price }) => price > tier.monthly_price_in_cents);
  // A registry that is there already has the tier that its maker gave it.
  const own = registry.kind === "digitalocean" && registry.create;
  const key = own ? "registry.tier" : "registry";
  const raise = own ? "set registry.tier:" : "raise its tier to";
  const remedy = larger[0] === undefined ? "" : `${raise} ${larger[0].slug}, or `;
  const found: Finding[] = [];

  const used = (facts.registries ?? []).reduce((sum, registry) => sum + registry.storage_usage_bytes, 0);
  if (!tier.allow_storage_overage && used >= tier.included_storage_bytes) {
    found.push({
      key,
      message: `the tier ${tier.slug} is full: ${mebibytes(used)} of ${mebibytes(tier.included_storage_bytes)} are used; ${remedy}delete old images and collect the garbage`,
    });
  }

  const there = facts.repositories ?? [];
  const added = apps
    .filter(({ name, source }) => source !== undefined && !there.includes(name))
    .map(({ name }) => name);
  const needed = there.length + added.length;
  if (added.length > 0 && tier.included_repositories > 0 && needed > tier.included_repositories) {
    const room = tier.included_repositories === 1 ? "1 repository" : `${tier.included_repositories} repositories`;
    found.push({
      key,
      message:
        `the tier ${tier.slug} has room for ${room}, ${there.length} ${there.length === 1 ? "is" : "are"} used, and ` +
        `${added.map((name) => `"${name}"`).join(", ")} ${added.length === 1 ? "needs one" : "need one each"}; ` +
        `${remedy}delete one that nobody needs`,
    });
  }
  return found;
}

function has(registries: readonly Registry[]): string {
  const names = registries.map(({ name }) => `"${name}"`).join(", ");
  return names === "" ? "it has none" : registries.length === 1 ? `it has ${names}` : `it has the registries ${names}`;
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
