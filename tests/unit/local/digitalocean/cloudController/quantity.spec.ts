import assert from "node:assert/strict";
import { gibibytes } from "../../../../../local/digitalocean/cloudController/quantity";

describe("the size of a claim", () => {
  it("is in whole GiB, rounded up, and one at least", () => {
    assert.deepEqual(
      ["1Gi", "10Gi", "1500Mi", "100Mi", "5G", "1Ti", "2147483648"].map(gibibytes),
      [1, 10, 2, 1, 5, 1024, 2],
    );
  });

  it("is refused where it is none", () => {
    assert.throws(() => gibibytes("lots"), /"lots" is no amount of storage/);
  });
});
