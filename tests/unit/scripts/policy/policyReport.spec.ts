import assert from "node:assert/strict";
import { policyReport } from "../../../../scripts/policy/policyReport";

const finding = (level: "mandatory" | "advisory" | "relaxed", rule: string, message: string) => ({
  rule,
  level,
  resource: "Deployment shop-deployment",
  message,
});

describe("the report on rules", () => {
  it("is a line a stack where all rules hold", () => {
    assert.deepStrictEqual(
      policyReport([
        { stack: "dev", rules: 31, findings: [] },
        { stack: "prod", rules: 1, findings: [] },
      ]),
      "dev: 31 rules, all hold\nprod: 1 rule, all hold\n",
    );
  });

  it("tells each stack's findings, the worst first, in lines of 100 columns", () => {
    const long =
      "The pods have no limit of memory. One that leaks takes the node with it. Set apps[].resources.limits.memory.";
    const report = policyReport([
      {
        stack: "dev",
        rules: 31,
        findings: [
          finding("relaxed", "replicas", "One pod is enough here."),
          finding("advisory", "spread", "Spread them."),
          finding("mandatory", "memory-limit", long),
          { ...finding("mandatory", "backup", "None."), resource: "" },
        ],
      },
      { stack: "prod", rules: 31, findings: [] },
    ]);
    assert.deepStrictEqual(report.split("\n"), [
      "dev",
      "  ✗ memory-limit  Deployment shop-deployment",
      "      The pods have no limit of memory. One that leaks takes the node with it. Set",
      "      apps[].resources.limits.memory.",
      "  ✗ backup",
      "      None.",
      "  ! spread        Deployment shop-deployment",
      "      Spread them.",
      "  – replicas      Deployment shop-deployment",
      "      One pod is enough here.",
      "",
      "dev: 31 rules, 2 violations, 1 piece of advice, 1 exception",
      "prod: 31 rules, all hold",
      "",
    ]);
  });
});
