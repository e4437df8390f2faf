import assert from "node:assert/strict";
import { parseStackFile } from "../../../../lib/stackFile";
import { oneWay } from "../../../../scripts/deploy/oneWay";

/** A stack with one app, and what its entry holds besides. */
const stack = (entry: string) =>
  parseStackFile(
    `config:
  flask-doks:cluster: { kind: existing, context: somewhere }
  flask-doks:registry: { kind: external, server: ghcr.io/team }
  flask-doks:apps: [{ name: shop, image: "ghcr.io/team/shop@sha256:${"1".repeat(64)}", expose: nodePort, ${entry} }]
`,
    "Pulumi.test.yaml",
  );

describe("what keeps a stack from going back", () => {
  /** The same, with another app's name. */
  const other = (entry: string) => {
    const made = stack(entry);
    return { ...made, apps: made.apps.map((app) => ({ ...app, name: "more" })) };
  };
  const both = (entry: string) => ({ ...stack(""), apps: [...stack("").apps, ...other(entry).apps] });

  it("is an app that came with the release and keeps data, for going back would delete it", () => {
    assert.deepStrictEqual(oneWay(both("database: mysql"), stack("")), ["more is new and keeps data"]);
    const cached = both("cache: { kind: redis, persistence: volume }");
    assert.deepStrictEqual(oneWay(cached, stack("")), ["more is new and keeps data"]);
  });

  it("is no app that came with the release and keeps none, and none that went with it", () => {
    assert.deepStrictEqual(oneWay(both("cache: redis"), stack("")), []);
    assert.deepStrictEqual(oneWay(stack(""), both("database: mysql")), []);
  });

  for (const [title, good, failed, obstacles] of [
    ["nothing, where only the image and the environment differ", "env: { A: one }", "env: { A: two }", []],
    ["nothing, where a number went down", "secretKeyVersion: 3", "secretKeyVersion: 2", []],
    [
      "a database that came with the release",
      "replicas: 2",
      "database: mysql",
      ["database of shop was none and is mysql"],
    ],
    ["a new key", "secretKeyVersion: 1", "secretKeyVersion: 2", ["secretKeyVersion of shop went from 1 to 2"]],
    [
      "new passwords of the cache, and its larger volume",
      "cache: { kind: redis, persistence: volume }",
      "cache: { kind: redis, passwordVersion: 2, persistence: { kind: volume, storageGi: 2 } }",
      ["cache.passwordVersion of shop went from 1 to 2", "cache.persistence.storageGi of shop went from 1 to 2"],
    ],
  ] as const) {
    it(`is ${title}`, () => {
      assert.deepStrictEqual(oneWay(stack(failed), stack(good)), obstacles);
    });
  }
});
