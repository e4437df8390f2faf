import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { Edge, type EdgeArgs } from "../../../../components/edge/edge";
import { IMAGES } from "../../../../lib/versions";
import { byName, expected, heirs } from "../../../support/heirs";
import { CONTROLLER_ARGS } from "../../../support/ingressController";
import { deploy, type DeployOptions } from "../../../support/mocks";

const ARGS: EdgeArgs = {
  className: "public",
  namespace: "ingress",
  replicas: 1,
  controller: CONTROLLER_ARGS,
  issuer: { kind: "letsencrypt", challenge: "http01", selfCheck: true },
  certManagerImages: IMAGES.certManager,
};
const make = (changes: Partial<EdgeArgs> = {}, name = "env", opts?: pulumi.ComponentResourceOptions) =>
  new Edge(name, { ...ARGS, ...changes }, opts);

const create = (changes: Partial<EdgeArgs> = {}, options: DeployOptions = {}) =>
  deploy(() => {
    const { className, namespace, address, issuer } = make(changes);
    return { className, namespace, address, issuer };
  }, options);

const CONTROLLER = [
  "flask-doks:edge:IngressController env",
  "flask-doks:edge:LoadBalancer env",
  "kubernetes:core/v1:Namespace env-namespace",
  "kubernetes:core/v1:Service env-service",
  "kubernetes:helm.sh/v3:Release env-nginx",
  "kubernetes:networking.k8s.io/v1:IngressClass env-class",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy env-allow-requests",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy env-deny-all",
];
const CERTIFICATES = [
  "flask-doks:edge:CertManager env-certificates",
  "flask-doks:edge:CertificateIssuer env",
  "kubernetes:cert-manager.io/v1:ClusterIssuer env-issuer",
  "kubernetes:core/v1:Namespace env-certificates-namespace",
  "kubernetes:helm.sh/v3:Release env-certificates-cert-manager",
];

describe("Edge", () => {
  for (const mode of ["update", "preview"] as const) {
    it(`is a controller, and what issues certificates, as ${mode}`, async () => {
      const { list } = await create({}, { mode });
      assert.deepStrictEqual(list, ["flask-doks:edge:Edge env", ...CONTROLLER, ...CERTIFICATES].sort());
    });
  }

  it("tells all that the apps behind it have to know", async () => {
    const { outputs } = await create();
    assert.deepStrictEqual(outputs, {
      className: "public",
      namespace: "ingress",
      address: { ip: "203.0.113.7" },
      issuer: "letsencrypt",
    });
  });

  it("is a controller alone where nobody issues certificates", async () => {
    const { list, outputs } = await create({ issuer: undefined });
    assert.deepStrictEqual(list, ["flask-doks:edge:Edge env", ...CONTROLLER].sort());
    assert.deepStrictEqual(outputs["issuer"], undefined);
  });

  it("is what issues certificates alone where a controller is there, whose class the issuer asks by", async () => {
    const { list, get, outputs } = await create({ controller: undefined, className: "theirs" });
    assert.deepStrictEqual(list, ["flask-doks:edge:Edge env", ...CERTIFICATES].sort());
    const { acme } = get("env-issuer").inputs["spec"] as { acme: { solvers: object[] } };
    assert.deepStrictEqual(acme.solvers, [
      { http01: { ingress: { ingressClassName: "theirs", serviceType: "ClusterIP" } } },
    ]);
    assert.deepStrictEqual([outputs["className"], outputs["address"]], ["theirs", undefined]);
  });

  it("makes the issuer when cert-manager answers, and takes it away before that goes (K6, K12)", async () => {
    const { waitsFor } = await create();
    assert.deepStrictEqual(waitsFor("env-issuer", "env-certificates-cert-manager"), true);
  });

  it("installs the controller and cert-manager side by side", async () => {
    const { get } = await create({}, { slow: "env-nginx" });
    assert.ok(get("env-certificates-cert-manager").askedAt < get("env-nginx").readyAt);
  });

  it("hands parent, protect and provider down (P2)", async () => {
    const all = await heirs((opts) => make({ controller: undefined }, "env", opts));
    assert.deepStrictEqual(
      byName(all),
      byName(
        expected(
          "env caller none",
          "env-certificates env none",
          "env-certificates-namespace env-certificates k8s",
          "env-certificates-cert-manager env-certificates k8s",
          "env env none",
          "env-issuer env k8s",
        ),
      ),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make({}, "one"), make({}, "two")]);
    assert.deepStrictEqual(list.length, new Set(list).size);
  });
});
