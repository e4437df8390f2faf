import assert from "node:assert/strict";
import { isAutoscaled, parseTaint, poolSize, TAINT } from "../../../lib/nodePool";

describe("a node pool", () => {
  const pools: [string, { min: number; max?: number }, boolean, object][] = [
    ["without an upper bound", { min: 2 }, false, { nodeCount: 2 }],
    ["with equal bounds", { min: 2, max: 2 }, false, { nodeCount: 2 }],
    ["with room to grow", { min: 2, max: 5 }, true, { autoScale: true, minNodes: 2, maxNodes: 5, nodeCount: 2 }],
  ];
  for (const [title, bounds, autoscaled, counts] of pools) {
    it(`${title} is ${autoscaled ? "left to the autoscaler" : "of a fixed size"}`, () => {
      const pool = { size: "s-2vcpu-4gb", ...bounds };
      assert.deepStrictEqual([isAutoscaled(pool), poolSize(pool)], [autoscaled, { size: "s-2vcpu-4gb", ...counts }]);
    });
  }
});

describe("a taint", () => {
  const taints: [string, ReturnType<typeof parseTaint>][] = [
    ["team=batch:NoSchedule", { key: "team", value: "batch", effect: "NoSchedule" }],
    ["example.com/gpu=true:PreferNoSchedule", { key: "example.com/gpu", value: "true", effect: "PreferNoSchedule" }],
    ["spot:NoExecute", { key: "spot", value: "", effect: "NoExecute" }],
    ["spot=:NoExecute", { key: "spot", value: "", effect: "NoExecute" }],
  ];
  for (const [text, taint] of taints) {
    it(`is read as kubectl writes it: ${text}`, () => {
      assert.deepStrictEqual([TAINT.test(text), parseTaint(text)], [true, taint]);
    });
  }

  for (const text of [
    "team=batch",
    "team=batch:Never",
    "=batch:NoSchedule",
    "te am=x:NoSchedule",
    "a=b=c:NoSchedule",
  ]) {
    it(`is not ${text}`, () => {
      assert.deepStrictEqual(TAINT.test(text), false);
    });
  }
});
