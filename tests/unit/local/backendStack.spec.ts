import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backendOf, openBackendStack, requireBackend } from "../../../local/backendStack";
import { UserError } from "../../../local/steps";

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
