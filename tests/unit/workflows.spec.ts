import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/stackFiles";
import { readAction, readWorkflow, type Step, type Workflow } from "../support/workflows/workflow";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const FILES = readdirSync(join(ROOT, ".github", "workflows")).map((name) => `.github/workflows/${name}`);
const ACTION = ".github/actions/setup/action.yml";
const WORKFLOWS: [file: string, workflow: Workflow][] = FILES.map((file) => [file, readWorkflow(file, read(file))]);

/** Each job with the file and the workflow that it is in. */
const JOBS = WORKFLOWS.flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({
    name: `${file.replace(/^.*\/|\.yml$/g, "")}/${id}`,
    workflow,
    job,
  })),
);

const steps: Step[] = [...JOBS.flatMap(({ job }) => job.steps), ...readAction(ACTION, read(ACTION)).runs.steps];

/** What a job may do with the repository, and the environment whose secrets it sees. Nothing else of either is given. */
const RIGHTS: Record<string, string> = {
  "deploy/dev": "contents: read; environment dev",
  "deploy/plan-prod": "contents: read; environment preview-main",
  "deploy/prod": "contents: read; environment production",
  "drift/issue": "contents: read, issues: write",
  "drift/look": "contents: read; environment preview-main",
  "pull-request/checks": "contents: read",
  "pull-request/comment": "contents: read, pull-requests: write",
  "pull-request/preview": "contents: read; environment preview",
  "pull-request/previewed": "",
  "review/down": "contents: read, pull-requests: write; environment review",
  "review/sweep": "contents: read, pull-requests: write; environment review-main",
  "review/up": "contents: read, pull-requests: write; environment review",
};

/** Lines that are no command of the project's own, each with its reason. */
const OTHER_LINES: Record<string, string> = {
  "npm ci --no-audit --no-fund": "the project's commands come with it",
  "exit 1": "a job that stands for the failure of others",
};

const ON_MAIN = "github.ref == 'refs/heads/main'";
const SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository";

describe("The workflows", () => {
  it("are valid for GitHub's own parser", async () => {
    const { NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");
    const problems = (content: string) =>
      parseWorkflow({ name: "workflow.yml", content }, new NoOperationTraceWriter())
        .context.errors.getErrors()
        .map(({ message }) => message);
    assert.deepStrictEqual(
      FILES.flatMap((file) => problems(read(file))),
      [],
    );
    assert.ok(problems(read(FILES[0] ?? "").replace("timeout-minutes:", "timeout-minuets:")).length > 0);
  });

  it("take actions of others at one commit, with its version beside it", () => {
    const uses = [...FILES, ACTION].flatMap((file) => read(file).match(/uses: .*/g) ?? []);
    assert.ok(uses.length > 20);
    assert.deepStrictEqual(
      uses.filter(
        (line) => !/^uses: (\.\/\.github\/actions\/setup|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(line),
      ),
      [],
    );
    // One version of each.
    const thirdParty = [...new Set(uses)].filter((line) => !line.includes("./"));
    assert.deepStrictEqual(new Set(thirdParty.map((line) => line.split("@")[0])).size, thirdParty.length);
  });

  it("never run a pull request's code with the rights of the base (P7)", () => {
    const triggers = WORKFLOWS.flatMap(([, { on }]) => Object.keys(on));
    assert.deepStrictEqual([...new Set(triggers)].sort(), ["pull_request", "push", "schedule", "workflow_dispatch"]);
    assert.deepStrictEqual(
      FILES.filter((file) => /pull_request_target|workflow_run/.test(read(file))),
      [],
    );
  });

  it("never cancel what changes a stack, and let no two change the same one (P7)", () => {
    const changing = JOBS.filter(({ job }) => job.steps.some(({ run }) => /npm run (deploy|review)\b/.test(run ?? "")));
    assert.deepStrictEqual(
      changing.map(({ name, workflow, job }) => [name, workflow.concurrency, job.concurrency]).sort(),
      [
        ["deploy/dev", "deploy-dev"],
        ["deploy/prod", "deploy-prod"],
        ["review/down", "review-${{ github.event.pull_request.number }}"],
        ["review/sweep", "review-sweep"],
        ["review/up", "review-${{ github.event.pull_request.number }}"],
      ].map(([name, group]) => [name, undefined, { group, "cancel-in-progress": false }]),
    );
  });

  it("give each job the least that it needs: a stated right, and the secrets of one environment", () => {
    const rights = JOBS.map(({ name, job }) => {
      const may = Object.entries(job.permissions ?? { everything: "undefined" }).map((entry) => entry.join(": "));
      return [name, [may.join(", "), ...(job.environment ? [`environment ${job.environment}`] : [])].join("; ")];
    });
    assert.deepStrictEqual(Object.fromEntries(rights), RIGHTS);
    assert.deepStrictEqual(
      WORKFLOWS.filter(([, { permissions }]) => JSON.stringify(permissions) !== "{}"),
      [],
    );
  });

  it("show secrets to no fork: only after a push, on a schedule, or for a branch of the same repository", () => {
    const withSecrets = JOBS.filter(({ job }) => JSON.stringify(job).includes("secrets."));
    assert.deepStrictEqual(
      withSecrets.map(({ name }) => name),
      JOBS.filter(({ job }) => job.environment !== undefined).map(({ name }) => name),
    );
    const unguarded = withSecrets.filter(
      ({ workflow, job }) =>
        "pull_request" in workflow.on &&
        !(job.if ?? "").includes(SAME_REPOSITORY) &&
        !(job.if ?? "").startsWith("github.event_name != 'pull_request' &&"),
    );
    assert.deepStrictEqual(
      unguarded.map(({ name }) => name),
      [],
    );
  });

  it("use the environments that wait for nobody on main alone", () => {
    const unattended = JOBS.filter(({ job }) => /^(dev|.*-main)$/.test(job.environment ?? ""));
    const conditions = unattended.map(({ name, workflow, job }) => [
      name,
      [job.if, ...job.needs.map((id) => workflow.jobs[id]?.if)].some((each) => each?.includes(ON_MAIN)),
    ]);
    assert.deepStrictEqual(
      conditions,
      ["deploy/dev", "deploy/plan-prod", "drift/look", "review/sweep"].map((name) => [name, true]),
    );
  });

  it("show secrets to the one step that needs them, and to no install script", () => {
    const holding = (value: unknown) => JSON.stringify(value ?? {}).includes("secrets.");
    assert.deepStrictEqual(
      [...WORKFLOWS.map(([, { env }]) => env), ...JOBS.map(({ job }) => job.env)].filter(holding),
      [],
    );
    const named = steps.filter(holding);
    assert.deepStrictEqual(
      named.filter(({ run }) => !/^npm run (preview|deploy|review|drift) /.test(run ?? "")),
      [],
    );
    assert.ok(named.length > 0);
  });

  it("run main's code alone where somebody starts them by hand", () => {
    const byHand = JOBS.filter(({ workflow }) => "workflow_dispatch" in workflow.on);
    const free = byHand.filter(
      ({ job }) =>
        !/github\.ref == 'refs\/heads\/main'|github\.event_name == 'pull_request'/.test(job.if ?? "") &&
        job.needs.length === 0,
    );
    assert.deepStrictEqual(
      free.map(({ name }) => name),
      [],
    );
  });

  it("only call the project's commands, with nothing of an event in a script", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const lines = steps.flatMap(({ run }) => (run === undefined ? [] : run.trim().split("\n")));
    const wrong = lines.filter((line) => {
      const [, script = line === "npm test" ? "test" : undefined] = /^npm run ([\w:]+)( |$)/.exec(line) ?? [];
      return line.includes("${{") || !(script === undefined ? line in OTHER_LINES : script in scripts);
    });
    assert.deepStrictEqual(wrong, []);
    assert.deepStrictEqual(
      Object.keys(OTHER_LINES).filter((line) => !lines.includes(line)),
      [],
    );
    const named = lines.flatMap((line) => /\$(\w+)/.exec(line)?.[1] ?? []);
    assert.deepStrictEqual([...new Set(named)].sort(), ["PLAN", "PULL_REQUEST", "STACK"]);
  });

  it("run each script in bash, and let no job go on for ever", () => {
    assert.deepStrictEqual(
      WORKFLOWS.filter(([, { defaults }]) => defaults?.run.shell !== "bash").map(([file]) => file),
      [],
    );
    const HOUR = 60;
    assert.deepStrictEqual(
      JOBS.filter(({ job }) => job["timeout-minutes"] > HOUR).map(({ name }) => name),
      [],
    );
  });

  it("keep no credential in a checkout, and have the history where a release may have to go back", () => {
    const checkouts = JOBS.flatMap(({ name, job }) =>
      job.steps
        .filter(({ uses }) => uses?.startsWith("actions/checkout@"))
        .map((step) => ({ name, inputs: step.with })),
    );
    assert.ok(checkouts.length >= JOBS.length - 1);
    assert.deepStrictEqual(
      checkouts.filter(({ inputs }) => inputs["persist-credentials"] !== false),
      [],
    );
    assert.deepStrictEqual(
      checkouts.filter(({ inputs }) => inputs["fetch-depth"] === 0).map(({ name }) => name),
      ["deploy/dev", "deploy/prod"],
    );
  });

  it("run on the Node of package.json", () => {
    const { devDependencies } = JSON.parse(read("package.json")) as { devDependencies: Record<string, string> };
    const node = steps.find(({ uses }) => uses?.startsWith("actions/setup-node@"));
    assert.deepStrictEqual(node?.with["node-version"], devDependencies["node"]);
  });

  it("are described in docs/delivery.md, each with its environments", () => {
    const text = read("docs/delivery.md");
    const named = [
      ...FILES.map((file) => file.replace(".github/workflows/", "")),
      ...JOBS.flatMap(({ job }) => job.environment ?? []),
      "review-app",
    ];
    assert.deepStrictEqual(
      named.filter((name) => !text.includes(`\`${name}\``)),
      [],
    );
  });
});
