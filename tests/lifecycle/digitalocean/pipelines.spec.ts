import { AppsV1Api } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listStacks } from "../../../local/backendStack";
import type { JsonObject } from "../../../local/engine/stack";
import { stepPrinter } from "../../../local/steps";
import { eventually } from "../../support/cluster";
import { askByName } from "../../support/plainClient";
import { ROOT } from "../../support/stackFiles";
import type { Files, Team } from "../../support/team";
import { readSteadily } from "../../support/traffic";
import type { RunResult } from "../../support/workflows/runner";
import type { Replacement } from "../../support/workflows/steps";
import { cluster, kubeconfig } from "../stage";
import { freshAccount, whatExists } from "./cloud";
import {
  DEV_HOST,
  DOMAIN,
  PROD_HOST,
  ranBefore,
  setPipelineScene,
  type PipelineScene,
  withoutTls,
} from "./pipelineScene";

const LABEL = "review-app";
const FIXED_COMMIT = "3f2a9c1".padEnd(40, "0");
/** What the checks of a pull request find by themselves, left out where it was found for the one before. */
const leftOut: Replacement = ({ cwd }) => {
  const output = "left out: run for the first pull request\n";
  mkdirSync(join(cwd, "rendered"), { recursive: true });
  writeFileSync(join(cwd, "rendered", "left-out.txt"), output);
  return { code: 0, output };
};
const SHORT = Object.fromEntries(
  [
    "npm run policy -- dev prod",
    ...["dev", "prod"].map((stack) => `npm run render -- ${stack} --out rendered/${stack}`),
  ].map((command) => [command, leftOut]),
);
const CHECKED_BEFORE = { "npm run check": ranBefore("npm run check"), "npm test": ranBefore("npm test") };

const exampleFile = (name: string) => join(ROOT, "docs", "examples", "comments", `${name}.md`);

/** The commit and the run are others each time. */
const withFixedNames = (text: string, commit: string): string => {
  const fixed = text
    .replaceAll(commit, FIXED_COMMIT)
    .replaceAll(commit.slice(0, 7), FIXED_COMMIT.slice(0, 7))
    .replace(/runs\/1\b/, "runs/42");
  return `${fixed.trimEnd()}\n`;
};

/** Where FLASK_DOKS_EXAMPLES names a folder, puts there what the examples and their reports would have to be. */
function keepExample(name: string, commit: string, comment: string, { artifacts }: RunResult): void {
  const folder = process.env["FLASK_DOKS_EXAMPLES"] ?? "";
  if (folder === "") return;
  writeFileSync(join(folder, `${name}.md`), withFixedNames(comment, commit));
  const reports = ["dev", "prod"].map((stack) => {
    const text = artifacts.files(`report-${stack}`)[`${stack}.json`] ?? "{}";
    return JSON.parse(withFixedNames(text, commit)) as unknown;
  });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(reports, null, 2)}\n`);
}

describe("a team that deploys to DigitalOcean by the workflows", () => {
  const account = freshAccount("dev");
  let scene: PipelineScene;
  let good = "";

  before(async function () {
    this.timeout(25 * 60_000);
    scene = await setPipelineScene(account);
    console.log("      GitHub is emulated: its API, and a runner of this suite's own for the steps of the workflows;");
    console.log("      the stack prod shares dev's cluster here, since the node is one cluster");
  });
  after(async function () {
    this.timeout(60_000);
    await scene.strike();
  });

  const address = () => account.emulator.inventory.loadBalancer[0]?.details.match(/\d+\.\d+\.\d+\.\d+/)?.[0] ?? "";
  const front = (host: string) => askByName(host, { address: address() });
  const jobs = ({ jobs: all }: RunResult) => all.map(({ name, result }) => `${name} ${result}`);
  const output = ({ jobs: all }: RunResult) => all.flatMap(({ steps }) => steps.map((step) => step.output)).join("\n");
  /** Tokens for the cluster end by themselves. */
  const exists = () => ({ ...whatExists(account.emulator), clusterToken: undefined });
  const comments = (number: number) => scene.github.comments(number).map(({ body }) => body);

  it("deploys a push to main to dev, then to prod: by the plan that was looked at, when somebody approves", async () => {
    good = scene.team.git("rev-parse", "main");
    const entered: string[] = [];
    const result = await scene.run("deploy", scene.pushed(good), {
      approve: (environment) => {
        entered.push(`${environment} with ${whatExists(account.emulator).record ?? 0} records`);
        return true;
      },
    });
    assert.deepEqual(jobs(result), ["dev success", "plan-prod success", "prod success"]);
    assert.deepEqual(entered, ["dev with 0 records", "preview-main with 1 records", "production with 1 records"]);
    assert.deepEqual(
      result.jobs.map(({ concurrency }) => concurrency),
      [
        { group: "deploy-dev", "cancel-in-progress": false },
        undefined,
        { group: "deploy-prod", "cancel-in-progress": false },
      ],
    );
    assert.match(result.jobs[1]?.summary ?? "", /### prod: \d+ to create/);
    for (const host of [DEV_HOST, PROD_HOST]) assert.equal((await front(host)).status, 200, host);
  });

  /** The stack files with another blog in both. */
  const blogs =
    (changes: JsonObject) =>
    (team: Team): Files =>
      Object.fromEntries(
        ["dev", "prod"].map((stack) => {
          const apps = (team.config(stack)["apps"] as JsonObject[]).map((app) => ({ ...app, ...changes }));
          return [`Pulumi.${stack}.yaml`, team.stackFile(stack, { apps })];
        }),
      );
  const oneMore = (team: Team): Files =>
    Object.fromEntries(
      ["dev", "prod"].map((stack) => {
        const hello = {
          name: "hello",
          image: `ghcr.io/ada/hello@sha256:${"1".repeat(64)}`,
          hosts: [`hello.${stack}.${DOMAIN}`],
          database: { kind: "mysql", storageGi: 1 },
        };
        const apps = [...(team.config(stack)["apps"] as JsonObject[]), hello];
        const policy = { relax: ["blog", "hello"].map((app) => withoutTls(app)) };
        return [`Pulumi.${stack}.yaml`, team.stackFile(stack, { apps, policy })];
      }),
    );

  for (const [number, example, files, conclusion] of [
    [1, "no-change", () => ({ "NOTES.md": "Nothing that a stack is made of.\n" }), "success"],
    [2, "new-app", oneMore, "success"],
    [3, "database-change", blogs({ database: { kind: "mysql", storageGi: 3 } }), "success"],
    [4, "policy-violation", blogs({ env: { PAYMENT_TOKEN: "tok_live_in_clear" } }), "failure"],
  ] as const) {
    it(`comments on a pull request: ${example}`, async () => {
      const commit = scene.team.propose(`change-${number}`, example, files);
      const pull = { number, commit };
      const isChecked = example === "no-change" || example === "policy-violation";
      const replace = { ...CHECKED_BEFORE, ...(isChecked ? {} : SHORT) };
      const result = await scene.run("pull-request", scene.pullRequest(pull, "opened"), { replace });
      const outcome = conclusion === "success" ? "success" : "failure";
      assert.deepEqual(
        jobs(result).filter((job) => !job.startsWith("previewed")),
        [`checks ${outcome}`, `preview (dev) ${outcome}`, `preview (prod) ${outcome}`, "comment success"],
      );
      const [comment = "", ...others] = comments(number);
      console.log(comment.replace(/^/gm, "      > "));
      keepExample(example, commit, comment, result);
      assert.equal(withFixedNames(comment, commit), readFileSync(exampleFile(example), "utf8"));
      assert.deepEqual(others, []);
    });
  }

  it("updates the comment at the next push, and repeats it not", async () => {
    const commit = scene.team.propose("change-2", "think better of it", () => ({ "NOTES.md": "Nothing at all.\n" }));
    const event = scene.pullRequest({ number: 2, commit }, "synchronize");
    const replace = { ...CHECKED_BEFORE, ...SHORT };
    assert.equal((await scene.run("pull-request", event, { replace })).conclusion, "success");
    const [comment = "", ...others] = comments(2);
    assert.match(comment, /### dev: nothing to do/);
    assert.deepEqual(others, []);
  });

  it("checks a pull request from a fork without a secret, an engine or a comment (P7)", async () => {
    const commit = scene.team.propose("change-5", "from outside", () => ({ "NOTES.md": "From a fork.\n" }));
    const event = scene.pullRequest({ number: 5, commit, from: "mallory/shop" }, "opened");
    const result = await scene.run("pull-request", event, { replace: CHECKED_BEFORE });
    assert.deepEqual(jobs(result), ["checks success", "preview skipped", "comment skipped", "previewed skipped"]);
    assert.ok(result.artifacts.names.includes("rendered"));
    assert.deepEqual(comments(5), []);
  });

  it("goes back by itself when a release does not come up, tells the pod's reason, and loses no request", async () => {
    const broken = scene.team.commit("Ask for a page that is not there", {
      ...blogs({ health: { live: "/healthz", ready: "/nowhere" }, rolloutSeconds: 30 })(scene.team),
    });
    const traffic = readSteadily("", () => front(DEV_HOST).then(({ status }) => status));
    const result = await scene.run("deploy", scene.pushed(broken));
    const { sent, failed } = await traffic.stop();
    console.log(`      ${sent} requests sent meanwhile, ${failed.length} failed`);
    assert.deepEqual(jobs(result), ["dev failure", "plan-prod skipped", "prod skipped"]);
    const said = output(result);
    assert.match(said, /health-path: GET \/nowhere is answered with status 404/);
    assert.match(said, new RegExp(`Rolled back: ${good.slice(0, 7)}, which was deployed at .* UTC, serves again\\.`));
    assert.match(result.jobs[0]?.summary ?? "", /✗ dev was not deployed[\s\S]*health-path/);
    assert.deepEqual(failed, []);
    const pods = async () => (await cluster().pods("web", "blog")).map(({ status }) => status?.phase);
    await eventually("the pods of before alone", 60, pods, (phases) => phases.length === 2);
    scene.team.git("reset", "--quiet", "--hard", good);
  });

  it("brings a review app up for a label, and takes it down with the pull request: nothing is left", async () => {
    const commit = scene.team.propose("change-7", "Greet", blogs({ env: { GREETING: "hello" } }));
    const before = exists();
    const stacks = async () =>
      (await listStacks({ ...process.env, ...scene.env }, stepPrinter().step, scene.env["PULUMI_BACKEND_URL"]))
        .map(({ name }) => name)
        .sort();
    const pull = { number: 7, commit, labels: [LABEL] };
    assert.deepEqual(jobs(await scene.run("review", scene.pullRequest(pull, "labeled", LABEL))), [
      "up success",
      "down skipped",
      "sweep skipped",
    ]);
    const { status, text } = await front(`7.review.${DOMAIN}`);
    assert.equal(status, 200);
    assert.match(text, /A moth in the relay/);
    const [comment = "", ...others] = comments(7);
    console.log(comment.replace(/^/gm, "      > "));
    assert.match(comment, new RegExp(`http://7\\.review\\.${DOMAIN}`));
    assert.deepEqual(others, []);
    // A few pods, a volume, a name, and two credentials for the registry.
    const { volume = 0, record = 0, registryCredential = 0 } = before;
    assert.deepEqual(exists(), {
      ...before,
      volume: volume + 1,
      record: record + 1,
      registryCredential: registryCredential + 2,
    });
    assert.deepEqual(await stacks(), ["dev", "prod", "review-7"]);

    const sweep = await scene.run("review", scene.scheduled());
    assert.deepEqual(jobs(sweep), ["up skipped", "down skipped", "sweep success"]);
    assert.equal((await front(`7.review.${DOMAIN}`)).status, 200);

    assert.deepEqual(jobs(await scene.run("review", scene.pullRequest(pull, "closed"))), [
      "up skipped",
      "down success",
      "sweep skipped",
    ]);
    await account.emulator.settled();
    assert.deepEqual(exists(), before);
    assert.deepEqual(await stacks(), ["dev", "prod"]);
    assert.ok(!(await cluster().namespaces()).includes("review-7-blog"));
    assert.equal((await front(`7.review.${DOMAIN}`)).status, 404);
    assert.equal(comments(7).length, 1);
  });

  const scaleByHand = (replicas: number) =>
    kubeconfig()
      .makeApiClient(AppsV1Api)
      .patchNamespacedDeployment({
        name: "blog",
        namespace: "blog",
        body: [{ op: "replace", path: "/spec/replicas", value: replicas }],
      });

  it("opens an issue when somebody has changed what it runs on, and closes it when all is as it was (P8)", async () => {
    assert.equal((await scene.run("drift", scene.scheduled())).conclusion, "success");
    assert.deepEqual(scene.github.issues(), []);
    await scaleByHand(1);
    const result = await scene.run("drift", scene.scheduled());
    assert.deepEqual(jobs(result), ["look (dev) failure", "look (prod) success", "issue success"]);
    const [issue, ...others] = scene.github.issues();
    console.log((issue?.body ?? "").replace(/^/gm, "      > "));
    assert.deepEqual([issue?.title, issue?.state, others], ["Drift in dev", "open", []]);
    assert.match(issue?.body ?? "", /Deployment blog-deployment[\s\S]*spec\.replicas/);
    await scaleByHand(2);
    assert.equal((await scene.run("drift", scene.scheduled())).conclusion, "success");
    assert.deepEqual(
      scene.github.issues().map(({ state }) => state),
      ["closed"],
    );
  });

  it("made no call, and got no answer, that is not as DigitalOcean's OpenAPI file says", () => {
    assert.deepEqual(account.emulator.violations, []);
    assert.deepEqual(account.emulator.failures, []);
  });
});
