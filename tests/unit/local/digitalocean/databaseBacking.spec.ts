import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseHosts } from "../../../../local/digitalocean/databases";
import type { DatabaseBackend } from "../../../../local/digitalocean/contract";
import { Account } from "./account";

const PATH = "/v2/databases";
const request = (change: Record<string, unknown> = {}) => ({
  name: "shop-db",
  engine: "mysql",
  version: "8",
  size: "db-s-1vcpu-1gb",
  region: "fra1",
  num_nodes: 1,
  ...change,
});

/** Remembers what it was told. */
class RememberedServers implements DatabaseBackend {
  readonly engines = ["mysql"];
  readonly certificateAuthority = "a certificate";
  readonly started: string[] = [];
  readonly deleted: string[] = [];
  told: string[] = [];
  /** The replicas, each with its database. */
  readonly replicas = new Map<string, string>();
  /** Whether pods get through, by database and replica. */
  readonly admitted = new Map<string, boolean>();
  /** What starting waits for. */
  hold: Promise<void> = Promise.resolve();

  async start(id: string): Promise<string> {
    await this.hold;
    this.started.push(id);
    return "192.0.2.7";
  }
  run(_: string, statements: readonly string[]): Promise<void> {
    this.told.push(...statements);
    return Promise.resolve();
  }
  replicate(databaseId: string, replicaId: string): Promise<string> {
    this.replicas.set(replicaId, databaseId);
    return Promise.resolve(`192.0.2.${7 + this.replicas.size}`);
  }
  admit(id: string, admitted: boolean): Promise<void> {
    this.admitted.set(id, admitted);
    return Promise.resolve();
  }
  delete(id: string): Promise<void> {
    this.deleted.push(id);
    return Promise.resolve();
  }
}

describe("emulated databases with servers behind them", () => {
  let servers: RememberedServers;
  let account: Account;
  beforeEach(async () => {
    servers = new RememberedServers();
    account = await Account.open({ databases: servers });
  });
  afterEach(() => account.close());

  const make = async (change: Record<string, unknown> = {}) => {
    const { database } = await account.do("POST", PATH, request(change));
    await account.emulator.settled();
    return `${PATH}/${database.id}`;
  };
  const hosts = () => Object.fromEntries(databaseHosts(account.emulator.state.databases));

  it("are being created until the server answers, even if their time has come", async () => {
    let release: () => void = () => undefined;
    servers.hold = new Promise((resolve) => (release = resolve));
    const { database } = await account.do("POST", PATH, request());
    const one = `${PATH}/${database.id}`;
    assert.equal((await account.do("GET", one)).database.status, "creating");
    assert.equal(account.emulator.inventory.database[0]?.state, "creating");
    assert.deepEqual(hosts(), {});
    release();
    await account.emulator.settled();
    assert.equal((await account.do("GET", one)).database.status, "online");
    assert.deepEqual(hosts(), {
      "shop-db-do-user-1-0.db.ondigitalocean.com": "192.0.2.7",
      "private-shop-db-do-user-1-0.db.ondigitalocean.com": "192.0.2.7",
    });
  });

  it("have what the API says: users, databases and settings, with those of the first", async () => {
    const one = await make();
    assert.ok(servers.told.includes("CREATE DATABASE IF NOT EXISTS `defaultdb`"));
    const { user } = await account.do("POST", `${one}/users`, { name: "shop" });
    const last = (count: number) => servers.told.slice(-count).map((each) => each.replace(/ IDENTIFIED.*/, ""));
    assert.deepEqual(last(3).slice(0, 2), ["CREATE USER IF NOT EXISTS 'shop'@'%'", "ALTER USER 'shop'@'%'"]);
    assert.ok(servers.told.includes(`ALTER USER 'shop'@'%' IDENTIFIED BY '${user.password}'`));
    const { user: reset } = await account.do("POST", `${one}/users/shop/reset_auth`, {});
    assert.ok(servers.told.includes(`ALTER USER 'shop'@'%' IDENTIFIED BY '${reset.password}'`));
    await account.do("POST", `${one}/dbs`, { name: "shop" });
    await account.do("DELETE", `${one}/dbs/shop`);
    await account.do("DELETE", `${one}/users/shop`);
    assert.deepEqual(last(3), [
      "CREATE DATABASE IF NOT EXISTS `shop`",
      "DROP DATABASE IF EXISTS `shop`",
      "DROP USER IF EXISTS 'shop'@'%'",
    ]);
    servers.told = [];
    await account.do("PUT", `${one}/sql_mode`, { sql_mode: "ANSI_QUOTES" });
    assert.ok(servers.told.includes("SET GLOBAL sql_mode = 'ANSI_QUOTES'"));
    await account.do("PATCH", `${one}/config`, { config: { wait_timeout: 60 } });
    assert.ok(servers.told.includes("SET GLOBAL wait_timeout = 60"));
  });

  it("let in whoever is trusted, and anybody while nobody is", async () => {
    const one = await make();
    const admitted = () => servers.admitted.get(one.slice(PATH.length + 1));
    assert.equal(admitted(), true);
    const clusterId = await account.cluster();
    const { droplets } = await account.do("GET", "/v2/droplets");
    for (const [type, value, comesThrough] of [
      ["k8s", "another", false],
      ["k8s", clusterId, true],
      ["ip_addr", "192.0.2.1", false],
      ["ip_addr", "0.0.0.0/0", true],
      ["tag", "web", false],
      ["tag", `k8s:${clusterId}`, true],
      ["droplet", "1", false],
      ["droplet", String(droplets[0].id), true],
    ] as const) {
      await account.do("PUT", `${one}/firewall`, { rules: [{ type, value }] });
      assert.equal(admitted(), comesThrough, `${type} ${value}`);
    }
    await account.do("PUT", `${one}/firewall`, { rules: [] });
    assert.equal(admitted(), true);
  });

  it("are gone with their server, and tell the authority that vouches for it", async () => {
    const one = await make();
    const { ca } = await account.do("GET", `${one}/ca`);
    assert.equal(Buffer.from(ca.certificate, "base64").toString(), "a certificate");
    await account.do("DELETE", one);
    await account.emulator.settled();
    assert.deepEqual(servers.deleted, servers.started);
    assert.deepEqual(hosts(), {});
  });

  it("have none if they are of another engine", async () => {
    const one = await make({ engine: "pg", version: "17" });
    await account.do("POST", `${one}/users`, { name: "shop" });
    await account.do("DELETE", one);
    assert.deepEqual([servers.started, servers.told, servers.deleted], [[], [], []]);
  });

  it("leave no failure behind when they are deleted while the server is made", async () => {
    let fail: (error: Error) => void = () => undefined;
    servers.hold = new Promise((_, reject) => (fail = reject));
    const { database } = await account.do("POST", PATH, request());
    await account.do("DELETE", `${PATH}/${database.id}`);
    fail(new Error("ended"));
    await account.emulator.settled();
    assert.deepEqual([servers.deleted, account.emulator.failures], [[database.id], []]);
  });

  it("get their server again, and their replicas their place, when the emulator is started anew", async () => {
    const folder = mkdtempSync(join(tmpdir(), "flask-doks-databases-"));
    try {
      const stateFile = join(folder, "account.json");
      const first = await Account.open({ databases: servers, stateFile });
      const { database } = await first.do("POST", PATH, request());
      await first.emulator.settled();
      const replicas = `${PATH}/${database.id}/replicas`;
      const { replica } = await first.do("POST", replicas, { name: "shop-read", size: "db-s-1vcpu-1gb" });
      await first.do("PUT", `${PATH}/${replica.id}/firewall`, { rules: [{ type: "k8s", value: "another" }] });
      await first.close();
      servers.replicas.clear();
      servers.admitted.clear();
      const second = await Account.open({ databases: servers, stateFile });
      await second.emulator.settled();
      assert.deepEqual(servers.started, [database.id, database.id]);
      assert.equal((await second.do("GET", `${PATH}/${database.id}`)).database.status, "online");
      assert.deepEqual([...servers.replicas], [[replica.id, database.id]]);
      assert.deepEqual(
        [...servers.admitted],
        [
          [database.id, true],
          [replica.id, false],
        ],
      );
      await second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe("with a replica", () => {
    const replicate = async (one: string) =>
      (await account.do("POST", `${one}/replicas`, { name: "shop-read", size: "db-s-1vcpu-1gb" })).replica.id;

    it("lend it their server, which answers at an address of the replica's own", async () => {
      const one = await make();
      const id = await replicate(one);
      assert.deepEqual([...servers.replicas], [[id, one.slice(PATH.length + 1)]]);
      assert.deepEqual(hosts(), {
        "shop-db-do-user-1-0.db.ondigitalocean.com": "192.0.2.7",
        "private-shop-db-do-user-1-0.db.ondigitalocean.com": "192.0.2.7",
        "shop-read-do-user-1-0.db.ondigitalocean.com": "192.0.2.8",
        "private-shop-read-do-user-1-0.db.ondigitalocean.com": "192.0.2.8",
      });
    });

    it("let in whoever they trust, and their replica whoever that trusts itself", async () => {
      const one = await make();
      const id = await replicate(one);
      const clusterId = await account.cluster();
      const admitted = () => [servers.admitted.get(one.slice(PATH.length + 1)), servers.admitted.get(id)];
      assert.deepEqual(admitted(), [true, true]);
      const trust = (path: string, value: string) =>
        account.do("PUT", `${path}/firewall`, { rules: [{ type: "k8s", value }] });
      await trust(one, "another");
      assert.deepEqual(admitted(), [false, true]);
      await trust(`${PATH}/${id}`, "another");
      await trust(one, clusterId);
      assert.deepEqual(admitted(), [true, false]);
      await trust(`${PATH}/${id}`, clusterId);
      assert.deepEqual(admitted(), [true, true]);
    });

    it("go without it, and with it", async () => {
      const one = await make();
      const id = await replicate(one);
      await account.do("DELETE", `${one}/replicas/shop-read`);
      await account.emulator.settled();
      assert.deepEqual(servers.deleted, [id]);
      assert.deepEqual(Object.values(hosts()), ["192.0.2.7", "192.0.2.7"]);
      const second = await replicate(one);
      await account.do("DELETE", one);
      await account.emulator.settled();
      assert.deepEqual(servers.deleted, [id, second, one.slice(PATH.length + 1)]);
      assert.deepEqual(hosts(), {});
    });
  });
});
