/** What the API mints: tokens of clusters, and credentials of registries. Each ends by the emulator's clock. */
import { notFound } from "./answer";
import type { ClusterToken, RegistryGrant } from "./contract";
import type { ClusterRecord, ClusterTokenRecord, RegistryCredentialRecord, TokenKind } from "./state";
import { allows } from "./apiTokens";
import { secret, type World } from "./world";

const SECOND_MS = 1000;
/** How long a cluster's token is good for when nothing else is asked. */
const WEEK_SECONDS = 7 * 24 * 3600;

export class Credentials {
  readonly #world: World;
  /** What ends a token, by its record's id. Those of an earlier process cannot be ended any more. */
  readonly #tokens = new Map<string, ClusterToken>();

  constructor(world: World) {
    this.#world = world;
    for (const token of world.state.clusterTokens) this.#expire(token);
    for (const credential of world.state.registryCredentials) this.#expireRegistry(credential);
  }

  /** A token of a cluster that is running. 0 seconds stand for a week. */
  async mintClusterToken(
    cluster: ClusterRecord,
    kind: "kubeconfig" | "credentials",
    expirySeconds: number,
  ): Promise<ClusterTokenRecord> {
    const { backend, clock, state } = this.#world;
    const issued = await backend.issueToken(cluster.id);
    const record: ClusterTokenRecord = {
      id: crypto.randomUUID(),
      kind,
      clusterId: cluster.id,
      token: issued.token,
      createdMs: clock.now(),
      expiresMs: clock.now() + (expirySeconds === 0 ? WEEK_SECONDS : expirySeconds) * SECOND_MS,
    };
    this.#tokens.set(record.id, issued);
    state.clusterTokens.push(record);
    state.minted[kind]++;
    this.#expire(record);
    return record;
  }

  /** Forgets the tokens of a cluster that is gone: they went with it. */
  forgetCluster(clusterId: string): void {
    const { state } = this.#world;
    for (const { id } of state.clusterTokens.filter((token) => token.clusterId === clusterId)) this.#tokens.delete(id);
    state.clusterTokens = state.clusterTokens.filter((token) => token.clusterId !== clusterId);
  }

  /** A credential of a registry. 0 seconds stand for one that does not expire. */
  mintRegistryCredential(registry: string, write: boolean, expirySeconds: number): RegistryCredentialRecord {
    const { state, clock, surroundings } = this.#world;
    if (!state.registries.some(({ name }) => name === registry)) {
      throw notFound(`registry ${registry} of ${surroundings.email} does not exist`);
    }
    const record: RegistryCredentialRecord = {
      id: crypto.randomUUID(),
      registry,
      token: secret("doo_v1_"),
      write,
      createdMs: clock.now(),
      ...(expirySeconds > 0 ? { expiresMs: clock.now() + expirySeconds * SECOND_MS } : {}),
    };
    const kind: TokenKind = write ? "docker-write" : "docker-read";
    state.registryCredentials.push(record);
    state.minted[kind]++;
    this.#expireRegistry(record);
    return record;
  }

  /** Makes a registry credential worthless; whether there was such a one. */
  revoke(token: string): boolean {
    const { state } = this.#world;
    const before = state.registryCredentials.length;
    state.registryCredentials = state.registryCredentials.filter((each) => each.token !== token);
    return state.registryCredentials.length < before;
  }

  forgetRegistry(registry: string): void {
    const { state } = this.#world;
    state.registryCredentials = state.registryCredentials.filter((each) => each.registry !== registry);
  }

  /** What a username and password are good for at the registry: a minted credential, or an API token as both. */
  grantOf(username: string, password: string): RegistryGrant | undefined {
    const { state, clock, tokens, surroundings } = this.#world;
    const credential = state.registryCredentials.find(({ token }) => token === password);
    if (credential !== undefined) {
      const good = clock.now() < (credential.expiresMs ?? Infinity);
      const known = username === surroundings.email || username === password;
      return good && known ? { registry: credential.registry, write: credential.write } : undefined;
    }
    const apiToken = username === password ? tokens.find(({ token }) => token === password) : undefined;
    const [registry] = state.registries;
    if (apiToken === undefined || registry === undefined || !allows(apiToken, "registry:read")) return undefined;
    return { registry: registry.name, write: allows(apiToken, "registry:update") };
  }

  #expire({ id, expiresMs }: ClusterTokenRecord): void {
    const { state, clock } = this.#world;
    clock.at(expiresMs, async () => {
      const token = this.#tokens.get(id);
      this.#tokens.delete(id);
      state.clusterTokens = state.clusterTokens.filter((each) => each.id !== id);
      this.#world.save();
      await token?.revoke();
    });
  }

  #expireRegistry({ id, expiresMs }: RegistryCredentialRecord): void {
    if (expiresMs === undefined) return;
    const { state, clock } = this.#world;
    clock.at(expiresMs, () => {
      state.registryCredentials = state.registryCredentials.filter((each) => each.id !== id);
      this.#world.save();
    });
  }
}
