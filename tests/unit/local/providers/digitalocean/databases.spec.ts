import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import type { Emulator } from "../../../../../local/digitalocean/emulator";
import { revealed, Secret, type Values } from "../../../../../local/providers/values";
import { StandIn, startAccount } from "./rig";

describe("The stand-in's databases and keys", () => {
  let account: Emulator;
  let standIn: StandIn;

  beforeEach(async () => {
    account = await startAccount();
    standIn = new StandIn(account.url);
  });
  afterEach(() => account.stop());

  const cluster = (): Promise<{ id: string; state: Values }> =>
    standIn.create("DatabaseCluster", {
      name: "shop-db",
      engine: "mysql",
      version: "8",
      size: "db-s-1vcpu-2gb",
      region: "fra1",
      nodeCount: 1,
    });

  it("has replicas with connections of their own, resized in place, gone when they are deleted", async () => {
    const { id: clusterId } = await cluster();
    const given = { clusterId, name: "shop-read", region: "fra1", size: "db-s-1vcpu-2gb" };
    const one = await standIn.create("DatabaseReplica", given);
    strictEqual(one.id, `${clusterId}/replicas/shop-read`);
    for (const key of ["password", "uri", "privateUri"]) ok(one.state[key] instanceof Secret, key);
    const state = revealed(one.state);
    strictEqual(state["privateHost"], "private-shop-read-do-user-1-0.db.ondigitalocean.com");
    match(JSON.stringify(state["privateUri"]), /^"mysql:\/\/doadmin:AVNS_.*@private-shop-read-/);
    deepStrictEqual((await standIn.diff("DatabaseReplica", one, given)).changes, {});
    const larger = { ...given, size: "db-s-2vcpu-4gb" };
    const difference = await standIn.diff("DatabaseReplica", one, larger);
    deepStrictEqual([difference.changes, difference.replaces], [{ size: "update" }, []]);
    await standIn.update("DatabaseReplica", one, larger);
    strictEqual(account.state.databases[0]?.replicas?.[0]?.size, "db-s-2vcpu-4gb");
    const imported = await standIn.read("DatabaseReplica", `${clusterId},shop-read`);
    strictEqual(imported?.id, one.id);
    await standIn.delete("DatabaseReplica", one);
    strictEqual(await standIn.read("DatabaseReplica", one.id, one.state), undefined);
  });

  it("has firewalls of replicas, each apart from its database's, and grows a replica's disk", async () => {
    const { id: clusterId } = await cluster();
    const given = { clusterId, name: "shop-read", region: "fra1", size: "db-s-1vcpu-2gb", storageSizeMib: "40960" };
    const replica = await standIn.create("DatabaseReplica", given);
    const rules = [{ type: "k8s", value: "the-cluster" }];
    const firewall = await standIn.create("DatabaseFirewall", { clusterId: replica.state["uuid"] ?? "", rules });
    const trusted = () => account.state.databases.flatMap(({ rules: own, replicas }) => [own, replicas?.[0]?.rules]);
    const told = () => trusted().map((each) => each?.map(({ type, value }) => `${type} ${value}`));
    deepStrictEqual(told(), [[], ["k8s the-cluster"]]);
    const read = await standIn.read("DatabaseFirewall", firewall.id, firewall.state, firewall.inputs);
    deepStrictEqual(
      (read?.state["rules"] as Values[]).map(({ type, value }) => ({ type, value })),
      rules,
    );
    await standIn.delete("DatabaseFirewall", firewall);
    deepStrictEqual(told(), [[], []]);
    const grown = { ...given, storageSizeMib: "61440" };
    const state = await standIn.update("DatabaseReplica", replica, grown);
    strictEqual(state["storageSizeMib"], "61440");
    deepStrictEqual((await standIn.diff("DatabaseReplica", { ...replica, state }, grown)).changes, {});
  });

  it("sends of a server's settings what is not zero or false, and leaves them when it is deleted", async () => {
    const { id: clusterId } = await cluster();
    const given = { clusterId, waitTimeout: 60, sqlRequirePrimaryKey: false };
    const one = await standIn.create("DatabaseMysqlConfig", given);
    strictEqual(one.id, `${clusterId}/mysql-config`);
    deepStrictEqual(account.state.databases[0]?.config, { wait_timeout: 60 });
    await standIn.update("DatabaseMysqlConfig", one, { ...given, waitTimeout: 90 });
    await standIn.delete("DatabaseMysqlConfig", one);
    deepStrictEqual(account.state.databases[0].config, { wait_timeout: 90 });
    match(standIn.warnings.join(), /only removed from state/);
  });

  it("finds a cluster by its name, and the authority that vouches for it as PEM", async () => {
    await rejects(standIn.invoke("getDatabaseCluster", { name: "shop-db" }), /Unable to find any database clusters/);
    const { id } = await cluster();
    const found = await standIn.invoke("getDatabaseCluster", { name: "shop-db" });
    deepStrictEqual(
      [found["id"], found["privateHost"], found["port"], found["nodeCount"]],
      [id, "private-shop-db-do-user-1-0.db.ondigitalocean.com", 25060, 1],
    );
    deepStrictEqual(await standIn.invoke("getDatabaseCa", { clusterId: id }), {
      id,
      clusterId: id,
      certificate: "emulated",
    });
  });

  it("keeps the secret key of Spaces, which the API tells only once", async () => {
    const given = { name: "backup", grants: [{ bucket: "backups", permission: "readwrite" }] };
    const one = await standIn.create("SpacesKey", given);
    ok(one.state["secretKey"] instanceof Secret);
    const { accessKey, secretKey } = revealed(one.state);
    deepStrictEqual([one.id, secretKey], [accessKey, account.state.spacesKeys[0]?.secretKey]);
    const read = await standIn.read("SpacesKey", one.id, one.state, one.inputs);
    strictEqual(revealed(read?.state ?? {})["secretKey"], secretKey);
    deepStrictEqual((await standIn.diff("SpacesKey", one, given)).changes, {});
    const renamed = await standIn.update("SpacesKey", one, { ...given, name: "backups" });
    deepStrictEqual([renamed["name"], revealed(renamed)["secretKey"]], ["backups", secretKey]);
    await standIn.delete("SpacesKey", one);
    strictEqual(await standIn.read("SpacesKey", one.id, one.state), undefined);
  });
});
