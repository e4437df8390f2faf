import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { eachWithAccount, TOKEN } from "./account";

describe("faults of the emulated API", () => {
  const account = eachWithAccount({ tokens: [TOKEN, "controller"] });
  const vpc = (name: string) => ({ name, region: "fra1" });
  const names = () => account.get().emulator.inventory.vpc.map(({ name }) => name);
  const post = (name: string) => account.get().call("POST", "/v2/vpcs", vpc(name));

  it("are statuses with DigitalOcean's bodies, before the call has an effect", async () => {
    const { faults } = account.get().emulator;
    faults.add({ kind: 429, times: 1, retryAfterSeconds: 7, match: { method: "post", path: /\/vpcs$/ } });
    const limited = await post("a");
    assert.deepEqual(
      [limited.status, limited.body.id, limited.headers.get("retry-after")],
      [429, "too_many_requests", "7"],
    );
    faults.add({ kind: 503, times: 1 });
    faults.add({ kind: 500, times: 1, message: "Server was unable to give you a response." });
    faults.add({ kind: 422, times: 1, message: "invalid size" });
    const answers = [];
    for (const name of ["a", "b", "c"]) {
      const { status, body } = await post(name);
      answers.push([status, body.id, body.message]);
    }
    assert.deepEqual(answers, [
      [503, "service_unavailable", "Service Unavailable"],
      [500, "server_error", "Server was unable to give you a response."],
      [422, "unprocessable_entity", "invalid size"],
    ]);
    assert.deepEqual(names(), []);
    assert.equal((await post("a")).status, 201);
  });

  it("cut the connection after the call took effect, or before it", async () => {
    const { faults, log } = account.get().emulator;
    faults.add({ kind: "cut", times: 1 });
    await assert.rejects(post("after"), TypeError);
    assert.deepEqual(names(), ["after"]);
    faults.add({ kind: "cut", times: 1, when: "before" });
    await assert.rejects(post("before"), TypeError);
    assert.deepEqual(names(), ["after"]);
    assert.deepEqual(
      log.last(2).map(({ status, fault }) => [status, fault]),
      [
        [0, "cut"],
        [0, "cut"],
      ],
    );
  });

  it("have a status come after the effect, if that is asked for", async () => {
    account.get().emulator.faults.add({ kind: 500, times: 1, when: "after" });
    assert.equal((await post("a")).status, 500);
    assert.deepEqual(names(), ["a"]);
  });

  for (const [when, title, meanwhile] of [
    [undefined, "hold a call up before it takes effect", []],
    ["before", "hold a call up before it takes effect, if that is asked for", []],
    ["after", "hold only the answer up, if that is asked for", ["a"]],
  ] as const) {
    it(title, async () => {
      const { faults } = account.get().emulator;
      faults.add({ kind: "slow", delayMs: 200, times: 1, match: { method: "POST" }, ...(when && { when }) });
      const startMs = Date.now();
      const call = post("a");
      await sleep(100);
      assert.deepEqual(names(), meanwhile);
      assert.equal((await call).status, 201);
      assert.ok(Date.now() - startMs >= 195);
      assert.deepEqual(names(), ["a"]);
    });
  }

  it("hit only the calls that fit, until they are removed", async () => {
    const { faults } = account.get().emulator;
    const remove = faults.add({ kind: 500, match: { userAgent: /pulumi/ } });
    const as = async (agent: string) =>
      (await account.get().call("GET", "/v2/account", undefined, { "user-agent": agent })).status;
    assert.deepEqual([await as("pulumi/3"), await as("curl"), await as("pulumi/3")], [500, 200, 500]);
    remove();
    assert.equal(await as("pulumi/3"), 200);
  });

  it("fail every distinct call once, whatever its ids are", async () => {
    const { faults } = account.get().emulator;
    const ids: string[] = [];
    for (const name of ["a", "b"]) ids.push((await post(name)).body.vpc.id);
    faults.eachCallOnce(429);
    const get = async (path: string) => (await account.get().call("GET", path)).status;
    assert.deepEqual(
      [await get(`/v2/vpcs/${ids[0] ?? ""}`), await get(`/v2/vpcs/${ids[1] ?? ""}`), await get("/v2/vpcs")],
      [429, 200, 429],
    );
    assert.deepEqual([(await post("c")).status, (await post("c")).status], [429, 201]);
    assert.deepEqual(await get("/v2/images/123"), 429);
    assert.deepEqual(await get("/v2/images/456"), 404);
    assert.deepEqual(faults.failedOnce, [
      "GET /v2/images/{id}",
      "GET /v2/vpcs",
      "GET /v2/vpcs/{vpc_id}",
      "POST /v2/vpcs",
    ]);
    faults.clear();
    assert.equal(await get("/v2/account"), 200);
  });

  it("fail every distinct call of one client once", async () => {
    const { faults } = account.get().emulator;
    faults.eachCallOnce("cut", { when: "before", userAgent: /pulumi/ });
    const as = (agent: string) => account.get().call("GET", "/v2/account", undefined, { "user-agent": agent });
    assert.equal((await as("controller")).status, 200);
    await assert.rejects(as("pulumi/3"), TypeError);
    assert.equal((await as("pulumi/3")).status, 200);
  });

  it("spare the calls of another token", async () => {
    const { faults } = account.get().emulator;
    const as = async (token: string) =>
      (await account.get().call("GET", "/v2/account", undefined, { authorization: `Bearer ${token}` })).status;
    faults.eachCallOnce(500, { token: TOKEN });
    assert.deepEqual([await as("controller"), await as(TOKEN), await as(TOKEN)], [200, 500, 200]);
    faults.clear();
    faults.add({ kind: 503, match: { token: TOKEN } });
    assert.deepEqual([await as("controller"), await as(TOKEN)], [200, 503]);
  });
});
