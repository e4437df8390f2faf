import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { PreviewFindings } from "../../../../scripts/preview/previewFindings";

const URN = "urn:pulumi:dev::flask-doks::flask-doks:app:FlaskApp$kubernetes:apps/v1:Deployment::blog-deployment";
const STACK = "urn:pulumi:dev::flask-doks::pulumi:pulumi:Stack::flask-doks-dev";

function follow(...events: object[]): PreviewFindings {
  const findings = new PreviewFindings();
  for (const event of events) findings.onEvent(event as EngineEvent);
  return findings;
}

const policy = (policyName: string, enforcementLevel: string, message: string, resourceUrn = URN) => ({
  policyEvent: { policyName, enforcementLevel, message, resourceUrn },
});
const diagnostic = (severity: string, message: string, urn = "", more = {}) => ({
  diagnosticEvent: { severity, message, urn, ...more },
});

describe("what the engine complains of in a preview", () => {
  it("is each rule that does not hold, sorted, by the resource's short name", () => {
    const { violations } = follow(
      policy("run-as-non-root", "mandatory", "It may run as root."),
      policy("image-by-digest", "advisory", "A tag can move."),
      policy("two-of-each", "advisory", "Only one.", STACK),
    );
    assert.deepStrictEqual(violations, [
      {
        rule: "image-by-digest",
        level: "advisory",
        resource: "Deployment blog-deployment",
        message: "A tag can move.",
      },
      {
        rule: "run-as-non-root",
        level: "mandatory",
        resource: "Deployment blog-deployment",
        message: "It may run as root.",
      },
      { rule: "two-of-each", level: "advisory", resource: "", message: "Only one." },
    ]);
  });

  it("tells an exception that the stack file makes as that, by the rule's own name", () => {
    const told = "It may run as root. The stack file makes an exception: an old image that we replace in May";
    const { violations } = follow(policy("run-as-non-root-relaxed", "advisory", told));
    assert.deepStrictEqual(
      violations.map(({ rule, level }) => [rule, level]),
      [["run-as-non-root", "relaxed"]],
    );
  });

  it("is its errors and warnings, each once, with what they are about; no debug line, no closing word", () => {
    const found = follow(
      diagnostic("error", "the quota is used up", URN),
      diagnostic("error", "the quota is used up", URN),
      diagnostic("error", "preview failed", STACK),
      diagnostic("warning", "nginx is retired", STACK),
      diagnostic("warning", "using pulumi-analyzer-policy-nodejs from $PATH at /somewhere"),
      diagnostic("warning", "using pulumi-language-nodejs from $PATH at /somewhere"),
      diagnostic("warning", "passes by", STACK, { ephemeral: true }),
      diagnostic("debug", "password=hunter2"),
      diagnostic("info", "an Ingress is made"),
    );
    assert.deepStrictEqual(found.errors, ["Deployment blog-deployment: the quota is used up"]);
    assert.deepStrictEqual(found.warnings, ["nginx is retired"]);
  });
});
