import { deepStrictEqual, strictEqual } from "node:assert";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Report, sentence, shortName } from "../../../../local/engine/report";

const urn = "urn:pulumi:dev::p::flask-doks:app:FlaskApp$kubernetes:apps/v1:Deployment::blog-web";

function event(op: string, extra: Partial<EngineEvent> = {}): EngineEvent {
  const state = { custom: true };
  const metadata = {
    op,
    urn,
    type: "kubernetes:apps/v1:Deployment",
    new: state,
    detailedDiff: { "spec.replicas": {} },
  };
  return { sequence: 1, timestamp: 1, resOutputsEvent: { metadata }, ...extra } as unknown as EngineEvent;
}

describe("The report of a run", () => {
  it("calls a resource by the last part of its type and its name", () => {
    strictEqual(shortName(urn), "Deployment blog-web");
  });
  it("says errors as sentences, without colours, stack traces and headings", () => {
    const text =
      "<{%fg 1%}>Unhandled exception: Error: domain is missing\n    at parse (/x/config.ts:1:2)\n    at /x/y.ts:3:4<{%reset%}>";
    strictEqual(sentence(text), "domain is missing");
    strictEqual(sentence("1 error occurred:\n\t* it failed\n"), "it failed");
  });
  it("prints a line for each change, and none for what stays the same or is only read", () => {
    const lines: string[] = [];
    const report = new Report(false, (line) => lines.push(line));
    report.onEvent(event("same"));
    report.onEvent(event("read"));
    report.onEvent(event("create"));
    strictEqual(lines.length, 1);
    strictEqual(lines[0]?.trim().replace(/ +/g, " "), "+ Deployment blog-web created 0.0 s");
    strictEqual(report.changes.length, 1);
  });
  it("names the changed properties in a preview", () => {
    const lines: string[] = [];
    const report = new Report(true, (line) => lines.push(line));
    report.onEvent(event("update"));
    strictEqual(lines[0]?.trim().replace(/ +/g, " "), "~ Deployment blog-web update: spec.replicas");
  });
  it("drops debug lines, which hold secrets in clear, and says nothing twice", () => {
    const report = new Report(false);
    const say = (severity: string) => {
      report.onEvent({
        diagnosticEvent: { severity, message: `it is ${severity}`, color: "never" },
      } as unknown as EngineEvent);
    };
    ["debug", "error", "error", "warning"].forEach(say);
    deepStrictEqual(
      report.diagnostics.map(({ message }) => message),
      ["it is error", "it is warning"],
    );
  });

  it("tells that a plan does not hold without the values, for secrets in clear are among them", () => {
    const told = sentence(
      "resource urn:pulumi:dev::p::kubernetes:core/v1:Secret::blog violates plan: properties changed: " +
        "+-stringData[{&{output<string>{}}}], =+data[{&{{map[password:{hunter2}]}}}]\nand =+more[{hunter3}]",
    );
    strictEqual(told, "resource urn:pulumi:dev::p::kubernetes:core/v1:Secret::blog violates plan: properties changed");
  });
});
