import assert from "node:assert/strict";
import { driftGone, driftIssue, driftMarker } from "../../../../scripts/drift/driftIssue";
import type { DriftReport } from "../../../../scripts/preview/previewReport";
import { change, COMMIT, RUN_URL } from "../preview/reports";

const report = (changes: Partial<DriftReport> = {}): DriftReport => ({
  kind: "drift",
  stack: "prod",
  commit: COMMIT,
  changes: [],
  ...changes,
});

const SCALED = change("update", "Deployment blog-deployment", [{ path: "spec.replicas", before: "2", after: "5" }]);

describe("The issue about drift", () => {
  it("says what differs, what it means, and the two ways on", () => {
    const issue = driftIssue(report({ changes: [SCALED, change("delete", "Service blog-service")] }), RUN_URL);
    assert.deepStrictEqual(issue?.title, "Drift in prod");
    assert.deepStrictEqual(issue.body.split("\n"), [
      "2 resources of the stack prod are not as the stack was last deployed. Left of the arrow is what was deployed, right of it what is there now; `-` is gone.",
      "",
      "```diff",
      "- Service blog-service",
      "! Deployment blog-deployment",
      "    spec.replicas: 2 → 5",
      "```",
      "",
      "It was changed past this repository: by hand, in DigitalOcean's control panel, or by another program. A deployment does not look for that: it neither tells nor mends it, and may fail on it.",
      "",
      "There are two ways on; this issue is closed by the first look that finds no difference.",
      "",
      "**To bring it back** to what the stack describes, after a look at what that does:",
      "",
      "```sh",
      "npx pulumi preview --refresh --stack prod",
      "npx pulumi up --refresh --stack prod",
      "```",
      "",
      "**To keep it**, write it into `Pulumi.prod.yaml`, or into the program where no key has it, by a pull request. Once it is deployed with `--refresh`, the stack describes what is there.",
      "",
      `Commit \`3f2a9c1\` · [the log of the run](${RUN_URL})`,
    ]);
  });

  it("says of data that is gone that it comes back empty", () => {
    const sentence = "What is gone comes back empty. Its data is in the backups alone: see docs/runbook.md.";
    const bodyOf = (called: string) => driftIssue(report({ changes: [change("delete", called)] }))?.body ?? "";
    assert.ok(bodyOf("PersistentVolumeClaim blog-database-mysql-volume").includes(sentence));
    assert.ok(!bodyOf("Service blog-service").includes(sentence));
  });

  it("says that it could not be looked, and why", () => {
    const issue = driftIssue(report({ error: "The cluster does not answer:\n  no route to host" }), RUN_URL);
    assert.deepStrictEqual(issue?.title, "Drift in prod: could not look");
    assert.deepStrictEqual(issue.body.split("\n").slice(0, 8), [
      "Whether the stack prod is as described is not known, for it could not be looked:",
      "",
      "```text",
      "The cluster does not answer:",
      "  no route to host",
      "```",
      "",
      "What was changed past this repository is not noticed until that is mended. To look by hand:",
    ]);
  });

  it("is none where all is as described, and the last word says since when", () => {
    assert.deepStrictEqual(driftIssue(report()), undefined);
    assert.deepStrictEqual(
      driftGone(report(), new Date("2026-11-26T17:20:31Z"), RUN_URL),
      `Since 2026-11-26 17:20 UTC at the latest, everything in prod is as described, at commit \`3f2a9c1\`: see [the log of the run](${RUN_URL}).`,
    );
  });

  it("is within GitHub's limit, however much differs", () => {
    const changes = Array.from({ length: 5_000 }, () => SCALED);
    const body = driftIssue(report({ changes }), RUN_URL)?.body ?? "";
    assert.ok(body.length <= 65_000);
    assert.match(body, /… \d+ of 10000 lines are missing here: see \[the log of the run\]/);
    assert.ok(body.endsWith(`(${RUN_URL})`));
  });

  it("is found again by its stack", () => {
    assert.deepStrictEqual(driftMarker("prod"), "<!-- flask-doks: drift prod -->");
  });
});
