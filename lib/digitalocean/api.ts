import * as answers from "./answers";
import { ApiError, type DigitalOceanClient } from "./client";

/** The questions that the program asks of DigitalOcean's API. Each changes nothing. */
export class DigitalOceanApi {
  constructor(private readonly client: DigitalOceanClient) {}

  async account(): Promise<answers.AccountAnswer> {
    return (await this.client.get("/v2/account", answers.accountAnswer)).account;
  }

  regions(): Promise<answers.Region[]> {
    return this.client.list("/v2/regions", "regions", answers.region);
  }

  sizes(): Promise<answers.Size[]> {
    return this.client.list("/v2/sizes", "sizes", answers.size);
  }

  async kubernetesOptions(): Promise<answers.KubernetesOptions> {
    return (await this.client.get("/v2/kubernetes/options", answers.kubernetesOptionsAnswer)).options;
  }

  clusters(): Promise<answers.Cluster[]> {
    return this.client.list("/v2/kubernetes/clusters", "kubernetes_clusters", answers.cluster);
  }

  vpcs(): Promise<answers.Vpc[]> {
    return this.client.list("/v2/vpcs", "vpcs", answers.vpc);
  }

  /** All registries of the account. `GET /v2/registry` would refuse to answer when there are several. */
  async registries(): Promise<answers.Registry[]> {
    const found = await unless(404, this.client.list("/v2/registries", "registries", answers.registry));
    return found ?? [];
  }

  async registryOptions(): Promise<answers.RegistryOptions> {
    return (await this.client.get("/v2/registries/options", answers.registryOptionsAnswer)).options;
  }

  /** Slug of the tier that the account's registries are subscribed to; none before there is one. */
  async registryTier(): Promise<string | undefined> {
    const question = this.client.get("/v2/registries/subscription", answers.subscriptionAnswer);
    return (await unless(404, question))?.subscription.tier.slug;
  }

  /** Names of the repositories in one of the account's registries. */
  async repositories(registry: string): Promise<string[]> {
    const path = `/v2/registries/${encodeURIComponent(registry)}/repositoriesV2`;
    return (await this.client.list(path, "repositories", answers.repository)).map(({ name }) => name);
  }

  /** Whether nobody in all of DigitalOcean has a registry of that name. */
  async isRegistryNameFree(name: string): Promise<boolean> {
    const free = this.client.post("/v2/registries/validate-name", { name }).then(() => true);
    return (await unless(409, free)) ?? false;
  }

  /** Whether the account has that domain. */
  async hasDomain(name: string): Promise<boolean> {
    const path = `/v2/domains/${encodeURIComponent(name)}`;
    return (await unless(404, this.client.get(path, answers.domainAnswer))) !== undefined;
  }
}

/** The answer, or `undefined` when it has that status. */
async function unless<T>(status: number, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === status) {
      return undefined;
    }
    throw error;
  }
}
