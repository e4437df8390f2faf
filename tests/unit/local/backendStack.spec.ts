import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backendOf, openBackendStack, requireBackend, stackAge } from "../../../local/backendStack";
import { UserError } from "../../../local/steps";
import { FakeCommands } from "../../support/fakeCommands";

describe("the backend of a team's stacks", () => {
  const home = mkdtempSync(join(tmpdir(), "flask-doks-home-"));
  const former = process.env["PULUMI_HOME"];
  before(() => {
    process.env["PULUMI_HOME"] = home;
  });
  after(() => {
    if (former === undefined) Reflect.deleteProperty(process.env, "PULUMI_HOME");
    else process.env["PULUMI_HOME"] = former;
    rmSync(home, { recursive: true });
  });

  it("is nowhere before anybody has logged in, which is told with the way on", () => {
    assert.strictEqual(backendOf({}), undefined);
    assert.throws(
      () => requireBackend({}),
      /^UserError: No Pulumi backend is known.*PULUMI_BACKEND_URL.*pulumi login/s,
    );
  });

  it("is the one that the CLI is logged in to", () => {
    writeFileSync(join(home, "credentials.json"), JSON.stringify({ current: "s3://team-state" }));
    assert.strictEqual(backendOf({}), "s3://team-state");
  });

  it("is the one that the environment names before any other", () => {
    assert.strictEqual(backendOf({ PULUMI_BACKEND_URL: "file:///state" }), "file:///state");
  });

  it("wants a passphrase, unless it is Pulumi Cloud, and asks nobody for it", async () => {
    const surroundings = { step: () => assert.fail("went on"), note: () => undefined };
    const open = openBackendStack("dev", { env: { PULUMI_BACKEND_URL: "file:///state" }, ...surroundings });
    await assert.rejects(open, (error) => error instanceof UserError && /PULUMI_CONFIG_PASSPHRASE/.test(error.message));
  });
});

describe("the age of a stack", () => {
  let commands: FakeCommands;
  beforeEach(() => {
    commands = new FakeCommands();
  });
  afterEach(() => {
    commands.remove();
  });

  const at = (day: number) => `2026-11-${day}T12:00:00.000Z`;
  const entry = (kind: string, day: number, result = "succeeded") => ({ kind, result, endTime: at(day) });

  /** What is told of it with this history, the newest first. */
  async function age(...history: object[]): Promise<unknown> {
    commands.add("pulumi", `case $1 in version) echo v3.256.0;; *) echo '${JSON.stringify(history)}';; esac`);
    const step = async <T>(_title: string, work: () => Promise<T> | T) => work();
    return stackAge("review-7", { PULUMI_BACKEND_URL: "file:///states" }, step);
  }

  it("is that of its newest deployment that went well: no failure makes it younger", async () => {
    assert.deepStrictEqual(
      await age(entry("refresh", 25), entry("update", 24, "failed"), entry("update", 22), entry("update", 20)),
      { deployed: new Date(at(22)) },
    );
    assert.deepStrictEqual(
      commands.lines().at(-1),
      "pulumi stack history --json --page-size 100 --stack review-7 --non-interactive",
    );
  });

  it("is told with the time of a destroy, unless something was deployed afterwards", async () => {
    const deployed = new Date(at(20));
    const failed = entry("destroy", 23, "failed");
    assert.deepStrictEqual(await age(entry("refresh", 24), failed, entry("update", 20)), {
      deployed,
      goingSince: new Date(at(23)),
    });
    assert.deepStrictEqual(await age(entry("update", 24, "failed"), failed, entry("update", 20)), { deployed });
  });

  it("is not known before anything was deployed", async () => {
    assert.deepStrictEqual(await age(), {});
  });
});
