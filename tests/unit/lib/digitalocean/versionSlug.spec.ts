import assert from "node:assert/strict";
import { compareVersions, minorOf, newestFirst } from "../../../../lib/digitalocean/versionSlug";

describe("version slugs", () => {
  it("are ordered by their numbers, not as text", () => {
    const slugs = ["1.9.9-do.9", "1.35.1-do.10", "1.35.10-do.0", "1.35.1-do.9", "1.36.0-do.0"];
    assert.deepStrictEqual(newestFirst(slugs), [
      "1.36.0-do.0",
      "1.35.10-do.0",
      "1.35.1-do.10",
      "1.35.1-do.9",
      "1.9.9-do.9",
    ]);
    assert.deepStrictEqual(compareVersions("1.35.1-do.0", "1.35.1-do.0"), 0);
  });

  it("have a minor version", () => {
    assert.deepStrictEqual(minorOf("1.35.10-do.2"), "1.35");
  });
});
