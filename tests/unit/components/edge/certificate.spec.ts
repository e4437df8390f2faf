import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { Certificate, type CertificateArgs } from "../../../../components/edge/certificate";
import { expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

const ARGS: CertificateArgs = {
  app: "blog",
  namespace: "blog",
  hosts: ["example.com", "www.example.com"],
  issuer: "letsencrypt",
  after: [],
};
const make = (changes: Partial<CertificateArgs> = {}, name = "blog", opts?: pulumi.ComponentResourceOptions) =>
  new Certificate(name, { ...ARGS, ...changes }, opts);

describe("Certificate", () => {
  for (const mode of ["update", "preview"] as const) {
    it(`is one object for all hosts of an app, as ${mode}`, async () => {
      const { list, get } = await deploy(() => ({ secretName: make().secretName }), { mode });
      assert.deepStrictEqual(list, [
        "flask-doks:edge:Certificate blog",
        "kubernetes:cert-manager.io/v1:Certificate blog-certificate",
      ]);
      assert.deepStrictEqual(get("blog-certificate").inputs["spec"], {
        secretName: "blog-tls",
        dnsNames: ["example.com", "www.example.com"],
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "letsencrypt" },
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        usages: ["digital signature", "server auth"],
        revisionHistoryLimit: 2,
      });
    });
  }

  it("tells the Secret that the app's Ingress names", async () => {
    const { outputs } = await deploy(() => ({ secretName: make().secretName }));
    assert.deepStrictEqual(outputs, { secretName: "blog-tls" });
  });

  it("is asked for when the hosts' records are there (D11)", async () => {
    const { get } = await deploy(() => make({ after: [new k8s.core.v1.ConfigMap("the-record")] }));
    assert.ok(get("blog-certificate").dependencies.includes("the-record"));
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      await heirs((opts) => make({}, "blog", opts)),
      expected("blog caller none", "blog-certificate blog k8s"),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make({}, "one"), make({}, "two")]);
    assert.deepStrictEqual(list.length, new Set(list).size);
  });
});
