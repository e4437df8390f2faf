import assert from "node:assert/strict";
import { type DownCause, type Review, reviewComment } from "../../../../scripts/preview/commentReview";
import { COMMIT, RUN_URL } from "./reports";

const URLS = { blog: "https://blog.7.review.example.com" };
const EXPIRES = "2026-12-03T17:20:00Z";
const told = (review: Review): string[] => reviewComment(review, RUN_URL).split("\n");
const up = (urls: Record<string, string> = URLS) =>
  told({ number: 7, state: "up", urls, expires: EXPIRES, commit: COMMIT });
const failed = (error: string) => told({ number: 7, state: "failed", error, commit: COMMIT });

describe("The text about a review app", () => {
  it("says where it is, and until when", () => {
    assert.deepStrictEqual(up(), [
      "### Review app: up",
      "",
      "- `blog`: <https://blog.7.review.example.com>",
      "",
      "It shows #7 with data of its own, and is taken down when it is closed, when the label goes, or on 2026-12-03 17:20 UTC. A commit before that puts it off.",
      "",
      `Commit \`3f2a9c1\` · [the log of the run](${RUN_URL})`,
    ]);
  });

  it("says why it is not up", () => {
    assert.deepStrictEqual(failed("The image does not build:\n  no such file"), [
      "### Review app: not up ✗",
      "",
      "```text",
      "The image does not build:",
      "  no such file",
      "```",
      "",
      `Commit \`3f2a9c1\` · [the log of the run](${RUN_URL})`,
    ]);
  });

  it("cuts a long failure, and says where the rest is", () => {
    const lines = failed(Array.from({ length: 60 }, (_, index) => `line ${index}`).join("\n"));
    assert.ok(lines.includes("line 39") && !lines.includes("line 40"));
    assert.ok(lines.includes(`… 20 of 60 lines are missing here: see [the log of the run](${RUN_URL}).`));
  });

  const ANEW = "For a new one, set the label `review-app`, again if it is there.";
  const reasons: Record<DownCause, string> = {
    closed: "#7 is closed. Reopened with the label `review-app`, it gets a new one.",
    unlabeled: "The label `review-app` was taken away. Set again, it brings up a new one.",
    old: `Its last deployment was too long ago. ${ANEW}`,
    neverUp: `It had not come up within a day. ${ANEW}`,
    unfinished: `An earlier attempt to take it down had failed. ${ANEW}`,
    byHand: ANEW,
  };
  for (const [cause, reason] of Object.entries(reasons) as [DownCause, string][]) {
    it(`says that it is gone, why, and how there is a new one: ${cause}`, () => {
      assert.deepStrictEqual(told({ number: 7, state: "down", cause }), [
        "### Review app: taken down",
        "",
        `Nothing of it is left, neither data nor cost. ${reason}`,
        "",
        `[the log of the run](${RUN_URL})`,
      ]);
    });
  }

  it("names no run where there is none", () => {
    const text = reviewComment({ number: 7, state: "down", cause: "byHand" });
    assert.deepStrictEqual(text.split("\n").at(-1), `Nothing of it is left, neither data nor cost. ${ANEW}`);
  });

  it("makes a link of an address only", () => {
    assert.ok(up({ blog: "javascript:alert(1)" }).includes("- `blog`: `javascript:alert(1)`"));
    assert.ok(up({ blog: "https://a.b/> @ada" }).includes("- `blog`: `https://a.b/> @ada`"));
  });
});
