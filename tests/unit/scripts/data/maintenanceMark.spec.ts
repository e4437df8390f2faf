import type { V1Deployment } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import {
  handedBack,
  MAINTENANCE_SINCE,
  maintenanceOf,
  REPLICAS_BEFORE,
} from "../../../../scripts/data/maintenanceMark";
import { deploymentStatus } from "../../../../scripts/status/workloads";

const marked = (replicas: number, annotations: Record<string, string>): V1Deployment => ({
  metadata: { name: "blog", annotations },
  spec: { replicas, selector: {}, template: {} },
});
const SINCE = "2026-11-26T10:00:00.000Z";
const BOTH = { [REPLICAS_BEFORE]: "3", [MAINTENANCE_SINCE]: SINCE };

describe("The mark of an app in maintenance", () => {
  it("tells how many pods there were, and since when there are none", () => {
    assert.deepStrictEqual(maintenanceOf(marked(0, BOTH)), { replicas: 3, since: new Date(SINCE) });
    assert.deepStrictEqual(maintenanceOf(marked(0, { [REPLICAS_BEFORE]: "3", [MAINTENANCE_SINCE]: "?" })), {
      replicas: 3,
    });
  });
  it("is stale on one that has pods, and none on one that was stopped otherwise", () => {
    assert.deepStrictEqual(
      [marked(1, BOTH), marked(0, {}), marked(0, { [REPLICAS_BEFORE]: "many" })].map(maintenanceOf),
      [undefined, undefined, undefined],
    );
  });
  it("is told by the status", () => {
    const facts = { pods: [], warnings: [], logs: new Map<string, string>(), now: new Date("2026-11-26T10:12:00Z") };
    const { ok, problem } = deploymentStatus("web", marked(0, BOTH), facts);
    assert.deepStrictEqual(
      [ok, problem],
      [false, "in maintenance for 12 minutes: stopped by npm run restore or npm run move"],
    );
  });
});

describe("The managers of a Deployment's fields", () => {
  const pulumi = { manager: "pulumi", operation: "Apply", fieldsV1: { "f:spec": { "f:selector": {} } } };
  const us = { manager: "us", operation: "Update", fieldsV1: { "f:spec": { "f:replicas": {} } } };
  const scaler = { manager: "hpa", operation: "Update", fieldsV1: { "f:spec": { "f:replicas": {} } } };
  const kubelet = { manager: "controller", operation: "Update", fieldsV1: { "f:status": {} } };

  it("are the same as before where ours is not among them", () => {
    assert.deepStrictEqual(handedBack([pulumi, kubelet], "us"), undefined);
  });
  it("are without ours, and whoever applies it has the number of pods back", () => {
    assert.deepStrictEqual(handedBack([pulumi, us, kubelet], "us"), [
      { ...pulumi, fieldsV1: { "f:spec": { "f:selector": {}, "f:replicas": {} } } },
      kubelet,
    ]);
  });
  it("leave the number of pods to another who has it since, and to nobody where nobody applies it", () => {
    assert.deepStrictEqual(handedBack([pulumi, us, scaler], "us"), [pulumi, scaler]);
    assert.deepStrictEqual(handedBack([us, kubelet], "us"), [kubelet]);
  });
});
