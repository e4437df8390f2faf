import { deepStrictEqual, match, strictEqual } from "node:assert";
import { randomDifference, randomText, textFailures } from "../../../../local/providers/random";

describe("The stand-in for the random provider", () => {
  it("uses the classes that are allowed, each as often as asked", () => {
    for (let i = 0; i < 50; i++) {
      const text = randomText({ length: 12, special: false, upper: false, minNumeric: 4 });
      match(text, /^[a-z0-9]{12}$/);
      strictEqual(text.replace(/[^0-9]/g, "").length >= 4, true);
    }
  });
  it("takes special characters from the given ones alone", () => {
    match(randomText({ length: 40, lower: false, upper: false, numeric: false, overrideSpecial: "_-" }), /^[_-]{40}$/);
  });
  it("says what is wrong with a length", () => {
    strictEqual(textFailures({ length: 0 })[0]?.reason, "length must be at least 1, got: 0");
    strictEqual(
      textFailures({ length: 3, minLower: 2, minUpper: 2 })[0]?.reason,
      "length must be at least the sum of the minimums (4), got: 3",
    );
    deepStrictEqual(textFailures({ length: 8 }), []);
  });
  it("makes a new value for any changed argument", () => {
    deepStrictEqual(randomDifference({ length: 8, keepers: { a: "1" } }, { length: 8, keepers: { a: "2" } }), {
      changes: { keepers: "update" },
      replaces: ["keepers"],
      deleteBeforeReplace: false,
    });
    deepStrictEqual(randomDifference({ length: 8 }, { length: 8 }).changes, {});
  });
});
