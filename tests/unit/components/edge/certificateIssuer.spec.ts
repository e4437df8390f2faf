import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { CertificateIssuer, type CertificateIssuerArgs } from "../../../../components/edge/certificateIssuer";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

const ARGS: CertificateIssuerArgs = {
  kind: "letsencrypt",
  challenge: "http01",
  selfCheck: true,
  className: "public",
  namespace: "cert-manager",
  after: [],
};
const make = (changes: Partial<CertificateIssuerArgs> = {}, name = "env", opts?: pulumi.ComponentResourceOptions) =>
  new CertificateIssuer(name, { ...ARGS, ...changes }, opts);

const DNS01 = { challenge: "dns01" } as const;
const withToken = () => make({ ...DNS01, dnsToken: pulumi.secret("the dns token") });

describe("CertificateIssuer", () => {
  for (const mode of ["update", "preview"] as const) {
    it(`is a ClusterIssuer that is named after who issues, as ${mode}`, async () => {
      const { list, get } = await deploy(() => ({ issuer: make().issuer }), { mode });
      assert.deepStrictEqual(list, [
        "flask-doks:edge:CertificateIssuer env",
        "kubernetes:cert-manager.io/v1:ClusterIssuer env-issuer",
      ]);
      assert.deepStrictEqual((get("env-issuer").inputs["metadata"] as { name: string }).name, "letsencrypt");
    });
  }

  it("asks by the Ingress class of the stack", async () => {
    const { get, outputs } = await deploy(() => ({ issuer: make({ className: pulumi.output("theirs") }).issuer }));
    assert.deepStrictEqual(get("env-issuer").inputs["spec"], {
      acme: {
        server: "https://acme-v02.api.letsencrypt.org/directory",
        privateKeySecretRef: { name: "letsencrypt-account" },
        solvers: [{ http01: { ingress: { ingressClassName: "theirs", serviceType: "ClusterIP" } } }],
      },
    });
    assert.deepStrictEqual(outputs, { issuer: "letsencrypt" });
  });

  it("keeps the token for records in a Secret of cert-manager's namespace, as a secret", async () => {
    const { get } = await deploy(withToken);
    const secret = get("env-dns-token");
    assert.deepStrictEqual(secret.secrets, ["stringData"]);
    assert.deepStrictEqual(secret.inputs["stringData"], { token: "the dns token" });
    assert.deepStrictEqual((secret.inputs["metadata"] as { namespace: string }).namespace, "cert-manager");
    const { acme } = get("env-issuer").inputs["spec"] as { acme: { solvers: unknown[] } };
    assert.deepStrictEqual(acme.solvers, [
      { dns01: { digitalocean: { tokenSecretRef: { name: "dns-token", key: "token" } } } },
    ]);
    assert.deepStrictEqual(get("env-issuer").secrets, []);
  });

  it("comes after what answers for it, and goes before it (K6, K12)", async () => {
    const { get } = await deploy(() => make({ after: [new k8s.helm.v3.Release("the-release", { chart: "x" })] }));
    assert.ok(get("env-issuer").dependencies.includes("the-release"));
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => make({ ...DNS01, dnsToken: "x" }, "env", opts))),
      byName(expected("env caller none", "env-dns-token env k8s", "env-issuer env k8s")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make({}, "one"), make({}, "two")]);
    assert.deepStrictEqual(list.length, new Set(list).size);
  });
});
