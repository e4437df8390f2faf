import assert from "node:assert/strict";
import { problemsOf, refusal } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

const behind = (changes: Record<string, unknown> = {}) =>
  app({ expose: "ingress", hosts: ["example.com"], ...changes });
const doks = (changes: Record<string, unknown>) => stack({ cluster: { kind: "doks" }, apps: [behind()], ...changes });
const shared = (changes: Record<string, unknown>) =>
  stack({ cluster: { kind: "shared", stack: "dev" }, apps: [behind()], ...changes });
const DNS01 = { challenge: "dns01", dnsToken: "dop_v1_token" };

describe("rules of the way in and its certificates", () => {
  const refused: [title: string, config: Record<string, unknown>, lines: string[], secretKeys?: string[]][] = [
    [
      "PROXY protocol on a load balancer that passes connections through (D9)",
      stack({ ingress: { proxyProtocol: true } }),
      ["ingress.proxyProtocol: works only with loadBalancer.type REGIONAL"],
    ],
    [
      "one node port for both protocols",
      stack({ ingress: { nodePorts: { http: 30443 } } }),
      ["ingress.nodePorts: http and https need a port each"],
    ],
    [
      "hosts that lead on without an Ingress",
      stack({ apps: [app({ redirect: true })] }),
      ["apps[0].redirect: is only used with expose: ingress, and expose is nodePort"],
    ],
    [
      "hosts that lead on behind somebody else's controller",
      stack({ ingress: { controller: "none", className: "x" }, apps: [behind({ redirect: true })] }),
      ["apps[0].redirect: needs an Ingress controller of this stack's own"],
    ],
    [
      "hosts that lead on to HTTPS without certificates",
      doks({ tls: { issuer: "none" }, apps: [behind({ redirect: true })] }),
      ["apps[0].redirect: leads to HTTPS, and there are no certificates"],
    ],
    [
      "nothing that leads on",
      doks({ apps: [behind({ redirect: true })] }),
      ["apps[0].redirect: needs a first host, no wildcard, and further ones that lead there"],
    ],
    [
      "an ACME issuer without its server",
      doks({ tls: { issuer: "acme" } }),
      ["tls.server: is needed with issuer: acme"],
    ],
    [
      "an authority for a server that is none of one's own",
      doks({ tls: { serverCa: "-----BEGIN CERTIFICATE-----" } }),
      ["tls.serverCa: is only used with issuer: acme"],
    ],
    [
      "proof by a record without a token",
      doks({ tls: { challenge: "dns01" } }),
      ["tls.dnsToken: is needed with challenge: dns01"],
    ],
    [
      "a token that nothing uses",
      doks({ tls: { dnsToken: "dop_v1_token" } }),
      ["tls.dnsToken: is only used with challenge: dns01"],
      ["tls"],
    ],
    [
      "a token in clear",
      doks({ tls: DNS01 }),
      ["tls.dnsToken: is in clear; set it with: pulumi config set --secret --path 'flask-doks:tls.dnsToken'"],
    ],
    [
      "a wildcard that cannot be proved by a page",
      doks({ apps: [behind({ hosts: ["*.example.com"] })] }),
      ['apps[0].hosts: "*.example.com" needs tls.challenge: dns01, for a wildcard cannot be proved otherwise'],
    ],
    [
      "an app where the issuer's namespace is",
      doks({ apps: [behind({ name: "cert-manager" })] }),
      ['apps[0].name: "cert-manager" is the namespace of what issues the certificates'],
    ],
    [
      "an issuer of one's own on a shared cluster",
      shared({ tls: { issuer: "letsencrypt" } }),
      ["tls.issuer: the stack that owns the cluster issues the certificates; leave it out, or set none"],
    ],
    [
      "a domain of one's own on a shared cluster (D11)",
      shared({ domain: "example.com" }),
      ["dns.domain: the stack that owns the cluster owns the domain; set it to existing"],
    ],
  ];
  for (const [title, config, lines, secretKeys] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(config, secretKeys), lines);
    });
  }

  const sound: [string, Record<string, unknown>, string[]?][] = [
    ["an app behind an Ingress with nothing but hosts", doks({})],
    ["no certificates", doks({ tls: { issuer: "none" }, apps: [behind({ hosts: ["*.example.com"] })] })],
    ["a wildcard that signs itself", stack({ apps: [behind({ hosts: ["*.example.com"] })] })],
    [
      "a wildcard that is proved by a record",
      doks({ tls: DNS01, apps: [behind({ hosts: ["*.example.com"] })] }),
      ["tls"],
    ],
    ["an ACME server of one's own", doks({ tls: { issuer: "acme", server: "https://acme.example.com/directory" } })],
    [
      "PROXY protocol on a regional load balancer",
      doks({ ingress: { proxyProtocol: true, loadBalancer: { type: "REGIONAL" } } }),
    ],
    ["a shared cluster's way in", shared({ domain: "example.com", dns: { domain: "existing" } })],
  ];
  for (const [title, config, secretKeys] of sound) {
    it(`let through ${title}`, async () => {
      assert.deepStrictEqual(await refusal(config, secretKeys), undefined);
    });
  }
});
