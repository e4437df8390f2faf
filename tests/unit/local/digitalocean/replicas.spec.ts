import assert from "node:assert/strict";
import { eachWithAccount } from "./account";

const PATH = "/v2/databases";

describe("emulated replicas and backups of databases", () => {
  const account = eachWithAccount({ provisioningSeconds: { database: 300 } });
  const request = (change: Record<string, unknown> = {}) => ({
    name: "shop-db",
    engine: "mysql",
    version: "8",
    size: "db-s-1vcpu-2gb",
    region: "fra1",
    num_nodes: 1,
    ...change,
  });
  const make = async (change: Record<string, unknown> = {}) => {
    const { database } = await account.get().do("POST", PATH, request(change));
    await account.get().emulator.clock.advance({ minutes: 6 });
    return `${PATH}/${database.id}`;
  };
  const replica = (change: Record<string, unknown> = {}) => ({ name: "shop-read", size: "db-s-1vcpu-2gb", ...change });

  it("fork from a database that is online, and have hosts of their own", async () => {
    const { database } = await account.get().do("POST", PATH, request());
    const all = `${PATH}/${database.id}/replicas`;
    assert.deepEqual(await account.get().refusal("POST", all, replica()), [
      412,
      "cluster is not ready for a replica yet",
    ]);
    await account.get().emulator.clock.advance({ minutes: 6 });
    const { replica: made } = await account.get().do("POST", all, replica());
    assert.deepEqual(
      [made.status, made.private_connection.host, made.connection.password],
      ["forking", "private-shop-read-do-user-1-0.db.ondigitalocean.com", database.connection.password],
    );
    await account.get().emulator.clock.advance({ minutes: 6 });
    assert.equal((await account.get().do("GET", `${all}/shop-read`)).replica.status, "online");
    const [shown] = account.get().emulator.inventory.databaseReplica;
    assert.deepEqual([shown?.details, shown?.monthly], ["of shop-db, db-s-1vcpu-2gb", 30.45]);
    await account.get().do("DELETE", `${all}/shop-read`);
    assert.deepEqual((await account.get().do("GET", all)).replicas, []);
    assert.equal((await account.get().refusal("GET", `${all}/shop-read`))[0], 404);
  });

  it("are resized like a database, and no smaller than theirs", async () => {
    const one = await make();
    const refused = (change: Record<string, unknown>) =>
      account.get().refusal("POST", `${one}/replicas`, replica(change));
    assert.deepEqual(await refused({ size: "db-s-1vcpu-1gb" }), [422, "invalid size"]);
    assert.deepEqual(await refused({ name: "shop-db" }), [422, "replica name is not available"]);
    const { replica: made } = await account.get().do("POST", `${one}/replicas`, replica());
    await account.get().do("PUT", `${PATH}/${made.id}/resize`, { size: "db-s-2vcpu-4gb", num_nodes: 1 });
    const { replica: resized } = await account.get().do("GET", `${one}/replicas/shop-read`);
    assert.deepEqual([resized.size, resized.status], ["db-s-2vcpu-4gb", "resizing"]);
    const disk = (gigabytes: number) => ({
      size: "db-s-2vcpu-4gb",
      num_nodes: 1,
      storage_size_mib: gigabytes * 1024,
    });
    await account.get().do("PUT", `${PATH}/${made.id}/resize`, disk(60));
    const { replica: grown } = await account.get().do("GET", `${one}/replicas/shop-read`);
    assert.deepEqual([grown.size, grown.storage_size_mib], ["db-s-2vcpu-4gb", 61440]);
    assert.deepEqual(await account.get().refusal("PUT", `${PATH}/${made.id}/resize`, disk(59)), [
      422,
      "storage size cannot be decreased",
    ]);
  });

  it("have trusted sources of their own, apart from those of their database", async () => {
    const one = await make();
    const { replica: made } = await account.get().do("POST", `${one}/replicas`, replica());
    const firewall = `${PATH}/${made.id}/firewall`;
    const told = async (path: string) =>
      (await account.get().do("GET", path)).rules.map(({ type, value }) => `${type} ${value}`);
    assert.deepEqual(await told(firewall), []);
    await account.get().do("PUT", firewall, { rules: [{ type: "ip_addr", value: "192.0.2.1" }] });
    assert.deepEqual([await told(firewall), await told(`${one}/firewall`)], [["ip_addr 192.0.2.1"], []]);
    await account.get().do("PUT", `${one}/firewall`, { rules: [{ type: "ip_addr", value: "192.0.2.2" }] });
    assert.deepEqual(
      [await told(firewall), await told(`${one}/firewall`)],
      [["ip_addr 192.0.2.1"], ["ip_addr 192.0.2.2"]],
    );
    await account.get().do("DELETE", `${one}/replicas/shop-read`);
    assert.deepEqual(await account.get().refusal("GET", firewall), [404, "cluster not found"]);
  });

  it("keep a network that only they are in", async () => {
    const { vpc } = await account.get().do("POST", "/v2/vpcs", { name: "far", region: "ams3" });
    const one = await make();
    const far = replica({ region: "ams3", private_network_uuid: vpc.id });
    await account.get().do("POST", `${one}/replicas`, far);
    assert.equal((await account.get().refusal("DELETE", `/v2/vpcs/${vpc.id}`))[0], 409);
  });

  it("are not to be had of other engines; nor are backups, which come once a day and go after a week", async () => {
    const cache = await make({ engine: "valkey", version: "8", name: "cache" });
    assert.equal((await account.get().refusal("POST", `${cache}/replicas`, replica()))[0], 422);
    const one = await make();
    const backups = async (of: string) => (await account.get().do("GET", `${of}/backups`)).backups.length;
    assert.deepEqual([await backups(one), await backups(cache)], [1, 0]);
    await account.get().emulator.clock.advance({ days: 2 });
    assert.equal(await backups(one), 3);
    await account.get().emulator.clock.advance({ days: 30 });
    assert.equal(await backups(one), 7);
  });
});
