import { deepStrictEqual, strictEqual } from "node:assert";
import * as values from "../../../../local/providers/values";
import { Secret, UNKNOWN } from "../../../../local/providers/values";

describe("Values of the provider protocol", () => {
  it("come back from the wire as they were, secrets and unknowns included", () => {
    const bag: values.Values = {
      a: [1, "x", true, null],
      s: new Secret({ b: "y" }),
      u: UNKNOWN,
      deep: { u: [UNKNOWN] },
    };
    deepStrictEqual(values.fromStruct(values.toStruct(bag)), bag);
  });
  it("read an output value with no value as unknown, and a secret one as secret", () => {
    const output = { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4" };
    strictEqual(values.fromWire(output), UNKNOWN);
    deepStrictEqual(values.fromWire({ ...output, value: "x", secret: true }), new Secret("x"));
  });
  it("mark in the outputs what was secret in the inputs", () => {
    const inputs = { data: { password: new Secret("x"), user: "u" }, list: [new Secret("y")] };
    const marked = values.markSecrets({ data: { password: "x", user: "u" }, list: ["y"], other: "z" }, inputs);
    deepStrictEqual(marked, {
      data: { password: new Secret("x"), user: "u" },
      list: new Secret(["y"]),
      other: "z",
    });
  });
  it("are found by path, quoted keys and list places included", () => {
    deepStrictEqual(values.pathSteps('metadata.annotations["a.b/c"][0].x'), [
      "metadata",
      "annotations",
      "a.b/c",
      0,
      "x",
    ]);
    strictEqual(values.joinPath("data", "a.b"), 'data["a.b"]');
    strictEqual(values.contains("spec.containers[*].image", "spec.containers[3].image"), true);
    strictEqual(values.contains("spec.replicas", "spec"), false);
  });
});
