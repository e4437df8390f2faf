import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceFindings } from "../../../lib/sources";
import { problemsOf } from "../../support/configs";
import { attemptProgram } from "../../support/mocks";
import { app, stack } from "../../support/stackFiles";

describe("the source folders of a stack", () => {
  let root: string;
  const find = (...sources: (string | undefined)[]) =>
    sourceFindings(
      sources.map((source) => ({ source })),
      root,
    );

  before(() => {
    root = mkdtempSync(join(tmpdir(), "sources-"));
    mkdirSync(join(root, "whole"));
    writeFileSync(join(root, "whole", "Dockerfile"), "FROM scratch\n");
    mkdirSync(join(root, "bare"));
    writeFileSync(join(root, "file"), "");
  });

  after(() => {
    rmSync(root, { recursive: true });
  });

  it("are sound with a Dockerfile, and need none for a ready image", () => {
    assert.deepStrictEqual(find("whole", undefined, join(root, "whole")), []);
  });

  it("are named with what is missing: the folder, or the Dockerfile in it", () => {
    assert.deepStrictEqual(find("whole", "none", "file", "bare"), [
      { key: "apps[1].source", message: "there is no folder none" },
      { key: "apps[2].source", message: "there is no folder file" },
      { key: "apps[3].source", message: "there is no Dockerfile in bare" },
    ]);
  });

  const config = stack({ apps: [app({ image: undefined, source: "app/none" })] });

  it("are checked with the rest of the stack file, relative to the project", async () => {
    assert.deepStrictEqual(await problemsOf(config), ["apps[0].source: there is no folder app/none"]);
  });

  it("stop the program before it registers anything", async () => {
    const { resources, error } = await attemptProgram({ config });
    assert.deepStrictEqual(
      [resources, error?.message],
      [[], "Pulumi.test.yaml has 1 problem:\n  apps[0].source: there is no folder app/none"],
    );
  });
});
