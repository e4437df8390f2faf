import assert from "node:assert/strict";
import { overlap } from "../../../lib/addressRange";

describe("two address ranges", () => {
  const cases: [string, string, boolean][] = [
    ["10.110.0.0/20", "10.112.0.0/16", false],
    ["10.110.0.0/20", "10.110.16.0/20", false],
    ["10.110.0.0/20", "10.110.15.255/32", true],
    ["10.0.0.0/8", "10.113.0.0/20", true],
    ["10.110.7.3/20", "10.110.0.0/24", true],
    ["0.0.0.0/0", "203.0.113.7/32", true],
    ["255.255.255.255/32", "255.255.255.254/32", false],
  ];
  for (const [one, other, shared] of cases) {
    it(`${one} and ${other} ${shared ? "overlap" : "have nothing in common"}`, () => {
      assert.deepStrictEqual([overlap(one, other), overlap(other, one)], [shared, shared]);
    });
  }
});
