import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { sharedOutput } from "../../../lib/stackOutput";

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
