import assert from "node:assert/strict";
import { imageReference } from "../../../lib/schema/kinds";
import { CHARTS, DOKS_VERSION, IMAGES } from "../../../lib/versions";

const { certManager, ...others } = IMAGES;
const IMAGES_BY_NAME = {
  ...others,
  ...Object.fromEntries(Object.entries(certManager).map(([part, image]) => [`cert-manager's ${part}`, image])),
};

describe("pinned versions", () => {
  for (const [name, image] of Object.entries(IMAGES_BY_NAME)) {
    it(`hold the image of ${name} with its registry, its tag and its digest (D13, K1)`, () => {
      assert.match(image, /^[a-z0-9]+\.[a-z0-9.]+\/[a-z/-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
      assert.deepStrictEqual(imageReference.safeParse(image).success, true);
    });
  }

  for (const [name, { version, repository }] of Object.entries(CHARTS)) {
    it(`hold the chart ${name} with its home and its version, down to the patch`, () => {
      assert.match(version, /^v?\d+\.\d+\.\d+$/);
      assert.match(repository, /^https:\/\//);
    });
  }

  it("hold cert-manager's images at the version of its chart", () => {
    assert.deepStrictEqual(
      Object.values(certManager).filter((image) => !image.includes(`:${CHARTS.certManager.version}@`)),
      [],
    );
  });

  it("hold a Kubernetes version down to DigitalOcean's own patch level (D3)", () => {
    assert.match(DOKS_VERSION, /^1\.\d+\.\d+-do\.\d+$/);
  });
});
