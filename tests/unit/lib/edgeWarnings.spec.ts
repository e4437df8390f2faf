import assert from "node:assert/strict";
import { edgeWarnings } from "../../../lib/edgeWarnings";
import { load } from "../../support/configs";
import { app, stack } from "../../support/stackFiles";

const behind = app({ expose: "ingress", hosts: ["example.com"] });
const warnings = async (changes: Record<string, unknown>) =>
  edgeWarnings(await load(stack({ cluster: { kind: "doks" }, apps: [behind], ...changes })));

const RETIRED = /^ingress\.controller: nginx is ingress-nginx, retired .* set ingress\.controller: traefik;/;

describe("warnings about the way in", () => {
  it("are one where ingress-nginx is chosen, with the one line that moves on (K1)", async () => {
    const [first = "", ...more] = await warnings({});
    assert.match(first, RETIRED);
    assert.deepStrictEqual(more, []);
    assert.ok(!first.includes("never tested"));
  });

  it("say so when the cluster is newer than what ingress-nginx was tested on (K1)", async () => {
    const [first = ""] = await warnings({ cluster: { kind: "doks", version: "1.36.2-do.0" } });
    assert.match(first, /never tested on Kubernetes 1\.36, only up to 1\.35\./);
  });

  const silent: [string, Record<string, unknown>][] = [
    ["Traefik", { ingress: { controller: "traefik" } }],
    ["a controller of somebody else's", { ingress: { controller: "none", className: "x" } }],
    ["an app that is behind no Ingress", { apps: [app({ expose: "loadBalancer" })] }],
    ["a shared cluster, whose owner is told", { cluster: { kind: "shared", stack: "dev" } }],
  ];
  for (const [title, changes] of silent) {
    it(`are none for ${title}`, async () => {
      assert.deepStrictEqual(await warnings(changes), []);
    });
  }
});
