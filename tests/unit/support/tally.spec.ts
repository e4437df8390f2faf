import assert from "node:assert/strict";
import { addTallies, tallyOf } from "../../support/tally";

const tally = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped });

describe("The tally of a test run", () => {
  it("is read off what mocha prints", () => {
    const output =
      "\n  a suite\n    ✔ a title (12ms)\n    1) another\n\n\n  701 passing (5s)\n  2 pending\n  1 failing\n";
    assert.deepStrictEqual(tallyOf(output), tally(701, 1, 2));
    assert.deepStrictEqual(tallyOf("\n\n  12 passing (40ms)\n\n"), tally(12));
    assert.deepStrictEqual(
      tallyOf("\n\n  0 passing (1ms)\n  3 failing\n\n  1) a suite\n       a title:\n"),
      tally(0, 3),
    );
  });
  it("is read off what pytest prints", () => {
    assert.deepStrictEqual(
      tallyOf("...F.s  [100%]\n1 failed, 47 passed, 2 skipped, 1 warning in 3.21s\n"),
      tally(47, 1, 2),
    );
    assert.deepStrictEqual(tallyOf("....  [100%]\n====== 48 passed in 3.21s ======\n"), tally(48));
  });
  it("counts what could not even be tried as failed, beside what failed", () => {
    assert.deepStrictEqual(tallyOf("2 failed, 3 passed, 4 errors in 0.12s\n"), tally(3, 6));
    assert.deepStrictEqual(tallyOf("1 error in 0.12s\n"), tally(0, 1));
  });
  it("is not misled by the titles of tests, or by what a failed one says", () => {
    const output = [
      "    ✔ names the 2 errors of 3 failed pods",
      "    ✔ 7 skipped and 5 passed",
      "",
      "  2 passing (9ms)",
      "  1 failing",
      "",
      "  1) a suite",
      "       a title:",
      "     Error: 4 failed, 9 passed, 1 skipped",
    ];
    assert.deepStrictEqual(tallyOf(output.join("\n")), tally(2, 1));
    assert.deepStrictEqual(tallyOf("5 passed in 1.00s\nwarning: 4 failed to close\n"), tally(5));
  });
  it("is the last one, where a runner prints several", () => {
    assert.deepStrictEqual(tallyOf("5 passed in 1.00s\n4 failed, 6 passed in 1.00s\n7 passed in 1.00s\n"), tally(7));
  });
  it("is nothing for a run that did not get to its end", () => {
    assert.deepStrictEqual([tallyOf(""), tallyOf("no tests ran in 0.01s\n")], [tally(0), tally(0)]);
  });
  it("adds up", () => {
    assert.deepStrictEqual(
      [addTallies(), addTallies(tally(1, 2, 3), tally(10, 20, 30))],
      [tally(0), tally(11, 22, 33)],
    );
  });
});
