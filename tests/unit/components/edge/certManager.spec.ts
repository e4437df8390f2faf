import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { CertManager } from "../../../../components/edge/certManager";
import { IMAGES } from "../../../../lib/versions";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

const make = (name = "env", chart?: string, opts?: pulumi.ComponentResourceOptions) =>
  new CertManager(name, { chart, images: IMAGES.certManager, replicas: 1 }, opts);

describe("CertManager", () => {
  for (const mode of ["update", "preview"] as const) {
    it(`is a namespace and a Helm release, as ${mode}`, async () => {
      const { list } = await deploy(() => ({ namespace: make().namespace }), { mode });
      assert.deepStrictEqual(list, [
        "flask-doks:edge:CertManager env",
        "kubernetes:core/v1:Namespace env-namespace",
        "kubernetes:helm.sh/v3:Release env-cert-manager",
      ]);
    });
  }

  it("is installed at its pinned version under a fixed name, and waited for ten minutes (D12, K5)", async () => {
    const { get } = await deploy(() => make());
    const { values, ...inputs } = get("env-cert-manager").inputs;
    assert.deepStrictEqual(inputs, {
      chart: "cert-manager",
      version: "v1.21.2",
      repositoryOpts: { repo: "https://charts.jetstack.io" },
      name: "cert-manager",
      namespace: "cert-manager",
      timeout: 600,
      compat: "true",
    });
    assert.ok(values);
  });

  it("is awaited: nothing in its Release says otherwise (K6)", async () => {
    const { get } = await deploy(() => make());
    assert.deepStrictEqual(get("env-cert-manager").inputs["skipAwait"], undefined);
  });

  it("comes from where the config says", async () => {
    const { get } = await deploy(() => make("env", "oci://mirror.example.com/charts/cert-manager"));
    const { chart, version, repositoryOpts } = get("env-cert-manager").inputs;
    assert.deepStrictEqual(
      [chart, version, repositoryOpts],
      ["oci://mirror.example.com/charts/cert-manager", "v1.21.2", undefined],
    );
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => make("env", undefined, opts))),
      byName(expected("env caller none", "env-namespace env k8s", "env-cert-manager env k8s")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make("one"), make("two")]);
    assert.deepStrictEqual(list.length, new Set(list).size);
  });
});
