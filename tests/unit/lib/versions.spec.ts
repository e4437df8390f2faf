import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { imageReference } from "../../../lib/schema/kinds";
import { CHARTS, DOKS_VERSION, IMAGES, PYTHON_IMAGES, PYTHON_VERSIONS, SERVER_PACKAGES } from "../../../lib/versions";
import { ROOT } from "../../support/stackFiles";

const { certManager, ...others } = IMAGES;
const IMAGES_BY_NAME = {
  ...others,
  ...Object.fromEntries(Object.entries(PYTHON_IMAGES).map(([version, image]) => [`Python ${version}`, image])),
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

  it("hold an image for each Python, of that Python", () => {
    assert.deepStrictEqual(
      PYTHON_VERSIONS.filter((version) => !new RegExp(`:${version}[.-]`).test(PYTHON_IMAGES[version])),
      [],
    );
    assert.deepStrictEqual(new Set(Object.values(PYTHON_IMAGES)).size, PYTHON_VERSIONS.length);
    assert.deepStrictEqual(PYTHON_IMAGES["3.13"], IMAGES.python);
  });

  it("hold the gunicorn that the blog is locked to", () => {
    const lock = readFileSync(join(ROOT, "app", "blog", "requirements.lock"), "utf8");
    assert.deepStrictEqual(/^gunicorn==\S+/m.exec(lock)?.[0], SERVER_PACKAGES.gunicorn);
  });

  it("hold the servers down to the patch", () => {
    assert.deepStrictEqual(
      Object.values(SERVER_PACKAGES).filter((server) => !/^[a-z]+==\d+\.\d+\.\d+(\.post\d+)?$/.test(server)),
      [],
    );
  });

  it("hold a Kubernetes version down to DigitalOcean's own patch level (D3)", () => {
    assert.match(DOKS_VERSION, /^1\.\d+\.\d+-do\.\d+$/);
  });
});
