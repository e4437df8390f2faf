import assert from "node:assert/strict";
import { imageReference } from "../../../lib/schema/kinds";
import { DOKS_VERSION, IMAGES } from "../../../lib/versions";

describe("pinned versions", () => {
  for (const [name, image] of Object.entries(IMAGES)) {
    it(`hold the image of ${name} with its registry, its tag and its digest (D13)`, () => {
      assert.match(image, /^docker\.io\/library\/[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
      assert.deepStrictEqual(imageReference.safeParse(image).success, true);
    });
  }

  it("hold a Kubernetes version down to DigitalOcean's own patch level (D3)", () => {
    assert.match(DOKS_VERSION, /^1\.\d+\.\d+-do\.\d+$/);
  });
});
