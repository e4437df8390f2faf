/**
 * DigitalOcean's v2 API, emulated: stateful, with its pagination, its errors and its rules, and a clock that can be moved.
 * It knows no Kubernetes: what makes a cluster real is the {@link ClusterBackend} that it is given.
 */
import { join } from "node:path";
import { Clock } from "./clock";
import { VERSIONS } from "./catalog";
import { Clusters } from "./clusters";
import type { RegistryAuthority } from "./contract";
import { Credentials } from "./credentials";
import { resumeServers } from "./databaseBacking";
import { apiTokens } from "./apiTokens";
import { ApiServer } from "./apiServer";
import { type Control, controlRoutes } from "./control";
import { Faults } from "./faults";
import { type Inventory, inventory } from "./inventory";
import { OpenApi } from "./openapi";
import { Registries } from "./registries";
import { RequestLog } from "./requestLog";
import type { Route } from "./router";
import { allRoutes } from "./routes";
import { durationsOf, type EmulatorOptions, type Surroundings } from "./settings";
import type { State, TokenKind } from "./state";
import { StateFile } from "./stateFile";
import type { World } from "./world";

/** Where DigitalOcean's OpenAPI file is, when it is there. */
export const OPENAPI_FILE = join(__dirname, "..", "..", "..", "shared", "digitalocean-openapi.json");

/** Something that is not as DigitalOcean's OpenAPI file says. */
export interface Violation {
  /** Such as `POST /v2/vpcs`. */
  call: string;
  problem: string;
  /** Who sent the request. */
  userAgent: string;
}

const surroundingsOf = (options: EmulatorOptions): Surroundings => ({
  email: options.email ?? "emulated@example.com",
  status: options.status ?? "active",
  dropletLimit: options.dropletLimit ?? 25,
  loadBalancerLimit: options.loadBalancerLimit ?? 10,
  volumeLimit: options.volumeLimit ?? 100,
  takenRegistryNames: [...(options.takenRegistryNames ?? [])],
  foreignDomains: [...(options.foreignDomains ?? [])],
  regionsWithoutVpcNative: [...(options.regionsWithoutVpcNative ?? [])],
  versions: [...(options.versions ?? VERSIONS)],
  rateLimit: options.rateLimit ?? 5000,
});

export class Emulator {
  /** Where the API is, without a slash at the end. The page is at the same place. */
  readonly url: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** What the registry itself asks and tells. */
  readonly registry: RegistryAuthority;
  /** What the account is and what is outside of it; to be changed at will. */
  readonly surroundings: Surroundings;
  readonly #world: World;
  readonly #clusters: Clusters;
  readonly #server: ApiServer;
  readonly #background: Background;

  private constructor(server: ApiServer, world: World, clusters: Clusters, parts: Parts) {
    this.url = server.url;
    this.clock = world.clock;
    this.surroundings = world.surroundings;
    this.faults = parts.faults;
    this.log = parts.log;
    this.registry = parts.registries;
    this.#world = world;
    this.#clusters = clusters;
    this.#server = server;
    this.#background = parts.background;
  }

  static async start(options: EmulatorOptions): Promise<Emulator> {
    const file = new StateFile(options.stateFile);
    const state = file.read();
    const clock = new Clock(state.clockOffsetMs);
    const background = new Background();
    const world: World = {
      state,
      clock,
      backend: options.backend,
      databases: options.databases,
      surroundings: surroundingsOf(options),
      durations: durationsOf(options.provisioningSeconds),
      tokens: apiTokens(options.tokens),
      loadBalancerAddresses: options.loadBalancerAddresses,
      save: () => {
        state.clockOffsetMs = clock.offsetMs;
        file.write(state);
      },
      background: (work) => {
        background.run(work, () => {
          world.save();
        });
      },
    };
    const credentials = new Credentials(world);
    const clusters = new Clusters(world, credentials);
    const parts = {
      faults: new Faults(),
      log: new RequestLog(),
      registries: new Registries(world, credentials),
      background,
    };
    // The control routes work on the emulator, which is there only when its server is.
    const late: { emulator?: Emulator } = {};
    const server = await ApiServer.listen({
      address: options.address,
      port: options.port,
      world,
      ...parts,
      routes: allRoutes(clusters, parts.registries),
      controlRoutes: controlRoutes(() => {
        if (late.emulator === undefined) throw new Error("the emulator is still starting");
        return late.emulator satisfies Control;
      }),
      openApi: OpenApi.read(options.openapiFile ?? OPENAPI_FILE),
    });
    const emulator = new Emulator(server, world, clusters, parts);
    late.emulator = emulator;
    clusters.resume();
    resumeServers(world);
    return emulator;
  }

  /** What exists, by kind. */
  get inventory(): Inventory {
    return inventory(this.#clusters);
  }

  /** All that is kept, secrets included. */
  get state(): State {
    return this.#world.state;
  }

  /** How many tokens and credentials were minted in all, by kind. */
  get minted(): Readonly<Record<TokenKind, number>> {
    return { ...this.#world.state.minted };
  }

  /** Whether there is an OpenAPI file that calls are held against. */
  get checked(): boolean {
    return this.#server.checked;
  }

  /** Answers that were not as the OpenAPI file says: errors of the emulator. */
  get violations(): readonly Violation[] {
    return this.#server.answerViolations;
  }

  /** Requests that were not as the OpenAPI file says: errors, or liberties, of those who sent them. */
  get requestViolations(): readonly Violation[] {
    return this.#server.requestViolations;
  }

  /** What failed with nobody waiting for it: the backend's failures. */
  get failures(): readonly unknown[] {
    return this.#background.failures;
  }

  /** Upgrades a cluster as its maintenance window would: to this version, on offer or not, without being asked (D3). */
  patchUpgrade(clusterId: string, version: string): void {
    const { versions } = this.surroundings;
    if (!versions.includes(version)) versions.unshift(version);
    this.#clusters.upgrade(this.#clusters.get(clusterId), version);
    this.#world.save();
  }

  /** Takes a version off the list of those on offer. Clusters that have it keep it. */
  withdrawVersion(slug: string): void {
    this.surroundings.versions = this.surroundings.versions.filter((version) => version !== slug);
  }

  /** Changes a pool's number of nodes as the autoscaler would (D4). */
  autoscale(clusterId: string, poolName: string, count: number): void {
    const cluster = this.#clusters.get(clusterId);
    const pool = cluster.pools.find(({ name }) => name === poolName);
    if (pool?.autoScale !== true) throw new Error(`the cluster has no autoscaled pool ${poolName}`);
    this.#clusters.resize(pool, Math.min(Math.max(count, pool.minNodes), pool.maxNodes));
    this.#world.save();
  }

  /** Every call that is emulated, and the scope that it needs. */
  get routes(): readonly Pick<Route, "method" | "path" | "scope">[] {
    return this.#server.routes;
  }

  /** Waits for what goes on behind the answers: clusters that are being made, and such that are being ended. */
  async settled(): Promise<void> {
    await this.#background.settled();
  }

  /** Ends it, whatever is still open; what exists is kept in its file. */
  async stop(): Promise<void> {
    this.clock.stop();
    this.#world.save();
    await this.#server.stop();
  }
}

interface Parts {
  faults: Faults;
  log: RequestLog;
  registries: Registries;
  background: Background;
}

/** Work that nobody waits for. */
class Background {
  readonly failures: unknown[] = [];
  readonly #running = new Set<Promise<void>>();

  run(work: Promise<void>, done: () => void): void {
    const running: Promise<void> = work
      .catch((error: unknown) => {
        this.failures.push(error);
      })
      .then(() => {
        this.#running.delete(running);
        done();
      });
    this.#running.add(running);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }
}
