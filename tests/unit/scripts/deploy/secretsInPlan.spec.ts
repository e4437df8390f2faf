import assert from "node:assert/strict";
import { asTheProviderHasThem } from "../../../../scripts/deploy/secretsInPlan";

const UNKNOWN = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };

/** A plan of one resource, with what changes of its inputs. */
const plan = (type: string, inputDiff: object) => ({
  manifest: { version: "v3.256.0" },
  resourcePlans: { "urn:secret": { goal: { type, name: "blog-secrets", inputDiff }, steps: ["create"], seed: "abc" } },
});
const SECRET = "kubernetes:core/v1:Secret";

describe("the Secrets of a saved plan", () => {
  it("are planned with what the provider makes of stringData when it is known", () => {
    assert.deepStrictEqual(
      asTheProviderHasThem(plan(SECRET, { adds: { kind: "Secret", stringData: UNKNOWN } })),
      plan(SECRET, { adds: { kind: "Secret", data: UNKNOWN }, deletes: [], updates: {} }),
    );
  });

  it("change in place where they have data already", () => {
    assert.deepStrictEqual(
      asTheProviderHasThem(
        plan(SECRET, { adds: { stringData: UNKNOWN }, deletes: ["data", "type"], updates: { kind: "Secret" } }),
      ),
      plan(SECRET, { adds: {}, deletes: ["type"], updates: { kind: "Secret", data: UNKNOWN } }),
    );
  });

  it("stay as they are where nothing of them is left to be known, and so does all else", () => {
    for (const other of [
      plan(SECRET, { adds: { data: { A: "YQ==" } }, deletes: [], updates: {} }),
      plan("kubernetes:core/v1:ConfigMap", { adds: { stringData: "no Secret's" } }),
      { resourcePlans: { "urn:gone": { goal: null, steps: ["delete"] } } },
      { another: "form" },
    ]) {
      assert.deepStrictEqual(asTheProviderHasThem(other), other);
    }
  });
});
