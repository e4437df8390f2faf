import assert from "node:assert/strict";
import { Account, CLUSTERS, clusterRequest, eachWithAccount, TOKEN } from "./account";

describe("the emulated API's manners", () => {
  const account = eachWithAccount({
    tokens: [
      TOKEN,
      { token: "reads", scopes: "read" },
      { token: "no-clusters", scopes: ["account:read", "vpc:*", "kubernetes:read"] },
      { token: "pulls", scopes: ["registry:read"] },
    ],
  });
  const as = (token: string) => ({ authorization: `Bearer ${token}` });

  it("lets in nobody without a good token", async () => {
    for (const headers of [{ authorization: "" }, as("wrong"), { authorization: `Basic ${TOKEN}` }]) {
      const { status, body } = await account.get().call("GET", "/v2/account", undefined, headers);
      assert.equal(status, 401);
      assert.deepEqual([body.id, body.message], ["Unauthorized", "Unable to authenticate you"]);
    }
  });

  it("lets a token do what its scopes say, and nothing else", async () => {
    const statusOf = async (token: string, method: string, path: string, body?: unknown) =>
      (await account.get().call(method, path, body, as(token))).status;
    assert.equal(await statusOf("reads", "GET", CLUSTERS), 200);
    assert.equal(await statusOf("reads", "POST", "/v2/vpcs", { name: "a", region: "fra1" }), 403);
    assert.equal(await statusOf("no-clusters", "POST", "/v2/vpcs", { name: "a", region: "fra1" }), 201);
    assert.equal(await statusOf("no-clusters", "GET", CLUSTERS), 200);
    assert.equal(await statusOf("no-clusters", "GET", "/v2/domains"), 403);
    const { status, body } = await account.get().call("POST", CLUSTERS, clusterRequest(), as("no-clusters"));
    assert.equal(status, 403);
    assert.deepEqual([body.id, body.message], ["Forbidden", "You are not authorized to perform this operation"]);
  });

  it("gives no credentials to a token that only reads", async () => {
    const id = await account.get().cluster();
    await account.get().do("POST", "/v2/registry", { name: "flask", subscription_tier_slug: "basic", region: "fra1" });
    const statusOf = async (token: string, path: string) =>
      (await account.get().call("GET", path, undefined, as(token))).status;
    assert.equal(await statusOf("reads", `${CLUSTERS}/${id}/kubeconfig`), 403);
    assert.equal(await statusOf("reads", `${CLUSTERS}/${id}/credentials`), 403);
    assert.equal(await statusOf("pulls", "/v2/registry/docker-credentials"), 200);
    assert.equal(await statusOf("pulls", "/v2/registry/docker-credentials?read_write=true"), 403);
    assert.deepEqual(account.get().emulator.minted, {
      kubeconfig: 0,
      credentials: 0,
      "docker-read": 1,
      "docker-write": 0,
    });
  });

  it("tells the request's id and what is left of the rate limit with each answer", async () => {
    const { headers } = await account.get().call("GET", "/v2/account");
    assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
    assert.deepEqual([headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")], ["5000", "4999"]);
    assert.ok(Number(headers.get("ratelimit-reset")) * 1000 > Date.now());
    const { body } = await account.get().call("GET", "/v2/vpcs/none");
    assert.deepEqual(Object.keys(body), ["id", "message", "request_id"]);
  });

  it("answers 404 to what it does not know, and says so in its log", async () => {
    const { status, body } = await account.get().call("GET", "/v2/apps?page=1");
    assert.equal(status, 404);
    assert.deepEqual([body.id, body.message], ["not_found", "The resource you were accessing could not be found."]);
    const [logged] = account.get().emulator.log.last(1);
    assert.deepEqual(
      [logged?.method, logged?.path, logged?.status, logged?.userAgent, logged?.note],
      ["GET", "/v2/apps?page=1", 404, "test", "the emulator has no such route"],
    );
  });

  it("takes a badly encoded path for what it is", async () => {
    assert.equal((await account.get().refusal("GET", "/v2/domains/%zz"))[0], 404);
  });

  it("refuses a body that is no JSON, and one that is of another shape", async () => {
    const broken = await account.get().call("POST", "/v2/vpcs", "{", { "content-type": "application/json" });
    assert.deepEqual([broken.status, broken.body.id], [400, "bad_request"]);
    const [status, message] = await account.get().refusal("POST", "/v2/vpcs", { name: 5, region: "fra1" });
    assert.equal(status, 422);
    assert.match(message, /^name: /);
    // It is held against the description, too.
    const { emulator } = account.get();
    assert.equal(emulator.requestViolations.length > 0, emulator.checked);
  });

  it("hands out lists page by page, with links to the others", async () => {
    const get = async (path: string) => account.get().do("GET", path);
    const first = await get("/v2/regions?per_page=6");
    assert.equal(first.regions.length, 6);
    assert.deepEqual(Object.keys(first.links.pages ?? {}), ["next", "last"]);
    const slugs: string[] = [];
    for (let at: string | undefined = "/v2/regions?per_page=6"; at !== undefined;) {
      const { regions, links, meta } = await get(at);
      slugs.push(...regions.map(({ slug }) => slug));
      assert.equal(meta.total, 15);
      at = links.pages?.next;
    }
    assert.equal(new Set(slugs).size, 15);
    const last = await get("/v2/regions?per_page=6&page=3");
    assert.deepEqual(Object.keys(last.links.pages ?? {}), ["first", "prev"]);
    assert.match(last.links.pages?.prev ?? "", /per_page=6&page=2$/);
    assert.deepEqual((await get("/v2/regions?per_page=200")).links, {});
  });

  it("gives 20 of a list when nothing is asked, and 200 at most", async () => {
    const { emulator } = account.get();
    emulator.state.tags.push(...Array.from({ length: 250 }, (_, index) => `tag-${index}`));
    assert.equal((await account.get().do("GET", "/v2/tags")).tags.length, 20);
    const reply = await account
      .get()
      .call("GET", "/v2/tags?per_page=1000", undefined, { "user-agent": "wrong on purpose" });
    assert.equal(reply.body.tags.length, 200);
    assert.deepEqual(await account.get().refusal("GET", "/v2/tags?page=0"), [400, "page must be a positive integer"]);
  });

  it("tells the prices of sizes, and what is on offer", async () => {
    const { sizes } = await account.get().do("GET", "/v2/sizes?per_page=200");
    const prices = Object.fromEntries(sizes.map(({ slug, price_monthly }) => [slug, price_monthly]));
    assert.deepEqual(
      ["s-1vcpu-2gb", "s-2vcpu-4gb", "s-4vcpu-8gb", "c-2", "g-2vcpu-8gb"].map((slug) => prices[slug]),
      [12, 24, 48, 42, 63],
    );
    const { options } = await account.get().do("GET", "/v2/kubernetes/options");
    assert.ok(options.versions.some(({ slug }) => slug === "1.35.1-do.0"));
    assert.ok(!options.sizes.some(({ slug }) => slug === "s-1vcpu-1gb"));
    assert.ok(!options.regions.some(({ slug }) => slug === "nyc2"));
  });

  it("shows the account as it is told to be", async () => {
    const { surroundings } = account.get().emulator;
    surroundings.status = "locked";
    surroundings.dropletLimit = 3;
    const { account: shown } = await account.get().do("GET", "/v2/account");
    assert.deepEqual([shown.status, shown.droplet_limit], ["locked", 3]);
  });

  it("cannot be started twice on one port", async () => {
    const { emulator } = account.get();
    const port = Number(new URL(emulator.url).port);
    await assert.rejects(Account.open({ port }), {
      name: "UserError",
      message: `127.0.0.1:${port} is in use: the emulated API cannot listen there.`,
    });
  });
});
