import assert from "node:assert/strict";
import { turnsOf } from "../../../lib/turns";

describe("two values that take turns", () => {
  it("begin with the one that there was before there were versions, and nothing before it", () => {
    assert.deepStrictEqual(turnsOf(1), { current: { suffix: "", keepers: undefined }, previous: undefined });
  });

  it("are named for odd and even versions, and made anew by the number of theirs", () => {
    assert.deepStrictEqual(turnsOf(2), {
      current: { suffix: "-even", keepers: { version: "2" } },
      previous: { suffix: "", keepers: undefined },
    });
    assert.deepStrictEqual(turnsOf(3), {
      current: { suffix: "", keepers: { version: "3" } },
      previous: { suffix: "-even", keepers: { version: "2" } },
    });
  });

  for (const version of [1, 2, 3, 999]) {
    it(`know that of version ${version} as the one before at version ${version + 1}`, () => {
      assert.deepStrictEqual(turnsOf(version + 1).previous, turnsOf(version).current);
    });

    it(`are both new to version ${version} at version ${version + 2}`, () => {
      const { current, previous } = turnsOf(version);
      const later = turnsOf(version + 2);
      const known = [current, previous].map((turn) => JSON.stringify(turn));
      assert.deepStrictEqual(
        [later.current, later.previous].filter((turn) => known.includes(JSON.stringify(turn))),
        [],
      );
    });
  }
});
