import assert from "node:assert/strict";
import { containerResources } from "../../../lib/podResources";

describe("a container's resources", () => {
  it("add room on the node's disk", () => {
    const given = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "2Gi" } };
    assert.deepStrictEqual(containerResources(given), {
      requests: { cpu: "1", memory: "1Gi", "ephemeral-storage": "64Mi" },
      limits: { memory: "2Gi", "ephemeral-storage": "512Mi" },
    });
  });

  it("hold the CPU only where config does", () => {
    const given = { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "2Gi", cpu: "2" } };
    assert.deepStrictEqual(containerResources(given).limits, {
      memory: "2Gi",
      cpu: "2",
      "ephemeral-storage": "512Mi",
    });
  });
});
