import assert from "node:assert/strict";
import * as proxy from "@pulumi/policy/proxy";
import { at, plain, UNKNOWN } from "../../../policy/subject";

const { unknownCheckingProxy, unknownStringValue } = proxy as unknown as {
  unknownCheckingProxy: (value: unknown) => unknown;
  unknownStringValue: string;
};

describe("the copy of inputs that rules look at", () => {
  it("marks what the policy SDK would throw at its reader for, at any depth", () => {
    const inputs = {
      image: unknownStringValue,
      list: [1, unknownStringValue],
      group: { deep: unknownStringValue, a: 1 },
    };
    assert.deepStrictEqual(plain(unknownCheckingProxy(inputs)), {
      image: UNKNOWN,
      list: [1, UNKNOWN],
      group: { deep: UNKNOWN, a: 1 },
    });
  });

  it("marks what the SDK's own recorder calls unknown", () => {
    assert.deepStrictEqual(plain({ host: { __pulumiUnknown: true } }), { host: UNKNOWN });
  });

  it("takes secrets as they are in clear, marked or not", () => {
    const marked = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value: { deep: ["hunter2"] },
    };
    assert.deepStrictEqual(plain({ data: marked, other: "hunter2" }), {
      data: { deep: ["hunter2"] },
      other: "hunter2",
    });
  });

  it("passes any other failure on", () => {
    const failing = new Proxy(
      { a: 1 },
      {
        get: () => {
          throw new Error("the inputs are gone");
        },
      },
    );
    assert.throws(() => plain(failing), { message: "the inputs are gone" });
  });
});

describe("a path in the inputs", () => {
  it("leads to a value, to nothing, or to what cannot be known", () => {
    const inputs = { spec: { replicas: 2, template: UNKNOWN } };
    assert.deepStrictEqual(at(inputs, "spec", "replicas"), 2);
    assert.deepStrictEqual(at(inputs, "spec", "selector", "matchLabels"), undefined);
    assert.deepStrictEqual(at(inputs, "spec", "template", "spec", "containers"), UNKNOWN);
  });
});
