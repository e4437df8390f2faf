import assert from "node:assert/strict";
import { type Review, reviewComment } from "../../../../scripts/preview/commentReview";
import { COMMIT, RUN_URL } from "./reports";

const told = (review: Partial<Review>): string[] =>
  reviewComment(
    { number: 7, state: "up", urls: { blog: "https://blog.7.review.example.com" }, commit: COMMIT, ...review },
    RUN_URL,
  ).split("\n");

describe("The text about a review app", () => {
  it("says where it is, and until when", () => {
    assert.deepStrictEqual(told({ expires: "2026-12-03T17:20:00Z" }), [
      "### Review app: up",
      "",
      "- `blog`: <https://blog.7.review.example.com>",
      "",
      "It shows #7 with data of its own, and is taken down when it is closed, or on 2026-12-03 17:20 UTC. A commit before that puts it off.",
      "",
      `Commit \`3f2a9c1\` · [the log of the run](${RUN_URL})`,
    ]);
    assert.ok(told({}).includes("It shows #7 with data of its own, and is taken down when it is closed."));
  });

  it("says why it is not up, and that an earlier one may be", () => {
    assert.deepStrictEqual(told({ state: "failed", error: "The image does not build:\n  no such file" }).slice(0, 10), [
      "### Review app: not up ✗",
      "",
      "```text",
      "The image does not build:",
      "  no such file",
      "```",
      "",
      "What may answer all the same, as an earlier commit left it:",
      "",
      "- `blog`: <https://blog.7.review.example.com>",
    ]);
    assert.deepStrictEqual(told({ state: "failed", urls: {} }).slice(0, 3), [
      "### Review app: not up ✗",
      "",
      `Commit \`3f2a9c1\` · [the log of the run](${RUN_URL})`,
    ]);
  });

  it("cuts a long failure, and says where the rest is", () => {
    const error = Array.from({ length: 60 }, (_, index) => `line ${index}`).join("\n");
    const lines = told({ state: "failed", error });
    assert.ok(lines.includes("line 39") && !lines.includes("line 40"));
    assert.ok(lines.includes(`… 20 of 60 lines are missing here: see [the log of the run](${RUN_URL}).`));
  });

  it("says that it is gone", () => {
    assert.deepStrictEqual(told({ state: "down" }).slice(0, 3), [
      "### Review app: taken down",
      "",
      "Nothing of it is left, neither data nor cost. Another commit in #7 brings up a new one.",
    ]);
  });

  it("makes a link of an address only", () => {
    assert.ok(told({ urls: { blog: "javascript:alert(1)" } }).includes("- `blog`: `javascript:alert(1)`"));
    assert.ok(told({ urls: { blog: "https://a.b/> @ada" } }).includes("- `blog`: `https://a.b/> @ada`"));
  });
});
