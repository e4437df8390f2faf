import assert from "node:assert/strict";
import { type CostItem, monthlyCost } from "../../../lib/cost";
import { DATABASE_NODE, type Prices, TABLE } from "../../../lib/prices";
import { MONTHLY } from "../../../local/digitalocean/catalog";
import { load } from "../../support/configs";
import { app, stack, stackFile } from "../../support/stackFiles";

const API: Prices = {
  nodes: { "s-2vcpu-4gb": 24, "s-4vcpu-8gb": 48.5 },
  registryTiers: { starter: 0, basic: 5, professional: 20 },
  source: "api",
};

const costOf = async (config: Record<string, unknown>, prices = API) => monthlyCost(await load(config), prices);

/** The items as `item: detail, min–max, source`. */
const lines = (items: CostItem[]): string[] =>
  items.map(({ item, detail, min, max, source }) => `${item}: ${detail}, ${min}–${max}, ${source}`);

const doks = (cluster: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) => ({
  cluster: { kind: "doks", ...cluster },
  registry: { kind: "external", server: "ghcr.io/team" },
  apps: [app({ expose: "loadBalancer" })],
  ...changes,
});

describe("the monthly cost of a stack", () => {
  it("of the dev stack is a small one", async () => {
    assert.deepStrictEqual(await costOf(stackFile("dev")), {
      currency: "USD",
      min: 44.5,
      max: 44.5,
      items: [
        { item: "control plane", detail: "not highly available", min: 0, max: 0, source: "table" },
        { item: 'nodes "default"', detail: "1 × s-2vcpu-4gb at 24", min: 24, max: 24, source: "api" },
        { item: 'load balancer "blog"', detail: "1 × REGIONAL_NETWORK at 15", min: 15, max: 15, source: "table" },
        { item: 'volume "blog"', detail: "5 GiB at 0.10", min: 0.5, max: 0.5, source: "table" },
        { item: "registry", detail: "tier basic", min: 5, max: 5, source: "api" },
      ],
    });
  });

  it("of a highly available stack with an autoscaled pool is a range (D5)", async () => {
    const { min, max, items } = await costOf(doks({ ha: true, pool: { min: 3, max: 6 } }));
    assert.deepStrictEqual(lines(items).slice(0, 2), [
      "control plane: highly available, 40–40, table",
      'nodes "default": 3–6 × s-2vcpu-4gb at 24, 72–144, api',
    ]);
    assert.deepStrictEqual([min, max], [127, 199]);
  });

  it("counts every pool by its own size and bounds", async () => {
    const pools = [{ name: "batch", size: "s-4vcpu-8gb", min: 1, max: 3 }];
    const { items } = await costOf(doks({ pools }));
    assert.deepStrictEqual(lines(items).slice(1, 3), [
      'nodes "default": 1 × s-2vcpu-4gb at 24, 24–24, api',
      'nodes "batch": 1–3 × s-4vcpu-8gb at 48.50, 48.5–145.5, api',
    ]);
  });

  it("counts a load balancer for each app that has its own, by type and size (D9)", async () => {
    const apps = [app({ expose: "loadBalancer" }), app({ name: "shop", expose: "loadBalancer" })];
    const ingress = { loadBalancer: { type: "REGIONAL", size: 3 } };
    const { items } = await costOf(doks({}, { apps, ingress }));
    assert.deepStrictEqual(lines(items).slice(2), [
      'load balancer "blog": 3 × REGIONAL at 12, 36–36, table',
      'load balancer "shop": 3 × REGIONAL at 12, 36–36, table',
    ]);
  });

  it("counts one load balancer for all apps behind the Ingress controller, and none without a controller", async () => {
    const config = await load(doks());
    const [first] = config.apps;
    assert.ok(first !== undefined);
    const apps = [
      { ...first, expose: "ingress" as const },
      { ...first, name: "shop", expose: "ingress" as const },
    ];
    const balancers = (controller: "nginx" | "none") =>
      lines(monthlyCost({ ...config, apps, ingress: { ...config.ingress, controller } }, API).items).slice(2);
    assert.deepStrictEqual(balancers("nginx"), ["load balancer Ingress: 1 × REGIONAL_NETWORK at 15, 15–15, table"]);
    assert.deepStrictEqual(balancers("none"), []);
  });

  it("counts a volume for each database, to the cent", async () => {
    const apps = [3, 7].map((storageGi) =>
      app({ name: `blog${storageGi}`, expose: "loadBalancer", database: { kind: "mysql", storageGi } }),
    );
    const { items, min } = await costOf(doks({}, { apps }));
    assert.deepStrictEqual(lines(items).slice(4), [
      'volume "blog3": 3 GiB at 0.10, 0.3–0.3, table',
      'volume "blog7": 7 GiB at 0.10, 0.7–0.7, table',
    ]);
    assert.deepStrictEqual(min, 55);
  });

  const managed = (changes: Record<string, unknown> = {}) => ({ kind: "managed-mysql", ...changes });
  const withApp = (changes: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    doks({}, { apps: [app({ expose: "loadBalancer", ...changes })], ...more });

  const databases: [string, Record<string, unknown>, string[]][] = [
    [
      "a database of DigitalOcean's by its node",
      { database: "managed-mysql" },
      ['database "blog": 1 × db-s-1vcpu-1gb at 15.15, 15.15–15.15, table'],
    ],
    [
      "standby nodes and read replicas of it as nodes",
      { database: managed({ size: "db-s-2vcpu-4gb", nodes: 3, readReplicas: 2 }) },
      [
        'database "blog": 3 × db-s-2vcpu-4gb at 60.90, 182.7–182.7, table',
        'read replicas "blog": 2 × db-s-2vcpu-4gb at 60.90, 121.8–121.8, table',
      ],
    ],
    [
      "a database of a size whose price nobody knows for nothing, and says so",
      { database: managed({ size: "db-s-99vcpu-1gb", readReplicas: 1 }) },
      [
        'database "blog": 1 × db-s-99vcpu-1gb, price unknown, 0–0, unknown',
        'read replicas "blog": 1 × db-s-99vcpu-1gb, price unknown, 0–0, unknown',
      ],
    ],
    [
      "further disk of it for nothing, and says so",
      { database: managed({ storageGi: 60 }) },
      [
        'database "blog": 1 × db-s-1vcpu-1gb at 15.15, 15.15–15.15, table',
        'disk of database "blog": up to 60 GiB, price unknown, 0–0, unknown',
      ],
    ],
    [
      "the database beside it that the app does not use",
      { database: "managed-mysql", spareDatabase: { kind: "mysql", storageGi: 5 } },
      [
        'database "blog": 1 × db-s-1vcpu-1gb at 15.15, 15.15–15.15, table',
        'volume "blog" (spare): 5 GiB at 0.10, 0.5–0.5, table',
      ],
    ],
    [
      "one of DigitalOcean's that the app does not use",
      { database: "mysql", spareDatabase: managed({ readReplicas: 1 }) },
      [
        'volume "blog": 10 GiB at 0.10, 1–1, table',
        'database "blog" (spare): 1 × db-s-1vcpu-1gb at 15.15, 15.15–15.15, table',
        'read replicas "blog" (spare): 1 × db-s-1vcpu-1gb at 15.15, 15.15–15.15, table',
      ],
    ],
  ];
  for (const [title, changes, expected] of databases) {
    it(`counts ${title}`, async () => {
      assert.deepStrictEqual(lines((await costOf(withApp(changes))).items).slice(3), expected);
    });
  }

  it("knows the price of every size that DigitalOcean has for databases here", () => {
    assert.deepStrictEqual(MONTHLY.database, DATABASE_NODE);
    assert.deepStrictEqual(DATABASE_NODE, {
      "db-s-1vcpu-1gb": 15.15,
      "db-s-1vcpu-2gb": 30.45,
      "db-s-2vcpu-4gb": 60.9,
      "db-s-4vcpu-8gb": 122.4,
      "db-s-6vcpu-16gb": 244.8,
    });
  });

  it("counts a volume for each cache that is kept, and nothing for one that is not", async () => {
    const kept = { kind: "redis", replicas: 3, persistence: { kind: "volume", storageGi: 4 } };
    const apps = [
      app({ expose: "loadBalancer", database: "mysql", cache: kept }),
      app({ name: "shop", expose: "loadBalancer", cache: "redis" }),
    ];
    assert.deepStrictEqual(lines((await costOf(doks({}, { apps }))).items).slice(4), [
      'volume "blog": 10 GiB at 0.10, 1–1, table',
      'volume "blog" (cache): 4 GiB at 0.10, 0.4–0.4, table',
    ]);
    const existing = await costOf(stack({ apps }));
    assert.deepStrictEqual(existing.items, []);
  });

  const key = { encryptionKey: "a-key-of-twenty-characters" };
  it("counts a volume of backups for each app with a database", async () => {
    const apps = [
      app({ expose: "loadBalancer", database: "mysql" }),
      app({ name: "shop", expose: "loadBalancer", database: "managed-mysql" }),
      app({ name: "page", expose: "loadBalancer" }),
    ];
    const config = await load(doks({}, { apps, backup: { kind: "volume", storageGi: 30, ...key } }), ["backup"]);
    assert.deepStrictEqual(
      lines(monthlyCost(config, API).items).filter((line) => line.startsWith("backups")),
      ['backups "blog": 30 GiB at 0.10, 3–3, table', 'backups "shop": 30 GiB at 0.10, 3–3, table'],
    );
  });

  it("has no word about a Space or a bucket, which are there before the stack", async () => {
    const s3 = { endpoint: "https://s3.example.com", accessKeyId: "id", secretAccessKey: "secret" };
    for (const backup of [
      { kind: "spaces", bucket: "our-backups", ...key },
      { kind: "s3", bucket: "our-backups", ...s3, ...key },
    ]) {
      const config = await load(withApp({ database: "mysql" }, { backup }), ["backup"]);
      assert.deepStrictEqual(monthlyCost(config, API), await costOf(withApp({ database: "mysql" })));
    }
  });

  it("counts the registry for the stack that makes it, and no other", async () => {
    const registry = { kind: "digitalocean", tier: "professional" };
    const own = await costOf(stack({ registry }));
    assert.deepStrictEqual(lines(own.items), ["registry: tier professional, 20–20, api"]);
    const shared = await costOf(stack({ registry: { ...registry, create: false, name: "our-images" } }));
    assert.deepStrictEqual(shared.items, []);
  });

  it("of a stack on a cluster that exists is nothing, with its volumes of backups too", async () => {
    const apps = [app({ expose: "loadBalancer", database: "mysql" })];
    const config = await load(stack({ apps, backup: { kind: "volume", ...key } }), ["backup"]);
    assert.deepStrictEqual(monthlyCost(config, API), { currency: "USD", min: 0, max: 0, items: [] });
  });

  it("of a stack on another one's cluster is what it adds there", async () => {
    const config = await load(stack({ apps: [app({ expose: "loadBalancer", database: "mysql" })] }));
    const shared = { ...config, cluster: { kind: "shared" as const, stack: "dev" } };
    assert.deepStrictEqual(lines(monthlyCost(shared, API).items), [
      'load balancer "blog": 1 × REGIONAL_NETWORK at 15, 15–15, table',
      'volume "blog": 10 GiB at 0.10, 1–1, table',
    ]);
  });

  it("leaves out a price that nobody knows, and says so", async () => {
    const { items, min, max } = await costOf(doks({ pool: { size: "x-1vcpu", min: 2 } }), TABLE);
    assert.deepStrictEqual(items[1], {
      item: 'nodes "default"',
      detail: "2 × x-1vcpu, price unknown",
      min: 0,
      max: 0,
      source: "unknown",
    });
    assert.deepStrictEqual([min, max], [15, 15]);
    const registry = await costOf(stack({ registry: { kind: "digitalocean" } }), { ...API, registryTiers: {} });
    assert.deepStrictEqual(lines(registry.items), ["registry: tier basic, price unknown, 0–0, unknown"]);
  });

  it("is plain data, as an output of the stack must be", async () => {
    const cost = await costOf(stackFile("prod"));
    assert.deepStrictEqual(JSON.parse(JSON.stringify(cost)), cost);
  });
});
