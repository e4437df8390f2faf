/** The account's registries: what their subscription allows, and what was pushed to them. */
import { TIERS, type Tier } from "./catalog";
import type { RegistryAuthority } from "./contract";
import type { Credentials } from "./credentials";
import { notFound, Refusal } from "./answer";
import type { ManifestRecord, RegistryRecord } from "./state";
import type { World } from "./world";

export class Registries implements RegistryAuthority {
  constructor(
    readonly world: World,
    readonly credentials: Credentials,
  ) {}

  get tier(): Tier {
    const slug = this.world.state.subscription?.tier;
    return TIERS.find((tier) => tier.slug === slug) ?? TIERS[0];
  }

  get(name: string): RegistryRecord {
    const registry = this.world.state.registries.find((each) => each.name === name);
    if (registry === undefined) throw notFound("registry does not exist");
    return registry;
  }

  /** The only registry, for the older calls that know of one. */
  only(): RegistryRecord {
    const [first, second] = this.world.state.registries;
    if (first === undefined) throw notFound("registry does not exist");
    if (second !== undefined) {
      throw new Refusal(
        412,
        "This API is not supported if you have created multiple registries. Please use '/v2/registries' instead.",
      );
    }
    return first;
  }

  usage(registry: RegistryRecord): number {
    const manifests = registry.repositories.flatMap((repository) => repository.manifests);
    return manifests.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Why this tier cannot be had with what is stored now. */
  obstacles(tier: Tier): ("OverRepositoryLimit" | "OverStorageLimit")[] {
    const { registries } = this.world.state;
    const repositories = registries.reduce((sum, each) => sum + each.repositories.length, 0);
    const bytes = registries.reduce((sum, each) => sum + this.usage(each), 0);
    return [
      ...(tier.repositories > 0 && repositories > tier.repositories ? (["OverRepositoryLimit"] as const) : []),
      ...(!tier.allowsOverage && bytes > tier.storageBytes ? (["OverStorageLimit"] as const) : []),
    ];
  }

  subscribe(slug: string): void {
    const { state, clock } = this.world;
    const now = clock.now();
    state.subscription = { tier: slug, createdMs: state.subscription?.createdMs ?? now, updatedMs: now };
  }

  grantOf: RegistryAuthority["grantOf"] = (username, password) => this.credentials.grantOf(username, password);

  refusalOfPush: RegistryAuthority["refusalOfPush"] = (name, repository) => {
    const registry = this.world.state.registries.find((each) => each.name === name);
    if (registry === undefined) return `registry ${name} does not exist`;
    const { tier } = this;
    const count = registry.repositories.length;
    const known = registry.repositories.some((each) => each.name === repository);
    if (!known && tier.repositories > 0 && count >= tier.repositories) {
      return `registry contains ${count} repositories, limit is ${tier.repositories}`;
    }
    if (!tier.allowsOverage && this.usage(registry) >= tier.storageBytes) {
      return "registry storage limit exceeded";
    }
    return undefined;
  };

  pushed: RegistryAuthority["pushed"] = ({ registry: name, repository: repositoryName, tag, digest, bytes }) => {
    const registry = this.world.state.registries.find((each) => each.name === name);
    if (registry === undefined) return;
    let repository = registry.repositories.find((each) => each.name === repositoryName);
    if (repository === undefined) {
      repository = { name: repositoryName, manifests: [] };
      registry.repositories.push(repository);
    }
    const updatedMs = this.world.clock.now();
    let manifest = repository.manifests.find((each) => each.digest === digest);
    if (manifest === undefined) {
      manifest = { digest, bytes, tags: [], updatedMs };
      repository.manifests.push(manifest);
    }
    manifest.updatedMs = updatedMs;
    if (tag !== undefined) {
      // A tag is on one manifest at a time.
      for (const other of repository.manifests) other.tags = other.tags.filter((each) => each !== tag);
      manifest.tags.push(tag);
    }
    this.world.save();
  };

  /** Deletes what no tag points at. */
  collectGarbage(registry: RegistryRecord): { freedBytes: number; blobsDeleted: number } {
    const untagged = ({ tags }: ManifestRecord): boolean => tags.length === 0;
    const freed = registry.repositories.flatMap(({ manifests }) => manifests.filter(untagged));
    for (const repository of registry.repositories) {
      repository.manifests = repository.manifests.filter((manifest) => !untagged(manifest));
    }
    return { freedBytes: freed.reduce((sum, { bytes }) => sum + bytes, 0), blobsDeleted: freed.length };
  }
}
