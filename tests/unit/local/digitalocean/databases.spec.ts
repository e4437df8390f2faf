import assert from "node:assert/strict";
import { eachWithAccount } from "./account";

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

describe("emulated databases", () => {
  const account = eachWithAccount({ provisioningSeconds: { database: 300 } });
  const make = async () => (await account.get().do("POST", PATH, request())).database;

  it("are created until their time has come, with a user, a database and ways to reach them", async () => {
    const made = await make();
    assert.deepEqual(
      [made.status, made.users[0].name, made.db_names, made.connection.port, made.private_connection.host],
      ["creating", "doadmin", ["defaultdb"], 25060, "private-shop-db-do-user-1-0.db.ondigitalocean.com"],
    );
    await account.get().emulator.clock.advance({ minutes: 6 });
    const one = `${PATH}/${made.id}`;
    assert.equal((await account.get().do("GET", one)).database.status, "online");
    await account.get().do("PUT", `${one}/resize`, { size: "db-s-1vcpu-2gb", num_nodes: 2 });
    const { database } = await account.get().do("GET", one);
    assert.deepEqual([database.status, database.size, database.num_nodes], ["resizing", "db-s-1vcpu-2gb", 2]);
    assert.equal(account.get().emulator.inventory.database[0]?.monthly, 2 * 30.45);
  });

  it("are refused with what is not on offer, and with a name that is taken", async () => {
    const refused = (change: Record<string, unknown>) => account.get().refusal("POST", PATH, request(change));
    assert.deepEqual(await refused({ engine: "oracle" }), [422, "invalid cluster engine"]);
    assert.deepEqual(await refused({ version: "5" }), [422, "invalid cluster engine version"]);
    assert.deepEqual(await refused({ size: "s-1vcpu-1gb" }), [422, "invalid size"]);
    assert.equal((await refused({ num_nodes: 9 }))[0], 422);
    await make();
    assert.deepEqual(await refused({}), [422, "cluster name is not available"]);
  });

  it("keep their network from being deleted", async () => {
    const { vpc } = await account.get().do("POST", "/v2/vpcs", { name: "net", region: "fra1" });
    const { database } = await account.get().do("POST", PATH, request({ private_network_uuid: vpc.id }));
    assert.equal((await account.get().refusal("DELETE", `/v2/vpcs/${vpc.id}`))[0], 409);
    await account.get().do("DELETE", `${PATH}/${database.id}`);
    await account.get().do("DELETE", `/v2/vpcs/${vpc.id}`);
  });

  it("have users with passwords that can be reset, but for the primary one's deletion", async () => {
    const one = `${PATH}/${(await make()).id}`;
    const { user } = await account.get().do("POST", `${one}/users`, { name: "shop" });
    assert.deepEqual([user.role, user.mysql_settings.auth_plugin], ["normal", "caching_sha2_password"]);
    const { user: reset } = await account.get().do("POST", `${one}/users/shop/reset_auth`, {});
    assert.notEqual(reset.password, user.password);
    assert.equal((await account.get().refusal("POST", `${one}/users`, { name: "shop" }))[0], 409);
    assert.equal((await account.get().refusal("DELETE", `${one}/users/doadmin`))[0], 403);
    assert.equal((await account.get().refusal("GET", `${one}/users/none`))[0], 404);
  });

  it("take a firewall as a whole, and settings one by one", async () => {
    const one = `${PATH}/${(await make()).id}`;
    await account.get().do("PUT", `${one}/firewall`, { rules: [{ type: "k8s", value: "a" }] });
    await account.get().do("PUT", `${one}/firewall`, { rules: [{ type: "ip_addr", value: "192.0.2.1" }] });
    const { rules } = await account.get().do("GET", `${one}/firewall`);
    assert.deepEqual(
      rules.map(({ type, value }) => [type, value]),
      [["ip_addr", "192.0.2.1"]],
    );
    await account.get().do("PATCH", `${one}/config`, { config: { sql_require_primary_key: true } });
    await account.get().do("PATCH", `${one}/config`, { config: { wait_timeout: 60 } });
    const { config } = await account.get().do("GET", `${one}/config`);
    assert.deepEqual(config, { sql_require_primary_key: true, wait_timeout: 60 });
  });
});
