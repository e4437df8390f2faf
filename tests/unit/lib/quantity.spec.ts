import assert from "node:assert/strict";
import { cores, mebibytes } from "../../../lib/quantity";

describe("a quantity of memory", () => {
  const sizes: [string, number][] = [
    ["512Mi", 512],
    ["2Gi", 2048],
    ["65536Ki", 64],
    ["0Mi", 0],
  ];
  for (const [quantity, expected] of sizes) {
    it(`is ${expected} MiB where it is written ${quantity}`, () => {
      assert.deepStrictEqual(mebibytes(quantity), expected);
    });
  }

  for (const quantity of ["512", "1G", "1.5Gi", "lots", ""]) {
    it(`is none where it is written "${quantity}"`, () => {
      assert.throws(() => mebibytes(quantity), { message: `${quantity} is not a quantity of memory` });
    });
  }
});

describe("a quantity of CPU", () => {
  const sizes: [string, number][] = [
    ["250m", 0.25],
    ["1500m", 1.5],
    ["2", 2],
    ["0.5", 0.5],
  ];
  for (const [quantity, expected] of sizes) {
    it(`is ${expected} cores where it is written ${quantity}`, () => {
      assert.deepStrictEqual(cores(quantity), expected);
    });
  }
});
