/** The MySQL servers behind the managed databases of an emulated cloud on a node, and the places of their replicas. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { NodeSettings } from "../node/settings";
import { DATABASE_ENGINES } from "./catalog";
import { certificateAuthority, type VouchedFor } from "./certificateAuthority";
import type { DatabaseBackend } from "./contract";
import { databaseAddresses, freeAddress } from "./databaseAddresses";
import { DatabaseRelay } from "./databaseRelay";
import { DATABASE_DOMAIN } from "./databases";
import { DatabaseServer, endServers } from "./databaseServer";

const PORT = DATABASE_ENGINES["mysql"]?.port ?? 0;

interface Entry {
  server: DatabaseServer;
  /** Ends with the last piece of work on it. */
  last: Promise<unknown>;
}

export class DatabaseServers implements DatabaseBackend {
  readonly engines = ["mysql"];
  readonly #servers = new Map<string, Entry>();
  readonly #replicas = new Map<string, DatabaseRelay>();
  #open: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => {
    this.#open = resolve;
  });

  private constructor(
    private readonly node: NodeSettings,
    private readonly image: string,
    private readonly vouchedFor: VouchedFor,
  ) {}

  /** `image` takes what the official mysql image takes; the node's engine can pull it. Nothing is started before it is opened. */
  static async prepare(node: NodeSettings, image: string): Promise<DatabaseServers> {
    const vouchedFor = await certificateAuthority({
      folder: join(node.cloud.state, "database-authority"),
      name: "flask-doks emulated project CA",
      // One certificate for all: each database's name is directly under this domain.
      reachedBy: [`*.${DATABASE_DOMAIN}`],
    });
    return new DatabaseServers(node, image, vouchedFor);
  }

  get certificateAuthority(): string {
    return this.vouchedFor.authority.toString();
  }

  /** To be called when the engine is there to stay: ends what an earlier process left, and keeps the data of these only. */
  async open(keep: readonly string[]): Promise<void> {
    await databaseAddresses.prepare(this.node);
    await this.#clear(keep);
    this.#open();
  }

  async start(id: string): Promise<string> {
    await this.#opened;
    const { node, image, vouchedFor } = this;
    const address = this.#freeAddress();
    const server = new DatabaseServer({ node, id, image, address, port: PORT, folder: this.#folder(id), vouchedFor });
    const entry: Entry = { server, last: Promise.resolve() };
    this.#servers.set(id, entry);
    await this.#after(entry, async () => {
      await databaseAddresses.open(node, address);
      await server.start();
    });
    return address;
  }

  async run(id: string, statements: readonly string[]): Promise<void> {
    await this.ask(id, statements);
  }

  /** What the server of a database says to statements of its administrator: a line for each row, with tabs in it. */
  async ask(id: string, statements: readonly string[]): Promise<string> {
    await this.#opened;
    const entry = this.#entry(id);
    return this.#after(entry, () => entry.server.ask(statements));
  }

  async replicate(id: string, replicaId: string): Promise<string> {
    await this.#opened;
    const { server } = this.#entry(id);
    const relay = new DatabaseRelay({ address: this.#freeAddress(), server: server.address, port: PORT });
    this.#replicas.set(replicaId, relay);
    await databaseAddresses.open(this.node, relay.address);
    await relay.open();
    return relay.address;
  }

  async admit(id: string, admitted: boolean): Promise<void> {
    await this.#opened;
    const address = this.#servers.get(id)?.server.address ?? this.#replicas.get(id)?.address;
    if (address !== undefined) await databaseAddresses.admit(this.node, address, admitted);
  }

  async delete(id: string): Promise<void> {
    await this.#opened;
    await this.#deleteReplica(id);
    const entry = this.#servers.get(id);
    if (entry === undefined) return;
    await entry.server.delete();
    // What was still waiting for it has failed by then; and may have made something anew while it was being deleted.
    await entry.last.catch(() => undefined);
    await entry.server.delete();
    await this.#giveBack(entry.server.address);
    this.#servers.delete(id);
  }

  /** Ends all of them. Of those to keep the data stays. */
  async stop(keep: readonly string[]): Promise<void> {
    this.#open();
    await Promise.all([...this.#replicas.values()].map((relay) => relay.close()));
    this.#replicas.clear();
    await Promise.all([...this.#servers.values()].map(({ server }) => server.stop()));
    await Promise.all([...this.#servers.values()].map(({ last }) => last.catch(() => undefined)));
    this.#servers.clear();
    await this.#clear(keep);
    await databaseAddresses.remove(this.node);
  }

  #entry(id: string): Entry {
    const entry = this.#servers.get(id);
    if (entry === undefined) throw new Error(`there is no server of the database ${id}`);
    return entry;
  }

  async #deleteReplica(id: string): Promise<void> {
    const relay = this.#replicas.get(id);
    if (relay === undefined) return;
    await relay.close();
    await this.#giveBack(relay.address);
    this.#replicas.delete(id);
  }

  #freeAddress(): string {
    const taken = [...[...this.#servers.values()].map(({ server }) => server), ...this.#replicas.values()];
    return freeAddress(this.node, new Set(taken.map(({ address }) => address)));
  }

  async #giveBack(address: string): Promise<void> {
    await databaseAddresses.admit(this.node, address, true);
    await databaseAddresses.close(this.node, address);
  }

  #after<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
    const result = entry.last.then(work);
    // What fails once, such as a statement, is no reason for the next not to be tried.
    entry.last = result.catch(() => undefined);
    return result;
  }

  async #clear(keep: readonly string[]): Promise<void> {
    await endServers(this.node);
    for (const id of await readdir(this.#folder("")).catch(() => [])) {
      if (!keep.includes(id)) await rm(this.#folder(id), { recursive: true, force: true });
    }
  }

  #folder(id: string): string {
    return join(this.node.cloud.state, "databases", id);
  }
}
