import assert from "node:assert/strict";
import { TIERS, vendorError } from "../support/accountServer";
import { check } from "../support/accountCheck";
import { app, stack } from "../support/stackFiles";

const GIB = 1024 ** 3;
const built = (...names: string[]) => names.map((name) => ({ ...app({ name, source: "app/blog" }), image: undefined }));

const withRegistry = (registry: Record<string, unknown> = {}, ...apps: string[]) =>
  stack({
    registry: { kind: "digitalocean", name: "flask-doks-test", ...registry },
    ...(apps.length === 0 ? {} : { apps: built(...apps) }),
  });

/** An account with registries, subscribed to a tier; the first holds these repositories. */
const having = (tier: string, registries: [string, number?][], repositories: string[] = []) => ({
  "GET /v2/registries": {
    body: { registries: registries.map(([name, bytes = 0]) => ({ name, region: "fra1", storage_usage_bytes: bytes })) },
  },
  "GET /v2/registries/subscription": { body: { subscription: { tier: { slug: tier } } } },
  [`GET /v2/registries/${registries[0]?.[0] ?? ""}/repositoriesV2`]: {
    body: { repositories: repositories.map((name) => ({ name })) },
  },
});

const tiersOnOffer = (subscription_tiers: object[]) => ({
  "GET /v2/registries/options": { body: { options: { available_regions: ["fra1"], subscription_tiers } } },
});

const taken = vendorError(409, "conflict", "name already exists");

describe("the check of the account for a registry", () => {
  it("refuses a name that somebody else's registry has", async () => {
    const { problems } = await check(withRegistry(), { "POST /v2/registries/validate-name": taken });
    assert.deepStrictEqual(problems, [
      'registry.name: "flask-doks-test" is taken: names are unique in all of DigitalOcean; set another, with your team\'s name in it',
    ]);
  });

  it("does not ask whether the name is free once the account has the registry: it is its own", async () => {
    const { problems, asked } = await check(withRegistry(), {
      ...having("basic", [["flask-doks-test"]]),
      "POST /v2/registries/validate-name": taken,
    });
    assert.deepStrictEqual(problems, []);
    assert.ok(!asked.some((question) => question.startsWith("POST")));
  });

  it("refuses a second registry where the tier allows one, and says how to share the first", async () => {
    const { problems } = await check(withRegistry(), having("basic", [["flask-doks-dev"]]));
    assert.deepStrictEqual(problems, [
      'registry: the tier basic allows the account one registry, and it has "flask-doks-dev" already; use it with create: false and name: flask-doks-dev, or set registry.tier: professional (up to 10 registries)',
    ]);
    const larger = await check(withRegistry({ tier: "professional" }), having("basic", [["flask-doks-dev"]]));
    assert.deepStrictEqual(larger.problems, []);
  });

  it("refuses a tier that would leave the account with more registries than it allows", async () => {
    const registries: [string][] = [["flask-doks-test"], ["flask-doks-prod"]];
    const { problems } = await check(withRegistry({ tier: "basic" }), having("professional", registries));
    assert.deepStrictEqual(problems.length, 1);
    assert.match(problems[0] ?? "", /^registry: the tier basic allows .* "flask-doks-prod" already;/);
  });

  it("refuses an eleventh registry", async () => {
    const ten = Array.from({ length: 10 }, (_, index): [string] => [`team-${index}`]);
    const { problems } = await check(withRegistry({ tier: "professional" }), having("professional", ten));
    assert.deepStrictEqual(problems.length, 1);
    assert.match(
      problems[0] ?? "",
      /^registry: the tier professional allows the account 10 registries, and it has the registries "team-0", .*, "team-9" already; use it with create: false and name: team-0$/,
    );
  });

  it("wants the registry to be there that it does not make", async () => {
    const config = withRegistry({ create: false, name: "our-images" });
    assert.deepStrictEqual((await check(config)).problems, [
      'registry.name: the account has no registry "our-images"; it has none. Name one that it has, or leave create out',
    ]);
    assert.deepStrictEqual((await check(config, having("basic", [["our-image"]]))).problems, [
      'registry.name: the account has no registry "our-images"; it has "our-image". Name one that it has, or leave create out',
    ]);
    assert.deepStrictEqual((await check(config, having("basic", [["our-images"], ["more"]]))).problems, []);
  });

  it("refuses a tier that is not on offer, or that what is stored does not fit into", async () => {
    const [starter, ...others] = TIERS;
    const config = withRegistry({ tier: "starter" });
    assert.deepStrictEqual((await check(config, tiersOnOffer(others))).problems, [
      'registry.tier: "starter" is not on offer; on offer: basic, professional',
    ]);
    const narrow = { ...starter, eligible: false, eligibility_reasons: ["OverStorageLimit", "OverRepositoryLimit"] };
    assert.deepStrictEqual((await check(config, tiersOnOffer([narrow, ...others]))).problems, [
      'registry.tier: "starter" cannot hold what the account\'s registries hold already (OverStorageLimit, OverRepositoryLimit); take a larger tier',
    ]);
  });

  it("refuses a region without registries, as long as the registry is to be made", async () => {
    const config = withRegistry({ region: "ams3" });
    assert.deepStrictEqual((await check(config)).problems, [
      'registry.region: "ams3" has no registries; on offer: fra1, nyc3',
    ]);
    assert.deepStrictEqual((await check(config, having("basic", [["flask-doks-test"]]))).problems, []);
  });

  it("refuses to push to a registry that is full and cannot be charged for more", async () => {
    const full = having("starter", [["flask-doks-test", GIB / 2]]);
    assert.deepStrictEqual((await check(withRegistry({ tier: "starter" }), full)).problems, [
      "registry.tier: the tier starter is full: 512 MiB of 512 MiB are used; set registry.tier: basic, or delete old images and collect the garbage",
    ]);
    const almost = having("starter", [["flask-doks-test", GIB / 2 - 1]]);
    assert.deepStrictEqual((await check(withRegistry({ tier: "starter" }), almost)).problems, []);
    // The larger tiers charge for what is above.
    assert.deepStrictEqual((await check(withRegistry(), having("basic", [["flask-doks-test", 9 * GIB]]))).problems, []);
  });

  it("refuses an app whose repository the tier has no room for", async () => {
    const used = having("starter", [["our-images"]], ["blog"]);
    const sharing = (...apps: string[]) => withRegistry({ create: false, name: "our-images" }, ...apps);
    assert.deepStrictEqual((await check(sharing("blog"), used)).problems, []);
    assert.deepStrictEqual((await check(sharing("blog", "shop"), used)).problems, [
      'registry: the tier starter has room for 1 repository, 1 is used, and "shop" needs one; raise its tier to basic, or delete one that nobody needs',
    ]);
    const five = having("basic", [["our-images"]], ["a", "b", "c", "d"]);
    assert.deepStrictEqual((await check(sharing("blog"), five)).problems, []);
    assert.deepStrictEqual((await check(sharing("blog", "shop"), five)).problems, [
      'registry: the tier basic has room for 5 repositories, 4 are used, and "blog", "shop" need one each; raise its tier to professional, or delete one that nobody needs',
    ]);
    const many = having("professional", [["our-images"]], ["a", "b", "c", "d", "e", "f", "g"]);
    assert.deepStrictEqual((await check(sharing("blog", "shop"), many)).problems, []);
  });
});
