import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marked } from "../../../../scripts/github/marker";
import { PREVIEW_MARKER, previewSummary } from "../../../../scripts/preview/comment";
import { ROOT } from "../../../support/stackFiles";
import { EXAMPLES, RUN_URL } from "./reports";

const FOLDER = join(ROOT, "docs", "examples", "comments");

describe("The examples of comments in the docs", () => {
  it("are those that are compared here, and no others", () => {
    assert.deepStrictEqual(
      readdirSync(FOLDER).sort(),
      Object.keys(EXAMPLES)
        .map((name) => `${name}.md`)
        .sort(),
    );
  });

  for (const [name, reports] of Object.entries(EXAMPLES)) {
    it(`show what is told of ${name.replace("-", " ")}`, () => {
      const comment = `${marked(PREVIEW_MARKER, previewSummary(reports, RUN_URL))}\n`;
      assert.deepStrictEqual(comment.split("\n"), readFileSync(join(FOLDER, `${name}.md`), "utf8").split("\n"));
    });
  }
});
