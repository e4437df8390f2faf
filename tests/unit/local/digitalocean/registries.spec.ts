import assert from "node:assert/strict";
import { eachWithAccount, TOKEN } from "./account";

describe("emulated container registries", () => {
  const account = eachWithAccount();
  const create = (name: string, tier: string) =>
    account.get().do("POST", "/v2/registry", { name, subscription_tier_slug: tier, region: "fra1" });
  const refused = (name: string, tier: string) =>
    account.get().refusal("POST", "/v2/registry", { name, subscription_tier_slug: tier, region: "fra1" });
  const push = (repository: string, digest = "sha256:1", tag = "v1") => {
    account.get().emulator.registry.pushed({ registry: "flask", repository, tag, digest, bytes: 1000 });
  };

  /** Asks for a credential as Docker would use it. */
  async function login(query: string): Promise<{ username: string; password: string }> {
    const { auths } = await account.get().do("GET", `/v2/registries/flask/docker-credentials${query}`);
    const text = Buffer.from(auths["registry.digitalocean.com"].auth, "base64").toString();
    const [username = "", password = ""] = text.split(":");
    return { username, password };
  }
  const grantOf = ({ username, password }: { username: string; password: string }) =>
    account.get().emulator.registry.grantOf(username, password);

  it("have a name that nobody else has", async () => {
    account.get().emulator.surroundings.takenRegistryNames.push("theirs");
    assert.deepEqual(await refused("theirs", "basic"), [409, "name already exists"]);
    assert.deepEqual(await account.get().refusal("POST", "/v2/registry/validate-name", { name: "theirs" }), [
      409,
      "name already exists",
    ]);
    assert.equal((await account.get().call("POST", "/v2/registry/validate-name", { name: "mine" })).status, 204);
    assert.equal((await refused("No", "basic"))[0], 422);
  });

  it("are one of an account, but for the professional tier", async () => {
    await create("flask", "basic");
    assert.deepEqual(await refused("second", "basic"), [422, "user already has a registry"]);
    await account.get().do("POST", "/v2/registries/subscription", { tier_slug: "professional" });
    await account.get().do("POST", "/v2/registries", { name: "second", region: "fra1" });
    const [status, message] = await account.get().refusal("GET", "/v2/registry");
    assert.equal(status, 412);
    assert.match(message, /not supported if you have created multiple registries/);
    assert.equal((await account.get().refusal("POST", "/v2/registry/subscription", { tier_slug: "basic" }))[0], 412);
  });

  it("take as many repositories as the tier has room for", async () => {
    const { registry } = account.get().emulator;
    await create("flask", "starter");
    assert.equal(registry.refusalOfPush("flask", "blog"), undefined);
    push("blog");
    assert.equal(registry.refusalOfPush("flask", "blog"), undefined);
    assert.equal(registry.refusalOfPush("flask", "guestbook"), "registry contains 1 repositories, limit is 1");
    await account.get().do("POST", "/v2/registries/subscription", { tier_slug: "basic" });
    assert.equal(registry.refusalOfPush("flask", "guestbook"), undefined);
    push("guestbook");
    assert.deepEqual(await account.get().refusal("POST", "/v2/registries/subscription", { tier_slug: "starter" }), [
      412,
      "cannot switch to this tier: OverRepositoryLimit",
    ]);
    const { options } = await account.get().do("GET", "/v2/registries/options");
    assert.deepEqual(
      options.subscription_tiers.map((tier) => [tier.slug, tier.monthly_price_in_cents, tier.eligible]),
      [
        ["starter", 0, false],
        ["basic", 500, true],
        ["professional", 2000, true],
      ],
    );
  });

  it("refuse what goes beyond the starter tier's storage, and what has no registry", async () => {
    const { registry } = account.get().emulator;
    await create("flask", "starter");
    registry.pushed({ registry: "flask", repository: "blog", digest: "sha256:1", bytes: 600 * 1024 ** 2 });
    assert.equal(registry.refusalOfPush("flask", "blog"), "registry storage limit exceeded");
    assert.equal(registry.refusalOfPush("other", "blog"), "registry other does not exist");
  });

  it("tell what was pushed, with each tag on one image", async () => {
    await create("flask", "basic");
    push("blog", "sha256:1");
    push("blog", "sha256:2");
    const { tags } = await account.get().do("GET", "/v2/registries/flask/repositories/blog/tags");
    assert.deepEqual(
      tags.map((tag) => [tag.tag, tag.manifest_digest]),
      [["v1", "sha256:2"]],
    );
    const { manifests } = await account.get().do("GET", "/v2/registries/flask/repositories/blog/digests");
    assert.equal(manifests.length, 2);
    const { repositories } = await account.get().do("GET", "/v2/registries/flask/repositoriesV2");
    assert.deepEqual([repositories[0].name, repositories[0].tag_count, repositories[0].manifest_count], ["blog", 1, 2]);
    const { registry } = await account.get().do("GET", "/v2/registry");
    assert.equal(registry.storage_usage_bytes, 2000);
    const { garbage_collection: collection } = await account.get().do("POST", "/v2/registry/flask/garbage-collection");
    assert.equal(collection.status, "requested");
    assert.equal((await account.get().do("GET", "/v2/registry")).registry.storage_usage_bytes, 1000);
  });

  it("give credentials that read, or write, for as long as was asked (D10)", async () => {
    const { emulator } = account.get();
    await create("flask", "basic");
    const [pull, short] = [await login(""), await login("?read_write=true&expiry_seconds=3600")];
    assert.deepEqual(grantOf(pull), { registry: "flask", write: false });
    assert.deepEqual(grantOf(short), { registry: "flask", write: true });
    assert.equal(grantOf({ ...pull, username: "somebody" }), undefined);
    assert.equal(grantOf({ username: "a", password: "b" }), undefined);
    const tooLong = "/v2/registries/flask/docker-credentials?expiry_seconds=1576800001";
    assert.deepEqual(await account.get().refusal("GET", tooLong), [400, "invalid expiry_seconds"]);
    await emulator.clock.advance({ minutes: 61 });
    assert.equal(grantOf(short), undefined);
    await emulator.clock.advance({ days: 3650 });
    assert.deepEqual(grantOf(pull), { registry: "flask", write: false });
    assert.deepEqual([emulator.minted["docker-read"], emulator.minted["docker-write"]], [1, 1]);
  });

  it("take back a credential as cloud.digitalocean.com does", async () => {
    await create("flask", "basic");
    const pull = await login("");
    const revoke = () =>
      account.get().call("POST", "/v1/oauth/revoke", `token=${pull.password}`, {
        authorization: `Bearer ${pull.password}`,
        "content-type": "application/x-www-form-urlencoded",
      });
    assert.equal((await revoke()).status, 200);
    assert.equal(grantOf(pull), undefined);
    assert.deepEqual(account.get().emulator.inventory.registryCredential, []);
    assert.equal((await revoke()).status, 401);
  });

  it("let in an API token as both name and password", async () => {
    assert.equal(grantOf({ username: TOKEN, password: TOKEN }), undefined);
    await create("flask", "basic");
    assert.deepEqual(grantOf({ username: TOKEN, password: TOKEN }), { registry: "flask", write: true });
  });

  it("take their credentials and their clusters' access along when they are deleted", async () => {
    await create("flask", "basic");
    const pull = await login("");
    const id = await account.get().cluster();
    await account.get().do("POST", "/v2/kubernetes/registry", { cluster_uuids: [id] });
    const enabled = async () =>
      (await account.get().do("GET", `/v2/kubernetes/clusters/${id}`)).kubernetes_cluster.registry_enabled;
    assert.equal(await enabled(), true);
    await account.get().do("DELETE", "/v2/registries/flask");
    assert.equal(grantOf(pull), undefined);
    assert.equal(await enabled(), false);
    assert.deepEqual(await account.get().refusal("GET", "/v2/registry"), [404, "registry does not exist"]);
  });
});
