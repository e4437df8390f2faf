import assert from "node:assert/strict";
import { madeUpName } from "../../../../local/providers/madeUpName";

describe("a made-up name", () => {
  const seed = new Uint8Array(32).fill(7);

  it("is the prefix and as many digits as are asked for", () => {
    assert.match(madeUpName("blog-config", 8), /^blog-config-[0-9a-f]{8}$/);
    assert.match(madeUpName("blog", 7, seed), /^blog-[0-9a-f]{7}$/);
  });

  it("is the same for the same seed, so that an up comes to the name that its plan has", () => {
    assert.strictEqual(madeUpName("blog-config", 8, seed), madeUpName("blog-config", 8, seed));
    assert.notStrictEqual(madeUpName("blog-config", 8, seed), madeUpName("blog-config", 8, new Uint8Array(32)));
  });

  it("is another one each time without a seed", () => {
    assert.notStrictEqual(madeUpName("blog-config", 8), madeUpName("blog-config", 8));
  });
});
