import assert from "node:assert/strict";
import { type IssuerSettings, issuerSpec } from "../../../lib/issuerSpec";

const SETTINGS: IssuerSettings = { kind: "letsencrypt", challenge: "http01", selfCheck: true, className: "public" };
const HTTP01 = { http01: { ingress: { ingressClassName: "public", serviceType: "ClusterIP" } } };

interface Acme {
  acme: { server: string; email?: string; caBundle?: string; privateKeySecretRef: object; solvers: unknown[] };
}
const acme = (changes: Partial<IssuerSettings> = {}) =>
  (issuerSpec({ ...SETTINGS, ...changes }) as unknown as Acme).acme;

describe("the spec of an issuer", () => {
  it("is that of one who signs itself", () => {
    assert.deepStrictEqual(issuerSpec({ ...SETTINGS, kind: "self-signed" }), { selfSigned: {} });
  });

  for (const [kind, server] of [
    ["letsencrypt", "https://acme-v02.api.letsencrypt.org/directory"],
    ["letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory"],
  ] as const) {
    it(`leads to ${kind}, with an account's key of its own and no e-mail address`, () => {
      assert.deepStrictEqual(acme({ kind }), {
        server,
        privateKeySecretRef: { name: `${kind}-account` },
        solvers: [HTTP01],
      });
    });
  }

  it("leads to an ACME server of one's own, whose authority it is told", () => {
    const { server, caBundle } = acme({ kind: "acme", server: "https://acme.example.com/dir", serverCa: "the PEM" });
    assert.deepStrictEqual([server, caBundle], ["https://acme.example.com/dir", "dGhlIFBFTQ=="]);
  });

  it("gives an e-mail address where there is one", () => {
    assert.deepStrictEqual(acme({ email: "ops@example.com" }).email, "ops@example.com");
  });

  it("has cert-manager look at the page before the issuer does, as the defaults of the load balancer allow (D9)", () => {
    assert.deepStrictEqual(acme().solvers, [HTTP01]);
  });

  it("waits instead where the page cannot be looked at from within, beside the solver and not in it (K3)", () => {
    assert.deepStrictEqual(acme({ selfCheck: false }).solvers, [{ ...HTTP01, waitInsteadOfSelfCheck: "15s" }]);
  });

  it("proves by a record with the token of a Secret, which gives wildcards (K3)", () => {
    assert.deepStrictEqual(acme({ challenge: "dns01", dnsTokenSecret: "dns-token" }).solvers, [
      { dns01: { digitalocean: { tokenSecretRef: { name: "dns-token", key: "token" } } } },
    ]);
  });
});
