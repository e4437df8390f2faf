import assert from "node:assert/strict";
import { previewSummary } from "../../../../scripts/preview/comment";
import { code, fence, oneLine, prose, visible } from "../../../../scripts/preview/commentText";
import { change, report } from "./reports";

const JOINER = "\u2060";

describe("Somebody else's text in a comment", () => {
  it("mentions nobody, and refers to no issue", () => {
    assert.deepStrictEqual(prose("ask @ada or @ada/team"), `ask @${JOINER}ada or @${JOINER}ada/team`);
    assert.deepStrictEqual(
      prose("see #12, GH-12, ada/shop#3"),
      `see #${JOINER}12, GH-${JOINER}12, ada/shop#${JOINER}3`,
    );
  });

  it("is neither HTML nor Markdown nor mathematics", () => {
    assert.deepStrictEqual(prose("<img src=x>&lt; $x$"), "&#60;img src=x&#62;&#38;lt; &#36;x&#36;");
    assert.deepStrictEqual(
      prose("**a** _b_ `c` [d](e) ~f~ \\ |"),
      "\\*\\*a\\*\\* \\_b\\_ \\`c\\` \\[d\\](e) \\~f\\~ \\\\ \\|",
    );
  });

  it("stays on its line", () => {
    assert.deepStrictEqual(prose(" one\r\n\n# two\u2028three "), "one # two three");
    assert.deepStrictEqual(oneLine("a\tb\nc"), "a b c");
    assert.deepStrictEqual(visible("a\tb"), "a  b");
  });

  it("hides nothing: not what turns the reading round, nor a terminal's colours", () => {
    assert.deepStrictEqual(visible("a\u202eb\u200bc\u0000"), "a\\u{202e}b\\u{200b}c\\u{0}");
    assert.deepStrictEqual(visible("\u001b[31mred\u001b[0m"), "red");
  });

  it("ends no code that it stands in", () => {
    assert.deepStrictEqual(code("a"), "`a`");
    assert.deepStrictEqual(code("a`b"), "``a`b``");
    assert.deepStrictEqual(code("``a"), "``` ``a ```");
    assert.deepStrictEqual(fence("diff", ["a"]), "```diff\na\n```");
    assert.deepStrictEqual(fence("diff", ["````", "a"]), "`````diff\n````\na\n`````");
  });

  it("breaks out of no place where a report puts it", () => {
    const evil = "x\n```\n</details>\n@ada <b>";
    const text = previewSummary([
      report({
        stack: evil,
        commit: evil,
        error: evil,
        changes: [
          change("update", "A B", [{ path: evil, before: evil, after: evil }]),
          { op: "delete", type: "Namespace", name: evil, properties: [] },
        ],
        policy: {
          rules: 3,
          violations: (["mandatory", "advisory", "relaxed"] as const).map((level) => ({
            level,
            rule: evil,
            resource: evil,
            message: evil,
          })),
        },
        warnings: [evil],
      }),
    ]);
    assert.deepStrictEqual(withoutCode(text).match(/@\w|<b>/g), null);
    assert.deepStrictEqual(withoutCode(text).match(/<\/?details>/g), [
      "<details>",
      "</details>",
      "<details>",
      "</details>",
    ]);
  });
});

/** What of a text GitHub reads as Markdown: all that is neither in a fence nor in a code span. */
function withoutCode(text: string): string {
  let mark = "";
  const outside = text.split("\n").filter((line) => {
    const [, run = ""] = /^(`{3,})\w*$/.exec(line) ?? [];
    if (mark === "" && run === "") return true;
    if (mark === "") mark = run;
    else if (run.length >= mark.length && line === run) mark = "";
    return false;
  });
  return outside.join("\n").replace(/(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
}
