import assert from "node:assert/strict";
import type { UpdateSummary } from "@pulumi/pulumi/automation";
import { lastGood } from "../../../../scripts/deploy/lastGood";

const A = "a".repeat(40);
const B = "b".repeat(40);
const ENDED = new Date("2026-11-26T10:00:00Z");

const update = (commit: string, result = "succeeded", changes: Record<string, string> = {}, kind = "update") =>
  ({
    kind,
    result,
    environment: { ...(commit === "" ? {} : { "git.head": commit }), "git.dirty": "false", ...changes },
    endTime: ENDED,
  }) as unknown as UpdateSummary;

describe("the last good release of a stack", () => {
  it("is the newest deployment that went well", () => {
    assert.deepStrictEqual(lastGood([update(B, "failed"), update(A), update(B)], B), { commit: A, ended: ENDED });
  });

  it("is no refresh, preview or destroy", () => {
    const others = ["refresh", "preview", "destroy"].map((kind) => update(B, "succeeded", {}, kind));
    assert.deepStrictEqual(lastGood([...others, update(A)], B), { commit: A, ended: ENDED });
  });

  for (const [title, history, sentence] of [
    ["none has come to its end", [update(B, "failed")], /^There is no earlier release to go back to/],
    ["it is of no commit", [update("")], /^The last good release was deployed from a folder that is no git repository/],
    ["it is of the commit that failed", [update(B)], /^The last good release is of this very commit/],
    [
      "it had changes that are in no commit",
      [update(A, "succeeded", { "git.dirty": "true" })],
      /^The last good release was deployed from a checkout of aaaaaaa with changes/,
    ],
  ] as const) {
    it(`is told as missing when ${title}`, () => {
      const found = lastGood(history, B);
      assert.match(typeof found === "string" ? found : "a release", sentence);
    });
  }
});
