import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LOCAL } from "../../../../local/docker/imageCache";
import { edgeImages } from "../../../../local/edge/images";
import { ROOT } from "../../../support/stackFiles";

/** The stages of the Dockerfile, each with its lines. */
const stages = new Map(
  readFileSync(join(ROOT, "local/edge/images/Dockerfile"), "utf8")
    .split(/^FROM /m)
    .slice(1)
    .map((text) => {
      const [from = "", ...lines] = text.split("\n");
      return [from.replace("scratch AS ", ""), lines];
    }),
);

describe("the images of the edge", () => {
  it("are one for each stage of the Dockerfile, under its name", () => {
    assert.deepStrictEqual(Object.keys(edgeImages()), [...stages.keys()]);
  });

  it("have names in the domain that nothing is pulled from, with one key for all of them", () => {
    const references = Object.entries(edgeImages()).map(([name, reference]) => ({
      named: reference.startsWith(`${LOCAL}/${name}:`),
      key: reference.split(":")[1],
    }));
    const [{ key } = { key: undefined }] = references;
    assert.match(key ?? "", /^[0-9a-f]{12}$/);
    assert.deepStrictEqual(references, Array<unknown>(references.length).fill({ named: true, key }));
  });

  it("run as a user that a restricted pod takes: by number, and not root", () => {
    const users = [...stages.values()].map((lines) => lines.find((line) => line.startsWith("USER ")));
    assert.deepStrictEqual(users, Array<string>(stages.size).fill("USER 65532:65532"));
  });
});
