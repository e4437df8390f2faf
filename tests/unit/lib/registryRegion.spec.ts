import assert from "node:assert/strict";
import { registryRegion } from "../../../lib/registryRegion";

describe("the region of a registry", () => {
  it("is the one asked for, wherever the cluster is", () => {
    assert.deepStrictEqual(registryRegion("ams3", { kind: "doks", region: "fra1" }), "ams3");
    assert.deepStrictEqual(registryRegion("ams3", { kind: "existing" }), "ams3");
  });

  it("is the cluster's when none is asked for, so that images are near the nodes", () => {
    assert.deepStrictEqual(registryRegion(undefined, { kind: "doks", region: "fra1" }), "fra1");
  });

  it("is left to DigitalOcean where the cluster's region keeps no images, or there is no cluster of the stack", () => {
    assert.deepStrictEqual(registryRegion(undefined, { kind: "doks", region: "tor1" }), undefined);
    assert.deepStrictEqual(registryRegion(undefined, { kind: "shared" }), undefined);
  });
});
