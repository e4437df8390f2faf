import assert from "node:assert/strict";
import { imageParts } from "../../../lib/imageParts";

const DIGEST = `sha256:${"0".repeat(64)}`;

describe("the parts of an image reference", () => {
  const cases: [string, ReturnType<typeof imageParts>][] = [
    ["docker.io/traefik:v3.7.11", { registry: "docker.io", repository: "traefik", tag: "v3.7.11" }],
    [
      `quay.io/jetstack/cert-manager-webhook:v1.21.2@${DIGEST}`,
      { registry: "quay.io", repository: "jetstack/cert-manager-webhook", tag: "v1.21.2", digest: DIGEST },
    ],
    [`localhost:5000/a/b@${DIGEST}`, { registry: "localhost:5000", repository: "a/b", digest: DIGEST }],
    ["localhost:5000/a:1", { registry: "localhost:5000", repository: "a", tag: "1" }],
  ];
  for (const [reference, parts] of cases) {
    it(`of ${reference.replace(DIGEST, "sha256:…")} are told apart`, () => {
      assert.deepStrictEqual(imageParts(reference), parts);
    });
  }
});
