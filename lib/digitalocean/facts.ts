import type { Prices } from "../prices";
import type { App } from "../schema/app";
import type { Stack } from "../schema/stack";
import type {
  AccountAnswer,
  Cluster,
  KubernetesOptions,
  Region,
  Registry,
  RegistryOptions,
  Size,
  Vpc,
} from "./answers";
import type { DigitalOceanApi } from "./api";
import { ApiError } from "./client";
import { defaultRegistryName } from "./registryName";

/** What of a stack's config concerns the account. */
export interface AccountConfig {
  cluster: Stack["cluster"];
  registry: Extract<Stack["registry"], { kind: "digitalocean" }> | { kind: "external" };
  domain?: Stack["domain"];
  dns: Stack["dns"];
  apps: readonly Pick<App, "name" | "source">[];
}

/** What DigitalOcean tells. A fact is missing when the stack does not need it, or when its question failed. */
export interface Facts {
  account?: AccountAnswer | undefined;
  regions?: Region[] | undefined;
  sizes?: Size[] | undefined;
  kubernetes?: KubernetesOptions | undefined;
  /** The stack's own cluster. */
  cluster?: Cluster | undefined;
  /** The account's other clusters, and its VPC networks with and without the stack's own. */
  otherClusters?: Cluster[] | undefined;
  vpcs?: Vpc[] | undefined;
  otherVpcs?: Vpc[] | undefined;
  registries?: Registry[] | undefined;
  /** Name of the stack's registry. */
  registryName?: string | undefined;
  registryOptions?: RegistryOptions | undefined;
  /** Whether a registry of the wanted name could be made. */
  registryNameFree?: boolean | undefined;
  /** Slug of the tier that the account's registries are subscribed to. */
  registryTier?: string | undefined;
  /** The repositories of the wanted registry, when it is there. */
  repositories?: string[] | undefined;
  /** Whether the account has the stack's domain. */
  hasDomain?: boolean | undefined;
}

/** The facts, and why those are missing that are. */
export interface Answers {
  facts: Facts;
  failures: ApiError[];
}

/** Whether anything of a stack is at DigitalOcean. A stack on another one's cluster uses no account of its own. */
export const needsAccount = (config: AccountConfig): boolean =>
  config.cluster.kind === "doks" || config.registry.kind === "digitalocean" || managedDomain(config) !== undefined;

/** The domain whose records the stack writes. */
export const managedDomain = ({ domain, dns }: AccountConfig): string | undefined => (dns.managed ? domain : undefined);

/**
 * Asks DigitalOcean all that the stack needs, at once.
 *
 * @param name Name of the environment, which its cluster bears, and the registry by default, with a hash of the account.
 */
export async function gatherFacts(config: AccountConfig, name: string, api: DigitalOceanApi): Promise<Answers> {
  const failures: ApiError[] = [];
  const answer = async <T>(question: Promise<T>): Promise<T | undefined> => {
    try {
      return await question;
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      failures.push(error);
      return undefined;
    }
  };
  const { cluster, registry } = config;
  const domain = managedDomain(config);
  const doks = cluster.kind === "doks";
  const asked = answer(api.account());
  const registryFacts = async (): Promise<RegistryFacts> => {
    if (registry.kind !== "digitalocean") {
      return {};
    }
    const owner = await asked;
    const wanted = registry.name ?? (owner === undefined ? undefined : defaultRegistryName(name, owner));
    return wanted === undefined ? {} : { registryName: wanted, ...(await askRegistry(wanted, api, answer)) };
  };
  const [account, regions, sizes, kubernetes, clusters, vpcs, ofRegistry, hasDomain] = await Promise.all([
    asked,
    doks ? answer(api.regions()) : undefined,
    doks ? answer(api.sizes()) : undefined,
    doks ? answer(api.kubernetesOptions()) : undefined,
    doks ? answer(api.clusters()) : undefined,
    doks ? answer(api.vpcs()) : undefined,
    registryFacts(),
    domain === undefined ? undefined : answer(api.hasDomain(domain)),
  ]);
  return {
    facts: {
      account,
      regions,
      sizes,
      kubernetes,
      cluster: clusters?.find((found) => found.name === name),
      otherClusters: clusters?.filter((found) => found.name !== name),
      vpcs,
      otherVpcs: vpcs?.filter((found) => found.name !== name),
      ...ofRegistry,
      hasDomain,
    },
    failures,
  };
}

type RegistryFacts = Pick<
  Facts,
  "registries" | "registryName" | "registryOptions" | "registryNameFree" | "registryTier" | "repositories"
>;

async function askRegistry(
  wanted: string,
  api: DigitalOceanApi,
  answer: <T>(question: Promise<T>) => Promise<T | undefined>,
): Promise<RegistryFacts> {
  const [registries, registryOptions] = await Promise.all([answer(api.registries()), answer(api.registryOptions())]);
  if (registries === undefined) {
    return { registryOptions };
  }
  if (!registries.some(({ name }) => name === wanted)) {
    return { registries, registryOptions, registryNameFree: await nameFree(wanted, api, answer) };
  }
  const [registryTier, repositories] = await Promise.all([
    answer(api.registryTier()),
    answer(api.repositories(wanted)),
  ]);
  return { registries, registryOptions, registryTier, repositories };
}

/** The question whether a name is free wants the right to create: a token for previews, which only reads, has it not. */
async function nameFree(
  wanted: string,
  api: DigitalOceanApi,
  answer: <T>(question: Promise<T>) => Promise<T | undefined>,
): Promise<boolean | undefined> {
  return answer(
    api.isRegistryNameFree(wanted).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 403) {
        return undefined;
      }
      throw error;
    }),
  );
}

/** The prices that the API tells. */
export function pricesFrom({ sizes, registryOptions }: Facts): Prices {
  const tiers = registryOptions?.subscription_tiers ?? [];
  return {
    nodes: Object.fromEntries((sizes ?? []).map((size) => [size.slug, size.price_monthly])),
    registryTiers: Object.fromEntries(tiers.map((tier) => [tier.slug, tier.monthly_price_in_cents / 100])),
    source: "api",
  };
}
