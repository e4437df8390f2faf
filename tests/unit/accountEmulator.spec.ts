import assert from "node:assert/strict";
import { checkAccount } from "../../account";
import type { ClusterBackend } from "../../local/digitalocean/contract";
import { Emulator } from "../../local/digitalocean/emulator";
import type { EmulatorOptions } from "../../local/digitalocean/settings";
import { doksStack } from "../support/accountCheck";
import { load } from "../support/configs";

const TOKEN = "dop_v1_everything";
const READER = "dop_v1_reader";
const POOR = "dop_v1_poor";

/** Clusters that are there in name only. */
const backend: ClusterBackend = {
  capacity: 3,
  create: () => Promise.resolve({ endpoint: "https://192.0.2.1", certificateAuthority: "" }),
  issueToken: () => Promise.resolve({ token: "t0ken", revoke: () => Promise.resolve() }),
  delete: () => Promise.resolve(),
};

describe("the check of the account, at the emulated API", () => {
  let emulator: Emulator;

  const start = async (options: Partial<EmulatorOptions> = {}) => {
    emulator = await Emulator.start({
      address: "127.0.0.1",
      port: 0,
      tokens: [TOKEN, { token: READER, scopes: "read" }, { token: POOR, scopes: ["account:read", "regions:read"] }],
      backend,
      loadBalancerAddresses: [],
      ...options,
    });
  };
  const check = async (config: Record<string, unknown>, token = TOKEN) => {
    const env = { DIGITALOCEAN_API_URL: emulator.url, DIGITALOCEAN_TOKEN: token };
    return checkAccount(await load(config), env, { pause: () => Promise.resolve() });
  };
  const problems = async (config: Record<string, unknown>, token = TOKEN): Promise<string[]> => {
    try {
      await check(config, token);
    } catch (error) {
      return (error as Error).message
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
    }
    return [];
  };
  const post = async (path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const response = await fetch(`${emulator.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(response.ok, await response.text());
  };

  afterEach(async () => {
    // What the client sent is as the API's description says, when that is at hand.
    assert.deepStrictEqual([emulator.requestViolations, emulator.violations], [[], []]);
    await emulator.stop();
  });

  it("finds an empty account in order, and learns its prices, whether the token may write or only read", async () => {
    await start();
    for (const token of [TOKEN, READER]) {
      const account = await check(doksStack(), token);
      assert.deepStrictEqual(account?.prices.nodes["s-2vcpu-4gb"], 24);
      assert.deepStrictEqual(account.prices.registryTiers, { starter: 0, basic: 5, professional: 20 });
    }
  });

  it("tells of a wrong token and of missing rights", async () => {
    await start();
    assert.match(
      (await problems(doksStack(), "dop_v1_wrong")).join("\n"),
      /^DIGITALOCEAN_TOKEN: [^\n]*refuses it \(401 [^\n]*$/,
    );
    assert.match(
      (await problems(doksStack(), POOR)).join("\n"),
      /^DIGITALOCEAN_TOKEN: lacks rights [^\n]*add kubernetes:read, registry:read, sizes:read, vpc:read to its scopes[^\n]*$/,
    );
  });

  it("tells all that is wrong with a cluster", async () => {
    await start({ dropletLimit: 2 });
    const lines = await problems(
      doksStack({
        cluster: { kind: "doks", region: "nyc2", version: "1.35.0-do.0", pool: { size: "s-1vcpu-1gb", min: 3 } },
      }),
    );
    assert.deepStrictEqual(
      lines.map((line) => line.replace(/[;.] .*/, "")),
      [
        'cluster.region: "nyc2" has no VPC-native networking, which the cluster needs',
        'cluster.pool.size: "s-1vcpu-1gb" is not on offer for nodes',
        'cluster.version: "1.35.0-do.0" is not on offer',
        "cluster.pool.min: the pools may grow to 3 nodes, the account to 2 Droplets",
      ],
    );
  });

  it("finds its own cluster, and its version while DigitalOcean offers it no more (D3)", async () => {
    await start({ versions: ["1.36.0-do.0", "1.35.1-do.0"] });
    await post("/v2/vpcs", { name: "flask-doks-test", region: "fra1", ip_range: "10.30.0.0/20" });
    await post("/v2/kubernetes/clusters", {
      name: "flask-doks-test",
      region: "fra1",
      version: "1.35.1-do.0",
      cluster_subnet: "10.32.0.0/16",
      service_subnet: "10.33.0.0/20",
      vpc_uuid: emulator.inventory.vpc[0]?.id,
      node_pools: [{ name: "default", size: "s-2vcpu-4gb", count: 1 }],
    });
    await emulator.settled();
    emulator.withdrawVersion("1.35.1-do.0");
    assert.deepStrictEqual(await problems(doksStack()), []);
  });

  it("finds the ranges of addresses that are taken (D6)", async () => {
    await start();
    await post("/v2/vpcs", { name: "flask-doks-prod", region: "fra1", ip_range: "10.30.0.0/20" });
    assert.deepStrictEqual(await problems(doksStack()), [
      'cluster.vpcCidr: 10.30.0.0/20 overlaps with 10.30.0.0/20 of the VPC network "flask-doks-prod" in the account; choose another range',
    ]);
  });

  it("tells of a registry's name that is taken, and of a registry that is there already", async () => {
    await start({ takenRegistryNames: ["flask-doks-test"] });
    assert.match((await problems(doksStack())).join("\n"), /^registry\.name: "flask-doks-test" is taken: [^\n]*$/);
    await post("/v2/registries", { name: "our-images", subscription_tier_slug: "basic", region: "fra1" });
    assert.match(
      (await problems(doksStack())).join("\n"),
      /^registry: the tier basic allows the account one registry, and it has "our-images" already; [^\n]*\nregistry\.name: [^\n]*$/,
    );
    const sharing = doksStack({ registry: { kind: "digitalocean", create: false, name: "our-images" } });
    assert.deepStrictEqual(await problems(sharing), []);
  });

  it("gets over every call failing once, by a limit, a fault or a cut connection", async () => {
    await start();
    for (const kind of [429, 500, "cut"] as const) {
      emulator.faults.eachCallOnce(kind);
      assert.deepStrictEqual(await problems(doksStack()), []);
      assert.ok(emulator.faults.failedOnce.length >= 8, String(emulator.faults.failedOnce));
    }
  });
});
