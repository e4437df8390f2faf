import { deepStrictEqual, strictEqual } from "node:assert";
import { inputsFrom, quantity, reshaped, withoutIgnored } from "../../../../../local/providers/kubernetes/live";

const live = (rest: Record<string, unknown>, managedFields = {}) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "x", ...managedFields },
  ...rest,
});

describe("A live object read back", () => {
  it("keeps two items apart that share a port and differ in the protocol", () => {
    const ports = [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ];
    deepStrictEqual(reshaped({ ports }, { ports: structuredClone(ports) }), { ports });
  });

  it("keeps what means the same as it was written", () => {
    strictEqual(quantity("16384Ki"), quantity("16Mi"));
    strictEqual(quantity("0.5"), quantity("500m"));
    const before = { cpu: "0.5", memory: "1024Mi", port: 80, env: [{ name: "A", value: "" }], limits: {} };
    const now = { cpu: "500m", memory: "1Gi", port: 80, env: [{ name: "Z" }, { name: "A" }], more: 1 };
    deepStrictEqual(reshaped(before, now), before);
  });
  it("shows what somebody has changed or taken away", () => {
    deepStrictEqual(reshaped({ replicas: 2, labels: { a: "1", b: "2" } }, { replicas: 5, labels: { a: "1" } }), {
      replicas: 5,
      labels: { a: "1" },
    });
  });
  it("finds a Secret's text in its data", () => {
    const data = { password: Buffer.from("x").toString("base64") };
    deepStrictEqual(inputsFrom(live({ data }), { stringData: { password: "x" } }), { stringData: { password: "x" } });
  });
});

describe("An ignored field", () => {
  const wanted = { ...live({ spec: { replicas: 2, paused: false } }) };
  const fields = (manager: string) => ({
    managedFields: [{ manager, operation: "Apply", fieldsV1: { "f:spec": { "f:replicas": {} } } }],
  });
  it("is left to the one who sets it", () => {
    const now = live({ spec: { replicas: 5 } }, fields("autoscaler"));
    deepStrictEqual(withoutIgnored(wanted, now, "pulumi", ["spec.replicas"])["spec"], { paused: false });
  });
  it("keeps its value when it is ours", () => {
    const now = live({ spec: { replicas: 5 } }, fields("pulumi"));
    deepStrictEqual(withoutIgnored(wanted, now, "pulumi", ["spec.replicas"])["spec"], { replicas: 5, paused: false });
  });
});
