import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { certManagerValues } from "../../../lib/certManagerValues";
import { ingressNginxValues } from "../../../lib/ingressNginxValues";
import type { IngressSettings } from "../../../lib/ingressSettings";
import { traefikValues } from "../../../lib/traefikValues";
import { IMAGES } from "../../../lib/versions";
import { Chart } from "../../support/chartValues";
import { CONTROLLER_ARGS } from "../../support/ingressController";

const SETTINGS: IngressSettings = { ...CONTROLLER_ARGS, publicService: "ingress/public" };
const PLAIN: IngressSettings = { ...SETTINGS, https: false, hsts: false, replicas: 1, proxyProtocol: true };
const IMAGES_OF_NGINX = { controller: IMAGES.ingressNginx, certgen: IMAGES.ingressNginxCertgen };

/** All that the program may set, by chart. */
const VALUES: Record<string, object[]> = {
  "ingress-nginx": [SETTINGS, PLAIN].map((each) => ingressNginxValues(each, IMAGES_OF_NGINX, "ingress-nginx")),
  traefik: [SETTINGS, PLAIN].map((each) => traefikValues(each, IMAGES.traefik, "traefik", "ingress")),
  "cert-manager": [1, 2].map((replicas) => certManagerValues({ images: IMAGES.certManager, replicas })),
};

/** The suite's own charts, which take the names of the public ones; and these themselves, where a folder has them. */
const FOLDERS = {
  "the suite's own": join(__dirname, "..", "..", "support", "charts"),
  ...(process.env["CHARTS_DIR"] === undefined ? {} : { "the public": process.env["CHARTS_DIR"] }),
};

describe("the values for charts", () => {
  before(() => {
    if (process.env["CHARTS_DIR"] === undefined) {
      console.log("      the public charts are not at hand: set CHARTS_DIR to a folder that holds them unpacked");
    }
  });

  for (const [whose, folder] of Object.entries(FOLDERS)) {
    for (const [name, sets] of Object.entries(VALUES)) {
      it(`are all known to ${whose} chart ${name}, and as its schema wants them`, () => {
        assert.ok(existsSync(join(folder, name)), `there is no chart ${name} in ${folder}`);
        const chart = new Chart(join(folder, name));
        for (const values of sets) {
          assert.deepStrictEqual(chart.unknown(values), []);
          assert.deepStrictEqual(chart.violations(values), []);
        }
      });

      it(`are missed in ${whose} chart ${name} when they are misspelt`, () => {
        const chart = new Chart(join(folder, name));
        assert.deepStrictEqual(chart.unknown({ imagine: { tag: "x" } }), ["imagine"]);
      });
    }
  }
});
