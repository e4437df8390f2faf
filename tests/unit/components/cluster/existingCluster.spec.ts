import assert from "node:assert/strict";
import { ExistingCluster } from "../../../../components/cluster/existingCluster";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

describe("ExistingCluster", () => {
  it("creates a provider and nothing in the cluster", async () => {
    const { list } = await deploy(() => new ExistingCluster("env", { context: "kind-test" }));
    assert.deepStrictEqual(list, [
      "flask-doks:cluster:ExistingCluster env",
      "pulumi:providers:kubernetes env-kubernetes",
    ]);
  });

  it("names the context, and pins the cluster by it, so that a moved kubeconfig replaces nothing (D2)", async () => {
    const { get } = await deploy(() => new ExistingCluster("env", { context: "kind-test" }));
    assert.deepStrictEqual(get("env-kubernetes").inputs, {
      context: "kind-test",
      clusterIdentifier: "kind-test",
      enableServerSideApply: "true",
      enableSecretMutable: "true",
    });
  });

  it("reads the kubeconfig that it is given", async () => {
    const { get } = await deploy(() => new ExistingCluster("env", { context: "kind-test", kubeconfig: "/tmp/config" }));
    assert.deepStrictEqual(get("env-kubernetes").inputs["kubeconfig"], "/tmp/config");
  });

  it("hands parent and protect down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new ExistingCluster("env", { context: "kind-test" }, opts))),
      expected("env caller none", "env-kubernetes env none"),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [
      new ExistingCluster("one", { context: "kind-one" }),
      new ExistingCluster("two", { context: "kind-two" }),
    ]);
    assert.deepStrictEqual([list.length, new Set(list).size], [4, 4]);
  });
});
