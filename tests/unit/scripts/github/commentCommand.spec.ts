import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../../local/steps";
import { commentCommand } from "../../../../scripts/github/commentCommand";
import { deadUrl } from "../../../support/httpServer";
import { startGithub, type GithubOptions, type GithubServer } from "../../../support/githubServer";
import { change, report } from "../preview/reports";

const TOKEN = "ghs_0123456789abcdef";
const MARKER = "<!-- flask-doks: preview -->";

describe("npm run comment", () => {
  let folder: string;
  let github: GithubServer;
  let pauses: number[];

  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  /** What it prints, or the sentence that it ends with. */
  const run = async (args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const whole = { GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: "ada/shop", GITHUB_API_URL: github.url, ...env };
    const pause = (milliseconds: number) => Promise.resolve(pauses.push(milliseconds));
    try {
      return await commentCommand(args, whole, { pause });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      assert.ok(!error.message.includes(TOKEN));
      return error.message;
    }
  };
  const restart = async (options: Partial<GithubOptions>): Promise<void> => {
    await github.stop();
    github = await startGithub({ repository: "ada/shop", token: TOKEN, ...options });
    github.pullRequest({ number: 7 });
  };
  const bodies = (): string[] => github.comments(7).map(({ body }) => body.split("\n").slice(0, 3).join("|"));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "comment-"));
    file("dev.json", report());
    file("prod.json", report({ stack: "prod", changes: [change("create", "Namespace shop-namespace")] }));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    pauses = [];
    github = await startGithub({ repository: "ada/shop", token: TOKEN });
    github.pullRequest({ number: 7 });
  });
  afterEach(() => github.stop());

  const dev = () => [join(folder, "dev.json"), "--pull-request", "7"];
  const both = () => [join(folder, "prod.json"), ...dev()];

  it("writes one comment about all stacks, with a link to its run", async () => {
    const printed = await run(both(), { GITHUB_RUN_ID: "42" });
    const [comment, ...more] = github.comments(7);
    assert.deepStrictEqual(more, []);
    assert.match(printed, /^The comment on #7 is created: https:\S+#issuecomment-\d+\n$/);
    assert.deepStrictEqual(
      comment?.body.split("\n").filter((line) => /^(<!|###|Commit)/.test(line)),
      [
        MARKER,
        "### prod: 1 to create",
        "### dev: nothing to do",
        "Commit `3f2a9c1` · [the log of the run](https://github.com/ada/shop/actions/runs/42)",
      ],
    );
  });

  it("updates its comment, and leaves alone one that says the same", async () => {
    await run(both());
    assert.match(await run(dev()), /^The comment on #7 is updated: /);
    assert.match(await run(dev()), /^The comment on #7 is unchanged: /);
    assert.deepStrictEqual(bodies(), [`${MARKER}||### dev: nothing to do`]);
    assert.deepStrictEqual(github.requests.filter((request) => request.startsWith("PATCH")).length, 1);
  });

  it("finds its comment among hundreds", async () => {
    for (let index = 0; index < 130; index++) github.addComment(7, { body: `No. ${index}` });
    await run(both());
    for (let index = 0; index < 130; index++) github.addComment(7, { body: `No. ${index + 130}` });
    assert.match(await run(dev()), /is updated/);
    assert.deepStrictEqual(github.comments(7).length, 261);
    assert.deepStrictEqual(bodies()[130], `${MARKER}||### dev: nothing to do`);
  });

  it("touches no comment of somebody else's that has its marker, nor one of its own without", async () => {
    github.addComment(7, { body: `${MARKER}\n\nmine`, login: "mallory" });
    github.addComment(7, { body: `> ${MARKER}\n\nquoted`, login: "github-actions[bot]" });
    github.addComment(7, { body: `Look:\n${MARKER}`, login: "github-actions[bot]" });
    assert.match(await run(dev()), /is created/);
    assert.deepStrictEqual(bodies(), [
      `${MARKER}||mine`,
      `> ${MARKER}||quoted`,
      `Look:|${MARKER}`,
      `${MARKER}||### dev: nothing to do`,
    ]);
  });

  it("keeps the newest of two, as two runs at once have left them", async () => {
    github.addComment(7, { body: `${MARKER}\n\none`, login: "github-actions[bot]" });
    const newest = github.addComment(7, { body: `${MARKER}\r\n\r\ntwo`, login: "github-actions[bot]" });
    assert.match(await run(dev()), /is updated/);
    assert.deepStrictEqual(
      github.comments(7).map(({ id }) => id),
      [newest],
    );
  });

  it("takes the pull request from the event that started the run", async () => {
    const event = file("event.json", { action: "opened", pull_request: { number: 7 } });
    assert.match(await run([join(folder, "dev.json")], { GITHUB_EVENT_PATH: event }), /^The comment on #7 is created/);
    const push = file("push.json", { ref: "refs/heads/main" });
    for (const env of [{}, { GITHUB_EVENT_PATH: push }]) {
      assert.deepStrictEqual(
        await run([join(folder, "dev.json")], env),
        "Which pull request? This run is not one's: name it with --pull-request <n>.",
      );
    }
  });

  it("prints the comment without asking anybody", async () => {
    const printed = await commentCommand([join(folder, "dev.json"), "--print"], {});
    assert.deepStrictEqual(printed.split("\n").slice(0, 3), [MARKER, "", "### dev: nothing to do"]);
    assert.deepStrictEqual(github.requests, []);
  });

  it("goes on after a fault of GitHub's, a rate limit and a lost answer, and still writes once", async () => {
    github.fail({ status: 502 });
    github.fail({ status: 502, lost: true }, { request: /^POST \S+comments/ });
    github.fail(
      { status: 403, message: "You have exceeded a secondary rate limit.", headers: { "retry-after": "3" } },
      { request: /^GET \S+comments/ },
    );
    assert.match(await run(dev()), /^The comment on #7 is unchanged: /);
    assert.deepStrictEqual(github.comments(7).length, 1);
    assert.deepStrictEqual(pauses, [500, 3_000, 2_000]);
  });

  it("gives up on a fault that lasts, and on a limit that lasts longer than it waits", async () => {
    github.fail({ status: 502, message: "Bad gateway" }, { times: 9, request: /^POST \S+comments/ });
    assert.deepStrictEqual(await run(dev()), "GitHub failed to comment on #7 (502 Bad gateway).");
    assert.deepStrictEqual(pauses, [500, 1_000, 2_000]);
    const reset = Date.parse("2099-01-02T03:04:00Z") / 1000;
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) };
    github.fail({ status: 403, message: "API rate limit exceeded", headers }, { request: /^GET / });
    assert.deepStrictEqual(
      await run(dev()),
      "GitHub takes no more requests until 2099-01-02 03:04 UTC (403 API rate limit exceeded).",
    );
    assert.deepStrictEqual(pauses.length, 3);
  });

  it("says which permission its job needs", async () => {
    await restart({ writes: false });
    assert.deepStrictEqual(
      await run(dev()),
      "The token in GITHUB_TOKEN may not comment on #7 in ada/shop (403 Resource not accessible by integration). " +
        'A job needs "permissions: pull-requests: write"; for a pull request from a fork, it only ever reads.',
    );
  });

  it("says that its token is not accepted", async () => {
    await restart({ token: "another" });
    assert.deepStrictEqual(
      await run(dev()),
      "GitHub does not accept the token in GITHUB_TOKEN: it has expired, or is none (401 Bad credentials).",
    );
  });

  it("says that there is no such pull request", async () => {
    assert.deepStrictEqual(
      await run([join(folder, "dev.json"), "--pull-request", "8"]),
      "GitHub cannot read the comments on #8 in ada/shop: it is not there, or the token may not see it (404 Not Found). " +
        'A job needs "permissions: pull-requests: write".',
    );
  });

  it("says that GitHub does not answer, and tells no token that is in what it got", async () => {
    const url = await deadUrl();
    assert.deepStrictEqual(
      await run(dev(), { GITHUB_API_URL: url }),
      `GitHub at ${url} does not answer: connect ECONNREFUSED ${url.replace("http://", "")}.`,
    );
    github.fail({ status: 502, message: `No route for ${TOKEN}` }, { times: 4 });
    assert.deepStrictEqual(await run(dev()), "GitHub failed to tell whose token it is (502 No route for [token]).");
  });

  it("lists what is missing in its environment", async () => {
    assert.deepStrictEqual((await run(dev(), { GITHUB_TOKEN: "", GITHUB_REPOSITORY: undefined })).split("\n"), [
      "GitHub cannot be asked without",
      "  GITHUB_TOKEN: a token that may write there; in a job: ${{ github.token }}",
      "  GITHUB_REPOSITORY: the repository, such as ada/shop; a job has it by itself",
    ]);
    assert.deepStrictEqual(
      await run(dev(), { GITHUB_REPOSITORY: "shop" }),
      'GITHUB_REPOSITORY: "shop" is not an owner and a name, such as ada/shop.',
    );
  });

  it("tells of arguments and files that are wrong", async () => {
    assert.deepStrictEqual(await run([]), "Name the reports: npm run comment -- <report.json>…");
    assert.deepStrictEqual(
      await run([join(folder, "dev.json"), "--pull-request", "seven"]),
      '--pull-request wants a number such as 7, not "seven".',
    );
    const wrong = file("wrong.json", { ...report({ stack: "a b" }), kind: "drift", changes: [{ op: "twist" }] });
    const told = await run([wrong]);
    assert.deepStrictEqual(told.split("\n")[0], `${wrong} is not a report of npm run preview:`);
    assert.match(told, /\n {2}kind: .*"preview"\n {2}stack: not a stack's name\n {2}changes\.0\.op: /);
    assert.match(await run([file("text.json", "{")]), /text\.json is not JSON: .+\.$/);
    assert.match(
      await run([join(folder, "none.json")]),
      /^There is no file .*none\.json\. npm run preview writes it\.$/,
    );
    assert.deepStrictEqual(github.requests, []);
  });
});
