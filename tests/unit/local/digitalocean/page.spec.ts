import assert from "node:assert/strict";
import { CLUSTERS, eachWithAccount } from "./account";

describe("the emulator's page", () => {
  const account = eachWithAccount();
  const get = (path: string) => account.get().call("GET", path, undefined, { authorization: "" });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    account.get().call("POST", path, body, headers);

  it("is there for everybody, and asks nothing of any other host", async () => {
    const { status, headers, text } = await get("/");
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'/);
    assert.doesNotMatch(text, /(src|href)="(?!data:)|https?:\/\//);
    // What is shown goes in as text: no markup is made of it.
    assert.doesNotMatch(text, /innerHTML|insertAdjacentHTML|document\.write/);
    assert.match(text, /The account is empty/);
  });

  it("is told what exists, by kind, with its state, price and tags", async () => {
    await account.get().cluster({ tags: ["shop"], ha: true });
    // Nothing runs within the millisecond in which it was asked for.
    await account.get().emulator.clock.advance({ seconds: 1 });
    const { body } = await get("/overview.json");
    const itemsOf = (kind: string) => body.kinds.find((each) => each.kind === kind)?.items;
    const [cluster] = itemsOf("cluster") as Record<string, unknown>[];
    assert.deepEqual(
      [
        cluster?.["name"],
        cluster?.["state"],
        cluster?.["region"],
        cluster?.["monthly"],
        cluster?.["tags"],
        cluster?.["details"],
      ],
      ["shop", "running", "fra1", 40, ["shop"], "1.35.1-do.0, highly available"],
    );
    const [pool] = itemsOf("nodePool") as Record<string, unknown>[];
    assert.deepEqual([pool?.["details"], pool?.["monthly"]], ["1 of 1 × s-2vcpu-4gb", 24]);
    assert.deepEqual(itemsOf("volume"), []);
    assert.deepEqual(
      [body.requests[0].method, body.requests[0].path, body.requests[0].status],
      ["POST", CLUSTERS, 201],
    );
  });

  it("shows no secret, nor does the log hold one", async () => {
    const { emulator, backend } = account.get();
    const id = await account.get().cluster();
    await account.get().do("POST", "/v2/registry", { name: "flask", subscription_tier_slug: "basic", region: "fra1" });
    await account.get().do("GET", "/v2/registry/docker-credentials?read_write=true");
    await account.get().do("GET", `${CLUSTERS}/${id}/kubeconfig`);
    const database = { name: "shop-db", engine: "pg", size: "db-s-1vcpu-1gb", region: "fra1", num_nodes: 1 };
    const made = await account.get().do("POST", "/v2/databases", database);
    const secrets = [
      ...backend.tokens,
      ...emulator.state.registryCredentials.map(({ token }) => token),
      made.database.connection.password,
      "dop_v1_all",
    ];
    assert.equal(secrets.length, 4);
    const shown = [
      (await get("/overview.json")).text,
      JSON.stringify(emulator.log.all()),
      (await get("/_emulator/requests")).text,
    ];
    for (const secret of secrets) {
      assert.ok(secret.length > 8);
      assert.ok(shown.every((text) => text.length > 100 && !text.includes(secret)));
    }
  });

  it("has the clock moved and faults made by the machine that it runs on", async () => {
    const { emulator } = account.get();
    const before = emulator.clock.now();
    const { body } = await post("/_emulator/clock", { days: 8 });
    assert.ok(emulator.clock.now() - before >= 8 * 86_400_000);
    assert.equal(Math.round(body.aheadMs / 86_400_000), 8);
    assert.equal((await post("/_emulator/faults", { kind: 503, path: "/account$", times: 1 })).status, 200);
    assert.deepEqual([(await get("/v2/account")).status, (await get("/v2/account")).status], [503, 401]);
    await post("/_emulator/faults/each-call-once", { kind: 429 });
    assert.equal((await get("/v2/regions")).status, 429);
    await account.get().call("DELETE", "/_emulator/faults", {});
    assert.equal((await get("/v2/sizes")).status, 401);
    assert.equal((await post("/_emulator/faults", { kind: "flood" })).status, 422);
  });

  it("has versions withdrawn, clusters upgraded and pools scaled", async () => {
    const node_pools = [
      { name: "default", size: "s-2vcpu-4gb", count: 1, auto_scale: true, min_nodes: 1, max_nodes: 3 },
    ];
    const id = await account.get().cluster({ node_pools });
    await post("/_emulator/versions/withdraw", { version: "1.35.1-do.0" });
    await post(`/_emulator/clusters/${id}/upgrade`, { version: "1.35.7-do.0" });
    await post(`/_emulator/clusters/${id}/autoscale`, { pool: "default", count: 3 });
    const { cluster, nodePool } = account.get().emulator.inventory;
    assert.match(cluster[0]?.details ?? "", /^1\.35\.7-do\.0/);
    assert.match(nodePool[0]?.details ?? "", /of 3 ×/);
    assert.ok(!account.get().emulator.surroundings.versions.includes("1.35.1-do.0"));
  });

  it("is moved by no form of another site", async () => {
    const { status } = await post("/_emulator/clock", '{"days": 8}', { "content-type": "text/plain" });
    assert.equal(status, 403);
    assert.ok(account.get().emulator.clock.offsetMs < 1000);
    assert.equal((await get("/_emulator/none")).status, 404);
  });
});
