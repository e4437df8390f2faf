import { deepStrictEqual, strictEqual } from "node:assert";
import { objectDifference } from "../../../../../local/providers/kubernetes/diff";
import { UNKNOWN, type Values } from "../../../../../local/providers/values";

const mutable = { configMaps: false, secrets: false };
const object = (apiVersion: string, kind: string, rest: Values, metadata: Values = { name: "x" }): Values => ({
  apiVersion,
  kind,
  metadata,
  ...rest,
});

describe("The difference of two objects", () => {
  it("is none when the inputs say the same, default namespace included", () => {
    const before = object("v1", "Service", { spec: { type: "ClusterIP" } });
    const after = object("v1", "Service", { spec: { type: "ClusterIP" } }, { name: "x", namespace: "default" });
    deepStrictEqual(objectDifference(before, after, { mutable }).changes, {});
  });

  const replaced: [string, Values, Values][] = [
    [
      "a StatefulSet's service name",
      object("apps/v1", "StatefulSet", { spec: { serviceName: "a" } }),
      { spec: { serviceName: "b" } },
    ],
    [
      "a StatefulSet's claim templates",
      object("apps/v1", "StatefulSet", { spec: { volumeClaimTemplates: [{ spec: { size: 1 } }] } }),
      { spec: { volumeClaimTemplates: [{ spec: { size: 2 } }] } },
    ],
    ["a Job's template", object("batch/v1", "Job", { spec: { template: { a: 1 } } }), { spec: { template: { a: 2 } } }],
    [
      "a Deployment's selector",
      object("apps/v1", "Deployment", { spec: { selector: { a: 1 } } }),
      { spec: { selector: { a: 2 } } },
    ],
    [
      "a claim's storage class",
      object("v1", "PersistentVolumeClaim", { spec: { storageClassName: "a" } }),
      { spec: { storageClassName: "b" } },
    ],
    ["a Service's address", object("v1", "Service", { spec: { clusterIP: "None" } }), { spec: {} }],
    ["a ConfigMap's data", object("v1", "ConfigMap", { data: { a: "1" } }), { data: { a: "2" } }],
    ["a Secret's type", object("v1", "Secret", { type: "a" }), { type: "b" }],
  ];
  for (const [what, before, change] of replaced) {
    it(`replaces for ${what}, after the old one is gone when the name is fixed`, () => {
      const difference = objectDifference(before, { ...before, ...change }, { mutable });
      strictEqual(difference.replaces.length, 1);
      strictEqual(difference.deleteBeforeReplace, true);
    });
  }

  const updated: [string, Values, Values][] = [
    [
      "a StatefulSet's replicas",
      object("apps/v1", "StatefulSet", { spec: { replicas: 1 } }),
      { spec: { replicas: 2 } },
    ],
    [
      "a claim's size",
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "1Gi" } } } }),
      { spec: { resources: { requests: { storage: "2Gi" } } } },
    ],
    [
      "a Service's ports",
      object("v1", "Service", { spec: { ports: [{ port: 1 }] } }),
      { spec: { ports: [{ port: 2 }] } },
    ],
  ];
  for (const [what, before, change] of updated) {
    it(`updates in place for ${what}`, () => {
      const difference = objectDifference(before, { ...before, ...change }, { mutable });
      deepStrictEqual(difference.replaces, []);
      strictEqual(Object.keys(difference.changes).length, 1);
    });
  }

  it("updates a ConfigMap's data in place where the provider is told to, unless it is immutable", () => {
    const before = object("v1", "ConfigMap", { data: { a: "1" } });
    const inPlace = { mutable: { configMaps: true, secrets: true } };
    deepStrictEqual(objectDifference(before, { ...before, data: { a: "2" } }, inPlace).replaces, []);
    const fixed = { ...before, immutable: true };
    deepStrictEqual(objectDifference(fixed, { ...fixed, data: { a: "2" } }, inPlace).replaces, ["data.a"]);
  });
  it("creates the new one first when the name changes or was made up", () => {
    const before = object("v1", "ConfigMap", { data: { a: "1" } });
    const renamed = objectDifference(before, { ...before, metadata: { name: "y" } }, { mutable });
    deepStrictEqual([renamed.replaces, renamed.deleteBeforeReplace], [["metadata.name"], false]);
    const metadata = { name: "x-12345678", annotations: { "pulumi.com/autonamed": "true" } };
    const auto = object("v1", "ConfigMap", { data: { a: "1" } }, metadata);
    strictEqual(objectDifference(auto, { ...auto, data: { a: "2" } }, { mutable }).deleteBeforeReplace, false);
  });
  it("heeds no change that is to be ignored", () => {
    const before = object("apps/v1", "Deployment", { spec: { replicas: 1, paused: false } });
    const after = { ...before, spec: { replicas: 4, paused: true } };
    const difference = objectDifference(before, after, { mutable, ignoreChanges: ["spec.replicas"] });
    deepStrictEqual(difference.changes, { "spec.paused": "update" });
  });
  it("takes an unknown for a change", () => {
    const before = object("v1", "Service", { spec: { type: "ClusterIP" } });
    const difference = objectDifference(before, { ...before, spec: { type: UNKNOWN } }, { mutable });
    deepStrictEqual(difference.changes, { "spec.type": "update" });
  });
});
