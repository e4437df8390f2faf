import assert from "node:assert/strict";
import { problemsOf } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

const withCache = (memory: string, persistence: unknown) =>
  stack({ apps: [app({ cache: { kind: "redis", persistence, resources: { limits: { memory } } } })] });

describe("rules on caches", () => {
  it("refuse a server that has no memory for data", async () => {
    const tooLittle = "apps[0].cache.resources.limits.memory: is below 32Mi, the least that Redis is of use with";
    assert.deepStrictEqual(await problemsOf(withCache("16Mi", "none")), [tooLittle]);
    assert.deepStrictEqual(await problemsOf(withCache("32Mi", "none")), []);
  });

  it("refuse a volume that the log of writes may fill", async () => {
    assert.deepStrictEqual(await problemsOf(withCache("1Gi", "volume")), [
      "apps[0].cache.persistence.storageGi: is below 3, which the log of writes may take with 1Gi of memory",
    ]);
    assert.deepStrictEqual(await problemsOf(withCache("1Gi", { kind: "volume", storageGi: 3 })), []);
    assert.deepStrictEqual(await problemsOf(withCache("1Gi", "none")), []);
  });
});
