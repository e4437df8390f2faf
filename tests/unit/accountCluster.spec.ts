import assert from "node:assert/strict";
import { account, cluster, options, size } from "../support/accountServer";
import { check, doksStack } from "../support/accountCheck";

const doks = (changes: Record<string, unknown>) => doksStack({ cluster: { kind: "doks", ...changes } });

/** An account in which the stack's cluster is. */
/** What the stack's own cluster was made with. */
const OWN = {
  vpc_uuid: "id-of-own-vpc",
  cluster_subnet: "10.32.0.0/16",
  service_subnet: "10.33.0.0/20",
  node_pools: [{ name: "default", size: "s-2vcpu-4gb", count: 1, tags: ["k8s", "terraform:default-node-pool"] }],
};

const live = (changes: Record<string, unknown> = {}) => ({
  "GET /v2/kubernetes/clusters": {
    body: { kubernetes_clusters: [cluster("flask-doks-test", { ...OWN, ...changes })] },
  },
  "GET /v2/vpcs": { body: { vpcs: [{ id: "id-of-own-vpc", name: "flask-doks-test", ip_range: "10.30.0.0/20" }] } },
});

const offering = (...versions: string[]) => ({
  "GET /v2/kubernetes/options": options({ versions: versions.map((slug) => ({ slug })) }),
});

describe("the check of the account for a cluster", () => {
  describe("region", () => {
    const refused: [string, string, string][] = [
      ["that is none, with the nearest", "fra2", '"fra2" is no region of DigitalOcean; did you mean fra1?'],
      ["that is none and near to none", "xxx9", '"xxx9" is no region of DigitalOcean.'],
      ["that takes nothing new", "sfo1", '"sfo1" takes nothing new at present.'],
      ["without Kubernetes", "sfo3", '"sfo3" has no Kubernetes.'],
    ];
    for (const [what, region, message] of refused) {
      it(`refuses one ${what}`, async () => {
        const { problems } = await check(doks({ region }));
        assert.deepStrictEqual(problems, [`cluster.region: ${message} On offer: ams3, fra1, nyc3`]);
      });
    }

    it("refuses one without VPC-native networking, whether Kubernetes is on offer there or not (D6)", async () => {
      const regions = ["fra1", "nyc2"].map((slug) => ({ slug, name: slug }));
      const [line, ...more] = (await check(doks({ region: "nyc2" }))).problems;
      assert.match(
        line ?? "",
        /^cluster\.region: "nyc2" has no VPC-native networking, which the cluster needs; did you mean nyc3\?/,
      );
      assert.deepStrictEqual(more, []);
      const { problems } = await check(doks({ region: "nyc2" }), {
        "GET /v2/kubernetes/options": options({ regions }),
        "GET /v2/sizes": { body: { sizes: [size("s-2vcpu-4gb", 24, ["nyc2"])] } },
      });
      assert.deepStrictEqual(problems, [
        'cluster.region: "nyc2" has no VPC-native networking, which the cluster needs. On offer: fra1',
      ]);
    });

    it("is not asked about once the cluster is there: what a region holds may stay when it closes", async () => {
      const { problems } = await check(doks({ region: "sfo1" }), live({ region: "sfo1" }));
      assert.deepStrictEqual(problems, []);
    });
  });

  describe("size of nodes", () => {
    it("refuses one that is none, with the nearest", async () => {
      const { problems } = await check(doks({ pool: { size: "s-2vcpu-4g" } }));
      assert.deepStrictEqual(problems, [
        'cluster.pool.size: "s-2vcpu-4g" is no size of DigitalOcean; did you mean s-2vcpu-4gb? The least expensive in fra1: s-2vcpu-4gb, s-4vcpu-8gb',
      ]);
    });

    it("refuses one that is too small for Kubernetes", async () => {
      const { problems } = await check(doks({ pool: { size: "s-1vcpu-1gb" } }));
      assert.deepStrictEqual(problems, [
        'cluster.pool.size: "s-1vcpu-1gb" is not on offer for nodes. The least expensive in fra1: s-2vcpu-4gb, s-4vcpu-8gb',
      ]);
    });

    it("refuses one that the region does not have, and says where it is", async () => {
      const { problems } = await check(doks({ pool: { size: "s-1vcpu-2gb" } }));
      assert.deepStrictEqual(problems, [
        'cluster.pool.size: "s-1vcpu-2gb" is not on offer in fra1, but in nyc3. The least expensive in fra1: s-2vcpu-4gb, s-4vcpu-8gb',
      ]);
    });

    it("refuses one that is sold out", async () => {
      const { problems } = await check(doks({}), {
        "GET /v2/sizes": { body: { sizes: [size("s-2vcpu-4gb", 24, [], false), size("s-4vcpu-8gb", 48)] } },
      });
      assert.deepStrictEqual(problems, [
        'cluster.pool.size: "s-2vcpu-4gb" is not on offer for nodes at present. The least expensive in fra1: s-4vcpu-8gb',
      ]);
    });

    it("looks at every pool, and names its place", async () => {
      const pools = [
        { name: "batch", size: "s-4vcpu-8gb" },
        { name: "large", size: "s-9vcpu-8gb" },
      ];
      const { problems } = await check(doks({ pools }));
      assert.deepStrictEqual(problems, [
        'cluster.pools[1].size: "s-9vcpu-8gb" is no size of DigitalOcean; did you mean s-4vcpu-8gb? The least expensive in fra1: s-2vcpu-4gb, s-4vcpu-8gb',
      ]);
    });

    it("lets a cluster keep a size that is withdrawn", async () => {
      const withdrawn = { "GET /v2/sizes": { body: { sizes: [size("s-2vcpu-4gb", 24, [], false)] } } };
      assert.deepStrictEqual((await check(doks({}), { ...withdrawn, ...live() })).problems, []);
    });
  });

  describe("version", () => {
    it("refuses one that is withdrawn, with the newest patch of its minor and the others, newest first (D3)", async () => {
      const { problems } = await check(doks({ version: "1.35.4-do.0" }));
      assert.deepStrictEqual(problems, [
        'cluster.version: "1.35.4-do.0" is not on offer; take 1.35.10-do.0. On offer: 1.36.0-do.0, 1.35.10-do.0, 1.35.1-do.0, 1.34.8-do.0',
      ]);
    });

    it("does not need a withdrawn one while the cluster runs it (D3)", async () => {
      const { problems } = await check(doks({ version: "1.35.1-do.0" }), {
        ...live({ version: "1.35.1-do.0" }),
        ...offering("1.36.0-do.0"),
      });
      assert.deepStrictEqual(problems, []);
    });

    it("does not need a withdrawn one when the cluster was upgraded past it (D3)", async () => {
      const { problems } = await check(doks({ version: "1.35.9-do.0", autoUpgrade: true }), {
        ...live({ version: "1.35.10-do.0" }),
        ...offering("1.36.0-do.0"),
      });
      assert.deepStrictEqual(problems, []);
    });

    it("needs one that the cluster is to be upgraded to (D3)", async () => {
      const { problems } = await check(doks({ version: "1.36.1-do.0" }), live({ version: "1.35.1-do.0" }));
      assert.deepStrictEqual(problems, [
        'cluster.version: "1.36.1-do.0" is not on offer; take 1.36.0-do.0. On offer: 1.36.0-do.0, 1.35.10-do.0, 1.35.1-do.0, 1.34.8-do.0',
      ]);
    });
  });

  describe("what only another cluster could have", () => {
    const refused: [string, Record<string, unknown>, Record<string, unknown>, string][] = [
      [
        "another size of the default pool",
        { pool: { size: "s-4vcpu-8gb" } },
        {},
        "cluster.pool.size: the cluster flask-doks-test has s-2vcpu-4gb nodes in its default pool, which cannot be changed while it lives; set that, and add a pool of the other size under cluster.pools",
      ],
      [
        "another region",
        { region: "nyc3" },
        {},
        "cluster.region: the cluster flask-doks-test has fra1, which cannot be changed while it lives; set that, or destroy the stack first",
      ],
      [
        "another range of its network",
        { vpcCidr: "10.50.0.0/20" },
        {},
        "cluster.vpcCidr: the cluster flask-doks-test has 10.30.0.0/20, which cannot be changed while it lives; set that, or destroy the stack first",
      ],
      [
        "another range of its pods (D6)",
        { clusterSubnet: "10.52.0.0/16" },
        {},
        "cluster.clusterSubnet: the cluster flask-doks-test has 10.32.0.0/16, which cannot be changed while it lives; set that, or destroy the stack first",
      ],
      [
        "another range of its Services (D6)",
        { serviceSubnet: "10.53.0.0/20" },
        {},
        "cluster.serviceSubnet: the cluster flask-doks-test has 10.33.0.0/20, which cannot be changed while it lives; set that, or destroy the stack first",
      ],
      [
        "a control plane that is no longer highly available (D5)",
        { ha: false },
        { ha: true },
        "cluster.ha: the cluster flask-doks-test has a highly available control plane, which cannot be changed while it lives; set true",
      ],
      [
        "an older version than it has by now (D3)",
        { version: "1.35.1-do.0" },
        { version: "1.35.10-do.0" },
        "cluster.version: the cluster flask-doks-test has 1.35.10-do.0 by now and cannot go back; set that, or cluster.autoUpgrade: true",
      ],
    ];
    for (const [what, wanted, is, problem] of refused) {
      it(`is refused: ${what}`, async () => {
        const { problems } = await check(doks(wanted), live({ version: "1.35.1-do.0", ...is }));
        assert.deepStrictEqual(problems, [problem]);
      });
    }

    it("is not what the config asks for when nothing of it changed, whatever upgraded itself (D3)", async () => {
      for (const wanted of [{}, { autoUpgrade: true, version: "1.34.8-do.0" }, { ha: true }]) {
        assert.deepStrictEqual((await check(doks(wanted), live())).problems, []);
      }
    });
  });

  describe("number of nodes", () => {
    const limit = (nodes: number) => ({ "GET /v2/account": account({ droplet_limit: nodes }) });

    it("is within the account's limit, with every pool at its maximum", async () => {
      const pools = [{ name: "batch", size: "s-4vcpu-8gb", min: 1, max: 2 }];
      const config = doks({ pool: { min: 1, max: 3 }, pools });
      assert.deepStrictEqual((await check(config, limit(5))).problems, []);
      assert.deepStrictEqual((await check(config, limit(4))).problems, [
        "cluster.pools: the pools may grow to 5 nodes, the account to 4 Droplets; lower it, or ask for more at https://cloud.digitalocean.com/account/team/droplet_limit_increase",
      ]);
    });

    it("is told by the key that sets it", async () => {
      const keyOf = async (pool: object) => (await check(doks({ pool }), limit(2))).problems[0]?.split(":")[0];
      assert.deepStrictEqual(await keyOf({ min: 3 }), "cluster.pool.min");
      assert.deepStrictEqual(await keyOf({ min: 1, max: 3 }), "cluster.pool.max");
    });
  });

  describe("networks", () => {
    const native = { cluster_subnet: "10.32.0.0/16", service_subnet: "10.33.0.0/20" };
    const others = (...kubernetes_clusters: object[]) => ({
      "GET /v2/kubernetes/clusters": { body: { kubernetes_clusters } },
    });
    const vpcs = (...list: [string, string][]) => ({
      "GET /v2/vpcs": {
        body: { vpcs: list.map(([name, range]) => ({ id: `id-of-${name}`, name, ip_range: range })) },
      },
    });

    it("refuses addresses that another VPC network or VPC-native cluster of the account has (D6)", async () => {
      const { problems } = await check(doks({}), {
        ...others(cluster("flask-doks-prod", native)),
        ...vpcs(["flask-doks-prod", "10.30.0.0/20"], ["default-fra1", "10.33.4.0/24"]),
      });
      assert.deepStrictEqual(problems, [
        'cluster.vpcCidr: 10.30.0.0/20 overlaps with 10.30.0.0/20 of the VPC network "flask-doks-prod" in the account; choose another range',
        'cluster.clusterSubnet: 10.32.0.0/16 overlaps with 10.32.0.0/16 of the cluster "flask-doks-prod" in the account; choose another range',
        'cluster.serviceSubnet: 10.33.0.0/20 overlaps with 10.33.4.0/24 of the VPC network "default-fra1" in the account; choose another range',
      ]);
    });

    it("shares addresses with clusters that are not VPC-native: theirs are behind their nodes'", async () => {
      const subnets = { clusterSubnet: "10.244.0.0/16", serviceSubnet: "10.245.0.0/16" };
      assert.deepStrictEqual((await check(doks(subnets), others(cluster("old")))).problems, []);
    });

    it("does not collide with its own, on the next run or after one that was cut off", async () => {
      const own = vpcs(["flask-doks-test", "10.30.0.0/20"]);
      assert.deepStrictEqual((await check(doks({}), own)).problems, []);
      assert.deepStrictEqual((await check(doks({}), live(native))).problems, []);
    });
  });
});
