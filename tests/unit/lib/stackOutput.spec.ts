import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { sharedEdge, sharedOutput } from "../../../lib/stackOutput";

describe("an output of the stack whose cluster is shared", () => {
  it("is the text that it is", () => {
    assert.deepStrictEqual(sharedOutput("organization/flask-doks/dev", "clusterId", "4711"), "4711");
  });

  for (const value of [undefined, "", 7] as const) {
    it(`is missed in a sentence when it is ${String(value)}`, () => {
      assert.throws(
        () => sharedOutput("organization/flask-doks/local", "kubeconfig", value),
        new pulumi.RunError(
          'cluster.stack: the stack organization/flask-doks/local has no output "kubeconfig"; deploy it first, with a cluster of kind doks',
        ),
      );
    });
  }
});

describe("the way in of the stack whose cluster is shared", () => {
  it("is what it says", () => {
    const edge = { className: "public", namespace: "ingress", issuer: "letsencrypt", address: { ip: "203.0.113.7" } };
    assert.deepStrictEqual(sharedEdge("organization/flask-doks/dev", edge), edge);
  });

  it("is missed in a sentence where the stack has none", () => {
    assert.throws(
      () => sharedEdge("organization/flask-doks/dev", undefined),
      new pulumi.RunError(
        "cluster.stack: the stack organization/flask-doks/dev has no Ingress controller; give it an app with expose: ingress, " +
          'or expose this one with "loadBalancer"',
      ),
    );
  });
});
