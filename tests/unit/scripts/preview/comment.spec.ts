import assert from "node:assert/strict";
import { previewSummary } from "../../../../scripts/preview/comment";
import type { PreviewReport } from "../../../../scripts/preview/previewReport";
import { change, report, RUN_URL } from "./reports";

/** The lines of the text about one stack. */
const told = (changes: Partial<PreviewReport>): string[] => previewSummary([report(changes)], RUN_URL).split("\n");
const headline = (changes: Partial<PreviewReport>): string | undefined => told(changes)[0];
const costLine = (cost: PreviewReport["cost"]): string | undefined =>
  told({ cost }).find((line) => line.startsWith("- Cost"));

describe("The text about previews", () => {
  it("says in each stack's headline what is to do, and last what takes away", () => {
    assert.deepStrictEqual(headline({}), "### dev: nothing to do");
    const changes = [
      change("delete", "Service old-service"),
      change("update", "Deployment blog-deployment"),
      change("create", "Namespace shop-namespace"),
      change("import", "Domain example.com"),
      change("create", "Secret shop-secrets"),
      change("replace", "Job blog-migration"),
    ];
    assert.deepStrictEqual(
      headline({ changes }),
      "### dev: 2 to create, 1 to import, 1 to update, 1 to replace, 1 to delete",
    );
    assert.deepStrictEqual(
      headline({ changes: changes.slice(2, 3), fromNothing: true }),
      "### dev: 1 to create, a new stack",
    );
  });

  it("tells all of one stack before the next, and ends with the commit and the run", () => {
    const lines = previewSummary([report(), report({ stack: "prod" })], RUN_URL).split("\n");
    assert.deepStrictEqual(
      lines.filter((line) => line.startsWith("#")),
      ["### dev: nothing to do", "### prod: nothing to do"],
    );
    assert.deepStrictEqual(lines.at(-1), `Commit \`3f2a9c1\` · [the log of the run](${RUN_URL})`);
    assert.deepStrictEqual(previewSummary([report()]).split("\n").at(-1), "Commit `3f2a9c1`");
  });

  it("shows what takes away first, each change with its sign and its properties", () => {
    const changes = [
      change("create", "Namespace shop-namespace"),
      change("update", "Deployment blog-deployment", [
        { path: "spec.replicas", before: "2", after: "3" },
        { path: "spec.template", kind: "add", after: "yes" },
        { path: "spec.strategy", kind: "delete", before: "Recreate" },
        { path: "spec.paused", kind: "add" },
        { path: "spec.selector", kind: "delete" },
        { path: "spec.long" },
        { path: "spec.unknown", before: "1" },
      ]),
      change("import", "DnsRecord blog-record"),
      change("replace", "Job blog-migration", [{ path: "metadata.name", before: "a", after: "b", replaces: true }]),
      change("delete", "Service old-service"),
    ];
    const lines = told({ changes, unchanged: 1 });
    const from = lines.indexOf("<details>");
    assert.deepStrictEqual(lines.slice(from, lines.indexOf("</details>") + 1), [
      "<details>",
      "<summary>5 changes, 1 resource unchanged</summary>",
      "",
      "```diff",
      "- Service old-service",
      "± Job blog-migration",
      "    metadata.name: a → b (replaces it)",
      "! Deployment blog-deployment",
      "    spec.replicas: 2 → 3",
      "    spec.template: yes (added)",
      "    spec.strategy: Recreate (removed)",
      "    spec.paused: added",
      "    spec.selector: removed",
      "    spec.long: changes",
      "    spec.unknown: 1 → …",
      "+ DnsRecord blog-record, which is there already",
      "+ Namespace shop-namespace",
      "```",
      "",
      "</details>",
    ]);
  });

  it("warns before all else of data and of the cluster that go, and not of a Job that is run anew", () => {
    const lines = told({
      changes: [
        change("replace", "Job blog-migration"),
        change("update", "StatefulSet blog-database-mysql-server"),
        change("replace", "PersistentVolumeClaim blog-database-mysql-volume", [
          { path: "spec.accessModes" },
          { path: "spec.storageClassName", before: "a", after: "b", replaces: true },
        ]),
        change("delete", "KubernetesCluster flask-doks-dev-cluster"),
      ],
    });
    assert.deepStrictEqual(lines.slice(0, 7), [
      "### dev: 1 to update, 2 to replace, 1 to delete ⚠",
      "",
      "> [!WARNING]",
      "> This takes away what no later change brings back:",
      ">",
      "> - the data on the volume: `PersistentVolumeClaim blog-database-mysql-volume` is to be replaced, for another `spec.storageClassName`",
      "> - the cluster, with all that runs on it: `KubernetesCluster flask-doks-dev-cluster` is to be deleted",
    ]);
    const harmless = told({ changes: [change("replace", "Job blog-migration")] });
    assert.deepStrictEqual(harmless[0], "### dev: 1 to replace");
    assert.ok(!harmless.includes("> [!WARNING]"));
  });

  it("shows a secret as one, also where one of its two values looks like none", () => {
    const properties = [
      { path: "stringData.password", before: "[secret]", after: "[secret]" },
      { path: "stringData.key", before: "hunter2", after: "[secret]" },
      { path: "stringData.salt", before: "[secret]", after: "hunter2" },
      { path: "stringData.more", kind: "add" as const, before: "hunter2", after: "[secret]" },
      { path: "stringData.less", kind: "delete" as const, before: "[secret]", after: "hunter2" },
    ];
    const lines = told({ changes: [change("update", "Secret blog-secrets", properties)] });
    assert.deepStrictEqual(
      lines.filter((line) => line.includes("stringData")),
      [
        "    stringData.password: [secret] → [secret]",
        "    stringData.key: [secret] → [secret]",
        "    stringData.salt: [secret] → [secret]",
        "    stringData.more: [secret] (added)",
        "    stringData.less: [secret] (removed)",
      ],
    );
    assert.ok(!lines.join("\n").includes("hunter2"));
  });

  it("tells each rule that does not hold, what stops it first, and exceptions apart", () => {
    const violation = { rule: "limits", resource: "Deployment a", message: "No limit." };
    const lines = told({
      policy: {
        rules: 31,
        violations: [
          { ...violation, level: "advisory", rule: "backups", resource: "" },
          { ...violation, level: "relaxed", rule: "replicas", message: "One is enough: nobody is here." },
          { ...violation, level: "mandatory" },
          { ...violation, level: "mandatory", resource: "Deployment b" },
        ],
      },
    });
    assert.deepStrictEqual(lines[0], "### dev: nothing to do, 2 policy violations ✗");
    assert.deepStrictEqual(lines.slice(2, 6), [
      "- Policies: 29 of 31 rules hold",
      "  - ✗ `limits` on `Deployment a`: No limit.",
      "  - ✗ `limits` on `Deployment b`: No limit.",
      "  - ⚠ `backups`: No limit.",
    ]);
    const from = lines.indexOf("<details>");
    assert.deepStrictEqual(lines.slice(from + 1, from + 4), [
      "<summary>1 exception from the policies, with the stack file's reason</summary>",
      "",
      "- `replicas` on `Deployment a`: One is enough: nobody is here.",
    ]);
    assert.ok(told({ policy: { rules: 1, violations: [] } }).includes("- Policies: 1 rule holds"));
    assert.ok(told({ policy: undefined }).includes("- Policies: not checked"));
  });

  it("tells what it costs more or less a month, at rest and at most", () => {
    const same = (dollars: number) => ({ min: dollars, max: dollars });
    assert.deepStrictEqual(
      costLine({ before: same(36), after: same(48) }),
      "- Cost: 36.00 → 48.00 USD a month (+12.00)",
    );
    assert.deepStrictEqual(
      costLine({ before: same(48.5), after: same(36) }),
      "- Cost: 48.50 → 36.00 USD a month (−12.50)",
    );
    assert.deepStrictEqual(
      costLine({ before: { min: 36, max: 60 }, after: { min: 48, max: 96 } }),
      "- Cost: 36.00–60.00 → 48.00–96.00 USD a month (+12.00 to +36.00)",
    );
    assert.deepStrictEqual(
      costLine({ before: same(0.1 + 0.2), after: same(0.3) }),
      "- Cost: 0.30 USD a month (unchanged)",
    );
    assert.deepStrictEqual(costLine({ after: same(36) }), "- Cost: 36.00 USD a month");
    assert.deepStrictEqual(costLine(undefined), undefined);
  });

  it("tells why there is no preview, and what is known all the same", () => {
    const lines = told({ error: "cluster.regoin: unknown key\n  did you mean region?", warnings: ["It is late."] });
    assert.deepStrictEqual(lines.slice(0, 10), [
      "### dev: no preview ✗",
      "",
      "```text",
      "cluster.regoin: unknown key",
      "  did you mean region?",
      "```",
      "",
      "- Policies: 31 rules hold",
      "- Cost: 44.50 USD a month (unchanged)",
      "- ⚠ It is late.",
    ]);
  });

  it("keeps every headline of a text that is too long for GitHub, and says how much is missing and where it is", () => {
    const changes = Array.from({ length: 5_000 }, (_, index) => change("create", `Secret shop-secret-${index}`));
    const warnings = changes.map(({ name }) => `${name} is long in the making.`);
    const text = previewSummary([report({ changes, warnings }), report({ stack: "prod", changes })], RUN_URL);
    assert.ok(text.length <= 65_000 && text.length > 60_000, String(text.length));
    const lines = text.split("\n");
    assert.deepStrictEqual(
      lines.filter((line) => line.startsWith("#")),
      ["### dev: 5000 to create", "### prod: 5000 to create"],
    );
    const shown = lines.filter((line) => line.startsWith("+ ")).length / 2;
    const missing = `… ${5_000 - shown} of 5000 lines are missing here: see [the log of the run](${RUN_URL}).`;
    assert.deepStrictEqual(
      lines.filter((line) => line.includes("missing")),
      [missing, `- ${missing}`, missing],
    );
    assert.deepStrictEqual(lines.filter((line) => line.startsWith("```")).length, 4);
    assert.ok(lines.at(-1)?.startsWith("Commit"));
  });

  it("stays within GitHub's limit however long a single line is", () => {
    const text = previewSummary([report({ error: "x".repeat(200_000) })]);
    assert.ok(text.includes(`${"x".repeat(1_000)}…\n`) && text.length < 2_000);
  });
});
