import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueCommand } from "../../../../scripts/github/issueCommand";
import type { DriftReport } from "../../../../scripts/preview/previewReport";
import { startGithub, type GithubServer } from "../../../support/githubServer";
import { change, COMMIT } from "../preview/reports";

const TOKEN = "ghs_0123456789abcdef";
const BOT = "github-actions[bot]";
const MARKER = "<!-- flask-doks: drift prod -->";

describe("npm run issue", () => {
  let folder: string;
  let github: GithubServer;

  /** What it prints of a stack, without the address. */
  const run = async (...reports: Partial<DriftReport>[]): Promise<string> => {
    const files = reports.map((report, index) => {
      const path = join(folder, `${index}.json`);
      writeFileSync(path, JSON.stringify({ kind: "drift", stack: "prod", commit: COMMIT, changes: [], ...report }));
      return path;
    });
    const env = { GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: "ada/shop", GITHUB_API_URL: github.url };
    const printed = await issueCommand(files, env, { pause: () => Promise.resolve() });
    return printed.replaceAll(/: https:\S+/g, "");
  };
  const issues = () => github.issues().map(({ number, title, state }) => `#${number} ${title}, ${state}`);

  const scaled = (replicas: string) => ({
    changes: [
      change("update", "Deployment blog-deployment", [{ path: "spec.replicas", before: "2", after: replicas }]),
    ],
  });

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "issue-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    github = await startGithub({ repository: "ada/shop", token: TOKEN });
    github.pullRequest({ number: 1 });
  });
  afterEach(() => github.stop());

  it("opens one issue for a stack that is not as described, and updates it", async () => {
    assert.deepStrictEqual(await run(scaled("5")), "prod: not as described, and the issue is created\n");
    assert.deepStrictEqual(await run(scaled("6")), "prod: not as described, and the issue is updated\n");
    assert.deepStrictEqual(await run(scaled("6")), "prod: not as described, and the issue is unchanged\n");
    const [{ body, ...issue } = { body: "" }] = github.issues();
    assert.deepStrictEqual(issue, { number: 2, title: "Drift in prod", state: "open", labels: ["drift"], login: BOT });
    assert.ok(body.startsWith(`${MARKER}\n\n1 resource of the stack prod is not`));
    assert.ok(body.includes("\n    spec.replicas: 2 → 6\n"));
    assert.deepStrictEqual(issues().length, 1);
    assert.deepStrictEqual(github.comments(2), []);
  });

  it("closes it with a last word once all is as described, and opens another when it is not again", async () => {
    assert.deepStrictEqual(await run({}), "prod: as described, and no issue is open\n");
    await run(scaled("5"));
    assert.deepStrictEqual(await run({}), "prod: as described, and the issue is closed\n");
    assert.deepStrictEqual(await run({}), "prod: as described, and no issue is open\n");
    const [comment, ...more] = github.comments(2);
    assert.deepStrictEqual(more, []);
    assert.match(comment?.body ?? "", /^Since \d{4}-\d\d-\d\d \d\d:\d\d UTC at the latest, everything in prod is as /);
    await run(scaled("5"));
    assert.deepStrictEqual(issues(), ["#2 Drift in prod, closed", "#3 Drift in prod, open"]);
  });

  it("says in the issue that it could not be looked, and what it found when it can again", async () => {
    await run({ error: "The cluster does not answer." });
    assert.deepStrictEqual(issues(), ["#2 Drift in prod: could not look, open"]);
    assert.ok(github.issues()[0]?.body.includes("\nThe cluster does not answer.\n"));
    await run(scaled("5"));
    assert.deepStrictEqual(issues(), ["#2 Drift in prod, open"]);
  });

  it("has an issue for each stack", async () => {
    assert.deepStrictEqual(
      await run({ stack: "dev" }, scaled("5"), { stack: "test", error: "No credentials." }),
      "dev: as described, and no issue is open\n" +
        "prod: not as described, and the issue is created\n" +
        "test: not known, and the issue is created\n",
    );
    await run({ stack: "test" });
    assert.deepStrictEqual(issues(), ["#2 Drift in prod, open", "#3 Drift in test: could not look, closed"]);
  });

  it("touches no issue of somebody else's, and keeps the labels and the first of two of its own", async () => {
    github.addIssue({ title: "Drift in prod", body: `${MARKER}\n\ncopied` });
    github.addIssue({ title: "old", body: `${MARKER}\n\none`, login: BOT, labels: ["urgent"] });
    github.addIssue({ title: "old", body: `${MARKER}\n\ntwo`, login: BOT });
    for (let index = 0; index < 120; index++) github.addIssue({ title: `No. ${index}` });
    await run(scaled("5"));
    assert.deepStrictEqual(issues().slice(0, 3), [
      "#2 Drift in prod, open",
      "#3 Drift in prod, open",
      "#4 old, closed",
    ]);
    assert.deepStrictEqual(github.issues()[1]?.labels, ["urgent"]);
    assert.deepStrictEqual(issues().length, 123);
  });

  it("neither opens nor says anything twice when answers get lost", async () => {
    github.fail({ status: 502, lost: true }, { request: /^POST \S+issues$/ });
    assert.deepStrictEqual(await run(scaled("5")), "prod: not as described, and the issue is unchanged\n");
    github.fail({ status: 502, lost: true }, { request: /^POST \S+comments$/ });
    github.fail({ status: 502 }, { request: /^PATCH / });
    assert.deepStrictEqual(await run({}), "prod: as described, and the issue is closed\n");
    assert.deepStrictEqual(issues(), ["#2 Drift in prod, closed"]);
    assert.deepStrictEqual(github.comments(2).length, 1);
  });

  it("says which permission its job needs", async () => {
    await github.stop();
    github = await startGithub({ repository: "ada/shop", token: TOKEN, writes: false });
    await assert.rejects(run(scaled("5")), {
      name: "UserError",
      message:
        "The token in GITHUB_TOKEN may not open an issue in ada/shop (403 Resource not accessible by integration). " +
        'A job needs "permissions: issues: write"; for a pull request from a fork, it only ever reads.',
    });
  });

  it("tells of a preview's report, and of none", async () => {
    await assert.rejects(run({ kind: "preview" as "drift" }), {
      name: "UserError",
      message: /is not a report of npm run drift:\n {2}kind: .*"drift"$/,
    });
    await assert.rejects(run(), {
      name: "UserError",
      message: "Name the reports: npm run issue -- <drift.json>…",
    });
  });
});
