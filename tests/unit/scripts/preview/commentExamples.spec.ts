import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marked } from "../../../../scripts/github/marker";
import { PREVIEW_MARKER, previewSummary } from "../../../../scripts/preview/comment";
import type { PreviewReport } from "../../../../scripts/preview/previewReport";
import { ROOT } from "../../../support/stackFiles";
import { RUN_URL } from "./reports";

const COMMENTS = join(ROOT, "docs", "examples", "comments");
/** What the lifecycle suite's previews found, by the real engine; the comments are held against it there as well. */
const REPORTS = join(__dirname, "examples");

const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .map((file) => file.replace(ending, ""))
    .sort();

describe("The examples of comments in the docs", () => {
  it("are those that are compared here, and no others", () => {
    const names = ["database-change", "new-app", "no-change", "policy-violation"];
    assert.deepStrictEqual([namesIn(COMMENTS, ".md"), namesIn(REPORTS, ".json")], [names, names]);
  });

  for (const name of namesIn(REPORTS, ".json")) {
    it(`show what is told of ${name.replace("-", " ")}`, () => {
      const reports = JSON.parse(readFileSync(join(REPORTS, `${name}.json`), "utf8")) as PreviewReport[];
      const comment = `${marked(PREVIEW_MARKER, previewSummary(reports, RUN_URL))}\n`;
      assert.deepStrictEqual(comment.split("\n"), readFileSync(join(COMMENTS, `${name}.md`), "utf8").split("\n"));
    });
  }
});
