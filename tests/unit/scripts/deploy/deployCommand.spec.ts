import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UpdateSummary } from "@pulumi/pulumi/automation";
import type { BackendStack } from "../../../../local/backendStack";
import { Interrupted, OperationFailed } from "../../../../local/engine/stack";
import { UserError } from "../../../../local/steps";
import { deploy, deployArgs } from "../../../../scripts/deploy/deployCommand";

const stackFile = (database: string) => `config:
  flask-doks:cluster: { kind: existing, context: somewhere }
  flask-doks:registry: { kind: external, server: ghcr.io/team }
  flask-doks:apps:
    - name: blog
      image: ghcr.io/team/blog@sha256:${"1".repeat(64)}
      expose: nodePort
      database: ${database}
`;

describe("npm run deploy", () => {
  const folder = mkdtempSync(join(tmpdir(), "flask-doks-deploy-"));
  const summary = join(folder, "summary.md");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { cwd: folder })
      .toString()
      .trim();
  const commit = (database: string): string => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), stackFile(database));
    git("add", "Pulumi.dev.yaml");
    git("commit", "--quiet", "--allow-empty", "--message", database);
    return git("rev-parse", "HEAD");
  };
  let notes: string[] = [];
  let settled = 0;
  let went: string[] = [];

  before(() => {
    git("init", "--quiet");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    [notes, settled, went] = [[], 0, []];
    rmSync(summary, { force: true });
  });

  /** The history of a stack whose last good release was of that commit. */
  const goodAt = (id: string) =>
    [
      { kind: "update", result: "failed", environment: { "git.head": "f".repeat(40) } },
      {
        kind: "update",
        result: "succeeded",
        environment: { "git.head": id, "git.dirty": "false" },
        endTime: new Date("2026-11-26T10:00:00Z"),
      },
    ] as unknown as UpdateSummary[];

  /** Deploys a stack whose `up` fails, and gives what is told. */
  async function failing(
    error: Error,
    {
      history = () => Promise.resolve([] as UpdateSummary[]),
      back = () => Promise.resolve(),
      rollback = true,
    }: { history?: () => Promise<UpdateSummary[]>; back?: () => Promise<void>; rollback?: boolean } = {},
  ): Promise<Error> {
    const stack = {
      outputs: () => Promise.resolve({}),
      up: () => Promise.reject(error),
      settle: () => {
        settled++;
        return Promise.resolve();
      },
      history,
    };
    const opened = { stack, close: () => undefined } as unknown as BackendStack;
    const surroundings = {
      env: { GITHUB_STEP_SUMMARY: summary },
      folder,
      step: async <T>(_: string, work: () => Promise<T> | T) => work(),
      note: (text: string) => notes.push(text),
    };
    return deploy({ stack: "dev", plan: undefined, rollback }, surroundings, {
      open: () => Promise.resolve(opened),
      rollBack: (_stack, id) => {
        went.push(id);
        return back();
      },
    }).then(
      () => assert.fail("it did not fail"),
      (reason: unknown) => reason as Error,
    );
  }
  const rollout = () => new OperationFailed('The up of "dev" failed: 1 of 2 pods are new', [], []);

  it("goes back to the last good release when the roll-out fails, and tells both", async () => {
    const good = commit("mysql");
    commit("{ kind: mysql }");
    const told = await failing(rollout(), { history: () => Promise.resolve(goodAt(good)) });
    assert.ok(told instanceof UserError);
    assert.strictEqual(
      told.message,
      `The up of "dev" failed: 1 of 2 pods are new\n\n` +
        `Rolled back: ${good.slice(0, 7)}, which was deployed at 2026-11-26 10:00 UTC, serves again.`,
    );
    assert.deepStrictEqual([went, settled], [[good], 1]);
    assert.match(readFileSync(summary, "utf8"), /^### ✗ dev was not deployed\n\n```text\nThe up of "dev" failed/);
  });

  it("leaves a failed release as it is when it is told to", async () => {
    const good = commit("mysql");
    commit("{ kind: mysql }");
    const told = await failing(rollout(), { history: () => Promise.resolve(goodAt(good)), rollback: false });
    assert.deepStrictEqual([told.message, went], ['The up of "dev" failed: 1 of 2 pods are new', []]);
  });

  it("does not go back when nothing was begun, such as beside somebody else's run", async () => {
    const held = new UserError("The stack is locked by ann@laptop.");
    const told = await failing(held, { history: () => Promise.resolve(goodAt(commit("mysql"))) });
    assert.deepStrictEqual([told, went], [held, []]);
  });

  it("does not go back when somebody has stopped it", async () => {
    const stopped = new Interrupted("The up was stopped.");
    assert.deepStrictEqual([await failing(stopped), went], [stopped, []]);
  });

  it("does not take back what goes one way only, and names it", async () => {
    const good = commit("{ kind: mysql, passwordVersion: 2, storageGi: 5 }");
    commit("{ kind: mysql, passwordVersion: 3, storageGi: 9 }");
    const { message } = await failing(rollout(), { history: () => Promise.resolve(goodAt(good)) });
    assert.match(
      message,
      new RegExp(
        `Not rolled back to ${good.slice(0, 7)}, for what cannot be taken back: ` +
          "database\\.passwordVersion of blog went from 2 to 3; database\\.storageGi of blog went from 5 to 9\\.",
      ),
    );
    assert.deepStrictEqual(went, []);
  });

  for (const [why, error] of [
    ["fails as well", new UserError("no room left")],
    ["breaks", new TypeError("x is not a function")],
  ] as const) {
    it(`keeps the reason when the way back ${why}`, async () => {
      const good = commit("mysql");
      commit("{ kind: mysql }");
      const history = () => Promise.resolve(goodAt(good));
      const { message } = await failing(rollout(), { history, back: () => Promise.reject(error) });
      assert.match(message, /^The up of "dev" failed: 1 of 2 pods are new\n\nAnd the way back failed: /);
      assert.ok(message.includes(error.message));
    });
  }

  it("keeps the reason when the history cannot be read", async () => {
    const { message } = await failing(rollout(), { history: () => Promise.reject(new Error("403 Forbidden")) });
    assert.match(message, /1 of 2 pods are new\n\nAnd the way back failed: 403 Forbidden/);
  });

  it("says why there is nothing to go back to", async () => {
    const { message } = await failing(rollout());
    assert.match(message, /Not rolled back\. There is no earlier release to go back to/);
  });

  it("wants one stack that has a file, and knows its options", () => {
    assert.deepStrictEqual(deployArgs(["dev", "--plan", "p.json", "--no-rollback"], folder), {
      stack: "dev",
      plan: "p.json",
      rollback: false,
    });
    assert.throws(() => deployArgs(["nope"], folder), /There is no Pulumi\.nope\.yaml here\. There are: dev\./);
    assert.throws(() => deployArgs([], folder), /Which stack\? There are: dev\. For example: npm run deploy -- dev/);
  });
});
