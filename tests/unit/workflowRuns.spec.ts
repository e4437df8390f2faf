import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ROOT } from "../support/stackFiles";
import type { WorkflowEvent } from "../support/workflows/event";
import { ExampleRepository } from "../support/workflows/exampleRepository";
import { holds } from "../support/workflows/expressions";
import type { RunResult } from "../support/workflows/runner";
import type { Replacement } from "../support/workflows/steps";
import { readWorkflow } from "../support/workflows/workflow";

const FOLDER = join(ROOT, ".github", "workflows");
const ENVIRONMENTS = ["preview", "preview-main", "dev", "production", "review", "review-main"];
const SECRETS = ["DIGITALOCEAN_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/** Every command of the workflows. */
const COMMANDS = readdirSync(FOLDER).flatMap((file) =>
  Object.values(readWorkflow(file, readFileSync(join(FOLDER, file), "utf8")).jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
  ),
);

/** A pull request in an event about its labels. */
interface Labeled {
  head?: string;
  /** Those it has. */
  labels?: string[];
  /** The one that is set or taken away. */
  label?: string;
  state?: "open" | "closed";
}

describe("The workflows, run here with nothing behind their commands", () => {
  let repository: ExampleRepository;
  /** What was run, with whose secrets, and what was handed to it. */
  let calls: string[];
  beforeEach(() => {
    calls = [];
    repository = new ExampleRepository();
    cpSync(join(ROOT, ".github"), join(repository.folder, ".github"), { recursive: true });
    repository.commit({ "package-lock.json": "{}" });
  });
  afterEach(() => {
    repository.remove();
  });

  /** Stands for a command: makes the files that it is told to make, and notes how it was called. */
  const standIn =
    (text: string, fails: (line: string) => boolean): Replacement =>
    ({ cwd, env }) => {
      const temp = env["RUNNER_TEMP"] ?? "";
      const line = text.replace(/\$(\w+)/g, (_, name: string) => env[name] ?? "").replaceAll('"', "");
      const said = line.replaceAll(temp, "$RUNNER_TEMP");
      const given = (flag: string) => new RegExp(`--${flag} (\\S+)`).exec(line)?.[1];
      const [plan, report, out] = ["plan", "report", "out"].map(given);
      const planned =
        plan !== undefined && existsSync(resolve(cwd, plan)) ? readFileSync(resolve(cwd, plan), "utf8") : "";
      for (const made of [planned === "" ? plan : undefined, report, out && `${out}/objects.yaml`]) {
        if (made === undefined) continue;
        mkdirSync(dirname(resolve(cwd, made)), { recursive: true });
        writeFileSync(resolve(cwd, made), `made by ${said}`);
      }
      const owners = new Set(SECRETS.map((name) => env[name]?.split(" of ")[1] ?? "nobody"));
      const seen = [...owners, ...(env["GITHUB_TOKEN"] === undefined ? [] : ["token"])].join(", ");
      calls.push(`${said} [${seen}]${planned === "" ? "" : `, ${planned}`}`);
      return { code: fails(line) ? 1 : 0, output: "" };
    };

  /** Runs a workflow, in which some commands fail and some environments are refused. */
  function run(file: string, event: WorkflowEvent, failing: string[] = [], refused: string[] = []): Promise<RunResult> {
    const fails = (line: string) => failing.some((each) => line.startsWith(each));
    return repository.runFile(`.github/workflows/${file}`, event, {
      environments: Object.fromEntries(
        ENVIRONMENTS.map((name) => [
          name,
          { secrets: Object.fromEntries(SECRETS.map((each) => [each, `${each} of ${name}`])) },
        ]),
      ),
      replace: Object.fromEntries(
        COMMANDS.filter((text) => text !== "exit 1").map((text) => [text, standIn(text, fails)]),
      ),
      approve: (environment) => !refused.includes(environment),
    });
  }

  /** An event of a pull request, with what `review.yml` asks of it. */
  function reviewEvent(action: string, { head, labels, label, state = "open" }: Labeled): WorkflowEvent {
    const event = repository.pullRequest(action, head, labels);
    const pull_request = { ...(event.payload["pull_request"] as object), state };
    return { ...event, payload: { ...event.payload, pull_request, label: { name: label } } };
  }

  const results = ({ jobs }: RunResult): string[] => jobs.map(({ name, result }) => `${name}: ${result}`);

  const CHECKS = [
    "npm run check [nobody]",
    "npm test [nobody]",
    "npm run policy -- dev prod [nobody]",
    "npm run render -- dev --out rendered/dev [nobody]",
    "npm run render -- prod --out rendered/prod [nobody]",
  ];

  it("check and preview a pull request, and write one comment with the reports of both stacks", async () => {
    const result = await run("pull-request.yml", repository.pullRequest("opened"));
    assert.deepStrictEqual(calls, [
      ...CHECKS,
      "npm run preview -- dev --report reports/dev.json [preview]",
      "npm run preview -- prod --report reports/prod.json [preview]",
      "npm run comment -- reports/*.json --pull-request 7 [nobody, token]",
    ]);
    assert.deepStrictEqual(results(result).at(-1), "previewed: skipped");
    assert.deepStrictEqual(result.conclusion, "success");
    assert.deepStrictEqual(result.artifacts.names, ["rendered", "report-dev", "report-prod"]);
  });

  it("write the comment when a preview failed as well, and refuse the merge", async () => {
    const result = await run("pull-request.yml", repository.pullRequest("synchronize"), ["npm run preview -- dev"]);
    assert.deepStrictEqual(results(result), [
      "checks: success",
      "preview (dev): failure",
      "preview (prod): success",
      "comment: success",
      "previewed: failure",
    ]);
    assert.deepStrictEqual(result.artifacts.names, ["rendered", "report-dev", "report-prod"]);
  });

  it("refuse the merge when a preview failed or was cut off, and not when none was to run", async () => {
    const { jobs } = readWorkflow("pull-request.yml", readFileSync(join(FOLDER, "pull-request.yml"), "utf8"));
    const outcomes = ["success", "failure", "cancelled", "skipped"] as const;
    const refused = [];
    for (const result of outcomes) {
      if (await holds(jobs["previewed"]?.if, { needs: { preview: { result, outputs: {} } } }, result)) {
        refused.push(result);
      }
    }
    assert.deepStrictEqual(refused, ["failure", "cancelled"]);
  });

  it("only check what comes from a fork, without a secret", async () => {
    const result = await run("pull-request.yml", repository.pullRequest("opened", "stranger/shop"));
    assert.deepStrictEqual(calls, CHECKS);
    assert.deepStrictEqual(results(result), [
      "checks: success",
      "preview: skipped",
      "comment: skipped",
      "previewed: skipped",
    ]);
    for (const action of ["labeled", "unlabeled", "synchronize", "reopened", "closed"]) {
      const labeled = { head: "stranger/shop", labels: ["review-app"], label: "review-app" };
      const review = await run("review.yml", reviewEvent(action, labeled));
      assert.deepStrictEqual(results(review), ["up: skipped", "down: skipped", "sweep: skipped"]);
    }
  });

  it("deploy what is pushed to main: dev, then prod by the very plan that was approved", async () => {
    const result = await run("deploy.yml", repository.push());
    assert.deepStrictEqual(calls, [
      "npm run deploy -- dev [dev]",
      "npm run preview -- prod --plan $RUNNER_TEMP/plan.json [preview-main]",
      "npm run deploy -- prod --plan $RUNNER_TEMP/plan.json [production], made by npm run preview -- prod --plan $RUNNER_TEMP/plan.json",
    ]);
    assert.deepStrictEqual(
      result.jobs.map(({ environment, concurrency }) => [environment, concurrency?.group]),
      [
        ["dev", "deploy-dev"],
        ["preview-main", undefined],
        ["production", "deploy-prod"],
      ],
    );
    const clones = result.jobs.map(({ steps }) => steps[0]?.output.replace(/^\w+ with /, ""));
    assert.deepStrictEqual(clones, ["all of its history", "1 of its history", "all of its history"]);
  });

  it("leave prod alone when dev fails, when the approval is refused, and for a branch other than main", async () => {
    const failed = await run("deploy.yml", repository.push(), ["npm run deploy -- dev"]);
    assert.deepStrictEqual(results(failed), ["dev: failure", "plan-prod: skipped", "prod: skipped"]);
    const refused = await run("deploy.yml", repository.push(), [], ["production"]);
    assert.deepStrictEqual(results(refused), ["dev: success", "plan-prod: success", "prod: failure"]);
    const byHand = { ...repository.push(), name: "workflow_dispatch", ref: "refs/heads/other" } as const;
    assert.deepStrictEqual(results(await run("deploy.yml", byHand)), [
      "dev: skipped",
      "plan-prod: skipped",
      "prod: skipped",
    ]);
    assert.ok(!calls.some((line) => line.startsWith("npm run deploy -- prod")));
  });

  it("bring a review app up and down with the label, and with the pull request", async () => {
    const LABEL = "review-app";
    const does = async (action: string, labels: string[], label?: string, state?: "closed") => {
      calls = [];
      await run("review.yml", reviewEvent(action, { labels, ...(label && { label }), ...(state && { state }) }));
      return calls.join();
    };
    const up = "npm run review -- up 7 --comment [review, token]";
    const down = "npm run review -- down 7 --comment [review, token]";
    assert.deepStrictEqual(
      [
        await does("labeled", [LABEL], LABEL),
        await does("labeled", [LABEL, "bug"], "bug"),
        await does("labeled", ["bug"], "bug"),
        await does("synchronize", [LABEL]),
        await does("synchronize", ["bug"]),
        await does("reopened", [LABEL]),
        await does("unlabeled", [], LABEL),
        await does("unlabeled", [LABEL], "bug"),
        await does("closed", [LABEL], undefined, "closed"),
        await does("closed", [], undefined, "closed"),
        await does("opened", [LABEL]),
        // Labels, and commits, come to one that is closed as well.
        await does("labeled", [LABEL], LABEL, "closed"),
        await does("synchronize", [LABEL], undefined, "closed"),
      ],
      [up, "", "", up, "", up, down, "", down, "", "", "", ""],
    );
  });

  it("take a review app down with the code of the base branch, after whatever runs for it", async () => {
    const main = repository.git("rev-parse", "main");
    repository.git("checkout", "--quiet", "--detach");
    repository.commit({ "broken.ts": "of the pull request" });
    const result = await run("review.yml", repository.pullRequest("closed", undefined, ["review-app"]));
    const down = result.jobs.find(({ id }) => id === "down");
    assert.deepStrictEqual(down?.steps[0]?.output, `${main} with 1 of its history`);
    assert.deepStrictEqual(down.concurrency, { group: "review-7", "cancel-in-progress": false });
  });

  it("sweep review apps and look for drift each day, and tell of drift without a secret of the cloud", async () => {
    const daily = { ...repository.push(), name: "schedule" } as const;
    assert.deepStrictEqual(results(await run("review.yml", daily)), ["up: skipped", "down: skipped", "sweep: success"]);
    const drift = await run("drift.yml", daily, ["npm run drift -- prod"]);
    assert.deepStrictEqual(results(drift), ["look (dev): success", "look (prod): failure", "issue: success"]);
    assert.deepStrictEqual(drift.conclusion, "failure");
    assert.deepStrictEqual(calls, [
      "npm run review -- sweep --comment [review-main, token]",
      "npm run drift -- dev --report drift/dev.json [preview-main]",
      "npm run drift -- prod --report drift/prod.json [preview-main]",
      "npm run issue -- drift/*.json [nobody, token]",
    ]);
  });
});
