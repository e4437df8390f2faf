import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { SharedCluster } from "../../../../components/cluster/sharedCluster";
import { expected, heirs, byName } from "../../../support/heirs";
import { attempt, deploy } from "../../../support/mocks";

const share = (stack: string, name = "env", opts?: pulumi.ComponentResourceOptions) =>
  new SharedCluster(name, { stack }, opts);

describe("SharedCluster", () => {
  for (const mode of ["update", "preview"] as const) {
    it(`makes a provider of its own from the other stack's outputs and nothing else, as ${mode}`, async () => {
      const { list, get, outputs } = await deploy(() => ({ id: share("dev").id }), {
        mode,
      });
      assert.deepStrictEqual(list, [
        "flask-doks:cluster:SharedCluster env",
        "pulumi:providers:kubernetes env-kubernetes",
      ]);
      assert.deepStrictEqual(get("env-kubernetes").inputs, {
        kubeconfig: "the shared kubeconfig",
        clusterIdentifier: "the-shared-id",
        enableServerSideApply: "true",
        enableSecretMutable: "true",
      });
      assert.deepStrictEqual(outputs, { id: "the-shared-id" });
    });
  }

  it("keeps the kubeconfig a secret (D1)", async () => {
    const { get } = await deploy(() => share("dev"));
    assert.deepStrictEqual(get("env-kubernetes").secrets.includes("kubeconfig"), true);
  });

  it("takes the full name of a stack as it is", async () => {
    const { get } = await deploy(() => share("organization/flask-doks/dev"));
    assert.deepStrictEqual(get("env-kubernetes").inputs["clusterIdentifier"], "the-shared-id");
  });

  it("tells the other stack's way in, which Ingress objects and certificates go by", async () => {
    const { outputs } = await deploy(() => {
      const { className, namespace, address, issuer } = share("dev").edge({ https: true });
      return { className, namespace, address, issuer };
    });
    assert.deepStrictEqual(outputs, {
      className: "theirs",
      namespace: "their-ingress",
      address: { ip: "203.0.113.8" },
      issuer: "letsencrypt",
    });
  });

  it("says in a sentence that the other stack has no way in", async () => {
    const { error } = await attempt(() => share("edgeless").edge({ https: true }));
    assert.match(
      String(error?.message),
      /the stack organization\/flask-doks\/edgeless has no Ingress controller; give it/,
    );
  });

  it("hands parent and protect down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => share("dev", "env", opts))),
      expected("env caller none", "env-kubernetes env none"),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [share("dev", "one"), share("dev", "two")]);
    assert.deepStrictEqual([list.length, new Set(list).size], [4, 4]);
  });
});
