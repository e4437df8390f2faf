import assert from "node:assert/strict";
import { load, problemsOf } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

const doks = (changes: Record<string, unknown>) => ({
  apps: [app({ expose: "loadBalancer" })],
  cluster: { kind: "doks", ...changes },
});

describe("the keys of a stack", () => {
  const refused: [string, Record<string, unknown>, string[]][] = [
    ["a stack without apps", stack({ apps: [] }), ["apps: is empty"]],
    ["apps that are a group", stack({ apps: { name: "blog" } }), ['apps: {"name":"blog"} is not a list']],
    ["an app that is nothing", stack({ apps: [null] }), ["apps[0]: null is not a group of keys"]],
    ["a cluster as a bare word", stack({ cluster: "existing" }), ['cluster: "existing" is not a group of keys']],
    [
      "a cluster without its kind",
      stack({ cluster: { context: "kind-test" } }),
      ["cluster.kind: is missing: one of doks, existing, shared is needed"],
    ],
    [
      "a cluster of an unknown kind",
      stack({ cluster: { kind: "gke" } }),
      ['cluster.kind: "gke" is not one of doks, existing, shared'],
    ],
    [
      "an existing cluster without its context, which might be somebody's production",
      stack({ cluster: { kind: "existing" } }),
      ["cluster.context: is missing: a string is needed"],
    ],
    ["an empty context", stack({ cluster: { kind: "existing", context: "" } }), ["cluster.context: is empty"]],
    [
      "the latest Kubernetes version (D3)",
      doks({ version: "latest" }),
      ['cluster.version: "latest" is not a version slug such as 1.35.1-do.0 (never latest)'],
    ],
    [
      "a Kubernetes version without its patch level (D3)",
      doks({ version: "1.35" }),
      ['cluster.version: "1.35" is not a version slug such as 1.35.1-do.0 (never latest)'],
    ],
    [
      "a region with its city's name",
      doks({ region: "frankfurt" }),
      ['cluster.region: "frankfurt" is not a region slug such as fra1'],
    ],
    ["a word for a truth value", doks({ ha: "yes" }), ['cluster.ha: "yes" is not true or false']],
    ["a pool without nodes", doks({ pool: { min: 0 } }), ["cluster.pool.min: 0 is below 1"]],
    ["a pool that is too large", doks({ pool: { max: 513 } }), ["cluster.pool.max: 513 is above 512"]],
    [
      "a maintenance window at no time",
      doks({ maintenance: { day: "someday", start: "25:00" } }),
      [
        'cluster.maintenance.day: "someday" is not one of any, monday, tuesday, wednesday, thursday, friday, saturday, sunday',
        'cluster.maintenance.start: "25:00" is not a time such as 04:00',
      ],
    ],
    [
      "networks that are no address ranges",
      doks({ vpcCidr: "10.0.0.0", clusterSubnet: "pods", serviceSubnet: "" }),
      [
        'cluster.vpcCidr: "10.0.0.0" is not an address range such as 10.20.0.0/16',
        'cluster.clusterSubnet: "pods" is not an address range such as 10.20.0.0/16',
        'cluster.serviceSubnet: "" is not an address range such as 10.20.0.0/16',
      ],
    ],
    [
      "networks of addresses that there are not",
      doks({ vpcCidr: "10.0.256.0/20", clusterSubnet: "10.0.0.0/33" }),
      [
        'cluster.vpcCidr: "10.0.256.0/20" is not an address range such as 10.20.0.0/16',
        'cluster.clusterSubnet: "10.0.0.0/33" is not an address range such as 10.20.0.0/16',
      ],
    ],
    [
      "a further pool without name and size, with labels and taints that are none",
      doks({ pools: [{ min: 0, labels: { team: "a b" }, taints: ["team=a"] }] }),
      [
        "cluster.pools[0].name: is missing: a string is needed",
        "cluster.pools[0].size: is missing: a string is needed",
        "cluster.pools[0].min: 0 is below 1",
        'cluster.pools[0].labels.team: "a b" is not the value of a label',
        'cluster.pools[0].taints[0]: "team=a" is not a taint such as team=batch:NoSchedule (or PreferNoSchedule, NoExecute)',
      ],
    ],
    [
      "upgrades that are neither on nor off (D3)",
      doks({ autoUpgrade: "sometimes" }),
      ['cluster.autoUpgrade: "sometimes" is not true or false'],
    ],
    [
      "a shared cluster of no stack",
      stack({ cluster: { kind: "shared", stack: "my team" } }),
      ['cluster.stack: "my team" is not a stack such as dev or my-team/flask-doks/dev'],
    ],
    [
      "half a name of a stack",
      stack({ cluster: { kind: "shared", stack: "flask-doks/dev" } }),
      ['cluster.stack: "flask-doks/dev" is not a stack such as dev or my-team/flask-doks/dev'],
    ],
    [
      "a registry that is rotated back to nothing, in no region (D10)",
      { apps: [app({ expose: "loadBalancer" })], registry: { kind: "digitalocean", rotation: 0, region: "Frankfurt" } },
      ['registry.region: "Frankfurt" is not a region slug such as fra1', "registry.rotation: 0 is below 1"],
    ],
    [
      "a domain that is neither made nor there (D11)",
      stack({ dns: { domain: "adopt" } }),
      ['dns.domain: "adopt" is not one of create, existing'],
    ],
    [
      "a registry as a URL",
      stack({ registry: { kind: "external", server: "https://ghcr.io" } }),
      ['registry.server: "https://ghcr.io" is not a registry such as ghcr.io/my-team'],
    ],
    [
      "a registry of an unknown tier",
      { apps: [app({ expose: "loadBalancer" })], registry: { kind: "digitalocean", tier: "gold" } },
      ['registry.tier: "gold" is not one of starter, basic, professional'],
    ],
    [
      "a build for no platform and of no commit",
      stack({ build: { platform: "arm", commit: "HEAD" } }),
      ['build.platform: "arm" is not one of linux/amd64, linux/arm64', 'build.commit: "HEAD" is not a commit id'],
    ],
    [
      "a domain in capitals",
      stack({ domain: "Example.com" }),
      ['domain: "Example.com" is not a host name in small letters, such as www.example.com'],
    ],
    [
      "images for backups without a registry, and the latest ones (D13)",
      stack({ images: { restic: "restic:0.18.1", tools: "docker.io/library/python:latest" } }),
      [
        'images.restic: "restic:0.18.1" is not an image reference with its registry and a version, such as docker.io/library/mysql:8.4 (never latest)',
        'images.tools: "docker.io/library/python:latest" is not an image reference with its registry and a version, such as docker.io/library/mysql:8.4 (never latest)',
      ],
    ],
    [
      "images for what stands before an app and beside it without a registry, and the latest ones (D13)",
      stack({ images: { redis: "redis:8.10.2-alpine", nginx: "docker.io/nginxinc/nginx-unprivileged:latest" } }),
      [
        'images.redis: "redis:8.10.2-alpine" is not an image reference with its registry and a version, such as docker.io/library/mysql:8.4 (never latest)',
        'images.nginx: "docker.io/nginxinc/nginx-unprivileged:latest" is not an image reference with its registry and a version, such as docker.io/library/mysql:8.4 (never latest)',
      ],
    ],
    ["records that live too short", stack({ dns: { ttlSeconds: 29 } }), ["dns.ttlSeconds: 29 is below 30"]],
    [
      "a load balancer of a type that DigitalOcean does not have (D9)",
      stack({ ingress: { loadBalancer: { type: "GLOBAL", size: 201 } } }),
      [
        'ingress.loadBalancer.type: "GLOBAL" is not one of REGIONAL_NETWORK, REGIONAL',
        "ingress.loadBalancer.size: 201 is above 200",
      ],
    ],
    [
      "an issuer, address and server that are none",
      stack({ tls: { issuer: "letsencrypt-prod", email: "ops", server: "acme" } }),
      [
        'tls.issuer: "letsencrypt-prod" is not one of letsencrypt, letsencrypt-staging, acme, self-signed, none',
        'tls.email: "ops" is not an e-mail address',
        'tls.server: "acme" is not a URL',
      ],
    ],
    ["a word in place of a group", stack({ build: "fast" }), ['build: "fast" is not a group of keys']],
    [
      "a policy for data that does not exist",
      stack({ dataPolicy: "keep" }),
      ['dataPolicy: "keep" is not one of retain, delete'],
    ],
    ["a key that nothing comes near", stack({ zzzzzzzz: {} }), ["zzzzzzzz: unknown key"]],
  ];
  for (const [title, config, lines] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(config), lines);
    });
  }

  it("name every unknown key at any depth, with the known one that is nearest", async () => {
    const config = stack({
      clustr: {},
      build: { comit: "1234567" },
      apps: [app({ replica: 2, database: { kind: "mysql", storagegi: 1 }, resources: { request: {} } })],
    });
    assert.deepStrictEqual((await problemsOf(config)).sort(), [
      "apps[0].database.storagegi: unknown key; did you mean storageGi?",
      "apps[0].replica: unknown key; did you mean replicas?",
      "apps[0].resources.request: unknown key; did you mean requests?",
      "build.comit: unknown key; did you mean commit?",
      "clustr: unknown key; did you mean cluster?",
    ]);
  });

  it("keep what the stack file says", async () => {
    const { cluster, registry, build, images } = await load({
      ...doks({
        region: "ams3",
        version: "1.34.2-do.1",
        ha: true,
        pool: { min: 2, max: 5 },
        pools: [{ name: "batch", size: "c-4", labels: { team: 7 }, taints: ["team=batch:NoSchedule"] }],
      }),
      registry: { kind: "digitalocean", name: "my-team", create: false, rotation: 3 },
      build: { platform: "linux/arm64", commit: "0123abc" },
      images: { mysql: "mirror.example.com/mysql:8.4.11" },
    });
    assert.deepStrictEqual(cluster.kind === "doks" && [cluster.region, cluster.version, cluster.ha, cluster.pool], [
      "ams3",
      "1.34.2-do.1",
      true,
      { size: "s-2vcpu-4gb", min: 2, max: 5 },
    ]);
    assert.deepStrictEqual(cluster.kind === "doks" && cluster.pools, [
      {
        name: "batch",
        size: "c-4",
        min: 1,
        labels: { team: "7" },
        taints: [{ key: "team", value: "batch", effect: "NoSchedule" }],
      },
    ]);
    assert.deepStrictEqual(registry, {
      kind: "digitalocean",
      create: false,
      name: "my-team",
      tier: "basic",
      rotation: 3,
    });
    assert.deepStrictEqual(build, { platform: "linux/arm64", commit: "0123abc" });
    assert.deepStrictEqual(images.mysql, "mirror.example.com/mysql:8.4.11");
  });
});
