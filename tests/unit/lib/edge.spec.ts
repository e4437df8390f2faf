import assert from "node:assert/strict";
import { edgeGraceSeconds, edgeReplicas, isHttps, issuerOf } from "../../../lib/edge";
import { edgePlan } from "../../../lib/edgePlan";
import { load } from "../../support/configs";
import { app, stack } from "../../support/stackFiles";

const behind = app({ expose: "ingress", hosts: ["example.com"] });
const doks = (changes: Record<string, unknown> = {}) =>
  load(stack({ cluster: { kind: "doks" }, apps: [behind], ...changes }));

describe("the way in that a config means", () => {
  const issuers: [string, Record<string, unknown>, string, boolean][] = [
    ["Let's Encrypt on DigitalOcean", stack({ cluster: { kind: "doks" }, apps: [behind] }), "letsencrypt", true],
    ["cert-manager itself on a cluster that exists", stack({ apps: [behind] }), "self-signed", true],
    [
      "nobody behind somebody else's controller",
      stack({ ingress: { controller: "none", className: "x" }, apps: [behind] }),
      "none",
      false,
    ],
    [
      "the other stack's issuer on a shared cluster",
      stack({ cluster: { kind: "shared", stack: "dev" }, apps: [behind] }),
      "none",
      true,
    ],
    ["nobody where the config says so", stack({ tls: { issuer: "none" }, apps: [behind] }), "none", false],
    [
      "whoever the config says",
      stack({ tls: { issuer: "letsencrypt-staging" }, apps: [behind] }),
      "letsencrypt-staging",
      true,
    ],
  ];
  for (const [title, config, issuer, https] of issuers) {
    it(`has its certificates from ${title}`, async () => {
      const loaded = await load(config);
      assert.deepStrictEqual([issuerOf(loaded), isHttps(loaded)], [issuer, https]);
    });
  }

  it("has two pods of each part where there are nodes for them, and else one (K2)", async () => {
    const replicas = async (cluster: object, ingress = {}) =>
      edgeReplicas(await load(stack({ cluster: { kind: "doks", ...cluster }, ingress, apps: [behind] })));
    assert.deepStrictEqual(
      [await replicas({}), await replicas({ pool: { min: 3 } }), await replicas({}, { replicas: 5 })],
      [1, 2, 5],
    );
  });

  it("gives requests a minute to end in production, and ten seconds elsewhere (K2b)", async () => {
    const seconds = async (changes: object) => edgeGraceSeconds(await doks(changes as Record<string, unknown>));
    assert.deepStrictEqual(
      [
        await seconds({ dataPolicy: "retain" }),
        await seconds({ dataPolicy: "delete" }),
        await seconds({ ingress: { graceSeconds: 30 } }),
      ],
      [60, 10, 30],
    );
  });

  it("has a load balancer of the environment's on DigitalOcean, and ports of the nodes elsewhere", async () => {
    assert.deepStrictEqual(edgePlan(await doks(), "env").controller?.wayIn, {
      kind: "loadBalancer",
      name: "env-ingress",
      type: "REGIONAL_NETWORK",
      sizeUnit: 1,
      ipv6: false,
    });
    assert.deepStrictEqual(edgePlan(await load(stack({ apps: [behind] })), "env").controller?.wayIn, {
      kind: "nodePort",
      http: 30080,
      https: 30443,
    });
  });

  it("leads further hosts on to the first one where the app says so, and no wildcard", async () => {
    const hosts = ["example.com", "www.example.com", "*.example.com"];
    const dns = { challenge: "dns01", dnsToken: "dop_v1_token" };
    const config = stack({
      cluster: { kind: "doks" },
      tls: dns,
      apps: [
        { ...behind, hosts, redirect: true },
        app({ name: "shop", expose: "ingress", hosts: ["a.test", "b.test"] }),
      ],
    });
    const plan = edgePlan(await load(config, ["tls"]), "env");
    assert.deepStrictEqual(plan.controller?.redirects, [{ from: "www.example.com", to: "example.com" }]);
  });

  it("tells browsers to insist on HTTPS only with certificates that they trust", async () => {
    const hsts = async (tls: object) => edgePlan(await doks({ tls }), "env").controller?.hsts;
    assert.deepStrictEqual(
      [await hsts({}), await hsts({ issuer: "letsencrypt-staging" }), await hsts({ issuer: "self-signed" })],
      [true, false, false],
    );
  });

  it("does without the self-check behind PROXY protocol (K3)", async () => {
    const ingress = { proxyProtocol: true, loadBalancer: { type: "REGIONAL" } };
    assert.deepStrictEqual(
      [edgePlan(await doks(), "env").issuer?.selfCheck, edgePlan(await doks({ ingress }), "env").issuer?.selfCheck],
      [true, false],
    );
  });

  it("has no controller of its own where there is one already, and certificates only on demand", async () => {
    const ingress = { controller: "none", className: "theirs" };
    const { className, controller, issuer } = edgePlan(await doks({ ingress }), "env");
    assert.deepStrictEqual([className, controller, issuer], ["theirs", undefined, undefined]);
    const asked = edgePlan(await doks({ ingress, tls: { issuer: "letsencrypt" } }), "env");
    assert.deepStrictEqual([asked.controller, asked.issuer?.kind], [undefined, "letsencrypt"]);
  });
});
