import assert from "node:assert/strict";
import { PLANNED } from "../../../../lib/schema/checks";
import { problemsOf, refusal } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

type Case = [title: string, config: Record<string, unknown>, lines: string[], secretKeys?: string[]];

/** An app behind a controller that is there already. */
const behindIngress = (changes: Record<string, unknown> = {}) =>
  app({ expose: "ingress", hosts: ["example.com"], ...changes });

const ownController = { controller: "none", className: "nginx" };
const planned = (what: string) => `${what} is planned but not built in this version`;

describe("rules that span several keys", () => {
  const refused: Case[] = [
    [
      "two apps of one name",
      stack({ apps: [app(), app({ name: "shop" }), app()] }),
      ['apps[2].name: "blog" is the name of apps[0] too'],
    ],
    [
      "two apps on one node port",
      stack({ apps: [app({ nodePort: 30080 }), app({ name: "shop", nodePort: 30080 })] }),
      ["apps[1].nodePort: 30080 is taken by apps[0]"],
    ],
    [
      "a host of two apps",
      stack({ ingress: ownController, apps: [behindIngress(), behindIngress({ name: "shop" })] }),
      ['apps[1].hosts: "example.com" is listed twice'],
    ],
    [
      "a host that an app lists twice",
      stack({ ingress: ownController, apps: [behindIngress({ hosts: ["a.example.com", "a.example.com"] })] }),
      ['apps[0].hosts: "a.example.com" is listed twice'],
    ],
    [
      "an app behind an Ingress without a host",
      stack({ ingress: ownController, apps: [behindIngress({ hosts: [] })] }),
      ["apps[0].hosts: at least one host is needed with expose: ingress"],
    ],
    [
      "an app behind an Ingress without a controller",
      stack({ ingress: { controller: "none" }, apps: [behindIngress()] }),
      ["apps[0].expose: ingress needs ingress.controller, or ingress.className of a controller that is there"],
    ],
    [
      "a node port on DigitalOcean",
      stack({ cluster: { kind: "doks" } }),
      ["apps[0].expose: nodePort is for cluster.kind: existing; DigitalOcean's nodes let no request in"],
    ],
    [
      "a migration without a database",
      stack({ apps: [app({ migrate: ["flask", "db", "upgrade"] })] }),
      ["apps[0].migrate: there is no database to migrate"],
    ],
    [
      "Let's Encrypt without an address to write to",
      stack({ tls: { issuer: "letsencrypt-staging" } }),
      ["tls.email: is needed with issuer: letsencrypt-staging", `tls.issuer: ${planned("letsencrypt-staging")}`],
    ],
    [
      "an ACME issuer without its server",
      stack({ tls: { issuer: "acme" } }),
      ["tls.server: is needed with issuer: acme", `tls.issuer: ${planned("acme")}`],
    ],
    [
      "PROXY protocol on a load balancer that passes connections through (D9)",
      stack({ ingress: { proxyProtocol: true } }),
      ["ingress.proxyProtocol: works only with loadBalancer.type REGIONAL"],
    ],
    [
      "a pool that is smaller at full load",
      stack({ cluster: { kind: "doks", pool: { min: 3, max: 2 } }, apps: [app({ expose: "loadBalancer" })] }),
      ["cluster.pool.max: is below min"],
    ],
    [
      "a registry's user without a password",
      stack({ registry: { kind: "external", server: "ghcr.io/team", username: "bot" } }),
      ["registry: username and password go together"],
    ],
    [
      "a registry's password without a user",
      stack({ registry: { kind: "external", server: "ghcr.io/team", password: "p4ssword" } }),
      ["registry: username and password go together"],
      ["registry"],
    ],
  ];
  for (const [title, config, lines, secretKeys] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(config, secretKeys), lines);
    });
  }

  const sound: [string, Record<string, unknown>, string[]?][] = [
    ["apps without a node port of their own", stack({ apps: [app(), app({ name: "shop" })] })],
    [
      "PROXY protocol on a regional load balancer",
      {
        ...stack(),
        ingress: { proxyProtocol: true, loadBalancer: { type: "REGIONAL" } },
      },
    ],
    ["an app behind a controller that is there", stack({ ingress: ownController, apps: [behindIngress()] })],
    ["a migration of a database", stack({ apps: [app({ migrate: ["flask"], database: "mysql" })] })],
    [
      "a registry with a user and a password",
      stack({ registry: { kind: "external", server: "ghcr.io/team", username: "bot", password: "p4ssword" } }),
      ["registry"],
    ],
  ];
  for (const [title, config, secretKeys] of sound) {
    it(`let through ${title}`, async () => {
      assert.deepStrictEqual(await refusal(config, secretKeys), undefined);
    });
  }
});

describe("what is planned and not built", () => {
  const managed = app({ database: "managed-mysql" });
  const refused: Case[] = [
    [
      "a shared cluster",
      stack({ cluster: { kind: "shared", stack: "dev" } }),
      [
        "apps[0].expose: nodePort is for cluster.kind: existing; DigitalOcean's nodes let no request in",
        `cluster: ${planned("kind: shared")}`,
      ],
    ],
    ["a domain's records", stack({ domain: "example.com" }), [`domain: ${planned("writing DNS records")}`]],
    ["certificates", stack({ tls: { issuer: "self-signed" } }), [`tls.issuer: ${planned("self-signed")}`]],
    ["backups", stack({ backup: { target: "spaces" } }), [`backup.target: ${planned("spaces")}`]],
    ["log collection", stack({ logging: { kind: "efk" } }), [`logging: ${planned("efk")}`]],
    ["metrics", stack({ monitoring: { kind: "prometheus" } }), [`monitoring: ${planned("prometheus")}`]],
    [
      "the nginx controller",
      stack({ apps: [behindIngress()] }),
      [`apps[0].expose: ${planned("ingress through nginx")}`],
    ],
    [
      "the Traefik controller",
      stack({ ingress: { controller: "traefik" }, apps: [behindIngress()] }),
      [`apps[0].expose: ${planned("ingress through traefik")}`],
    ],
    ["a managed database", stack({ apps: [managed] }), [`apps[0].database: ${planned("managed-mysql")}`]],
    ["a cache", stack({ apps: [app({ cache: "redis" })] }), [`apps[0].cache: ${planned("redis")}`]],
    ["uWSGI", stack({ apps: [app({ server: "uwsgi" })] }), [`apps[0].server: ${planned("uwsgi")}`]],
    ["a proxy in the pod", stack({ apps: [app({ proxy: "nginx" })] }), [`apps[0].proxy: ${planned("nginx")}`]],
  ];
  for (const [title, config, lines] of refused) {
    it(`is refused, not ignored: ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(config), lines);
    });
  }

  it("is listed in the reference, part for part", () => {
    assert.deepStrictEqual(PLANNED, [
      "`cluster.kind: shared`",
      "`domain` and `dns`",
      "`ingress.controller` and apps behind it",
      "`tls.issuer`",
      "`backup`",
      "`logging`",
      "`monitoring`",
      "`database.kind: managed-mysql`",
      "`cache`",
      "`server: uwsgi`",
      "`proxy: nginx`",
    ]);
  });
});
