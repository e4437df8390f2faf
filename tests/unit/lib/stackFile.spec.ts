import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HIDDEN, parseStackFile, StackFileError } from "../../../lib/stackFile";
import { load } from "../../support/configs";
import { BLOG_IMAGE, PROJECTS_APPS, ROOT, stackFile, STACKS } from "../../support/stackFiles";

const parse = (text: string) => parseStackFile(text, "Pulumi.x.yaml");

/** A stack file with these lines below the blog's. */
const withBlog = (...lines: string[]): string =>
  [
    "config:",
    "  flask-doks:cluster: { kind: existing, context: kind-test }",
    "  flask-doks:registry: { kind: external, server: ghcr.io/team }",
    "  flask-doks:apps:",
    "    - name: blog",
    `      image: ${BLOG_IMAGE}`,
    "      expose: nodePort",
    ...lines,
  ].join("\n");

const refusal = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof StackFileError);
    return error.message;
  }
  return "";
};

describe("a stack file that is read without an engine", () => {
  for (const name of STACKS) {
    it(`gives for ${name} what the engine would`, async () => {
      const file = `Pulumi.${name}.yaml`;
      const whole = parseStackFile(readFileSync(join(ROOT, file), "utf8"), file);
      const read = { ...whole, apps: whole.apps.filter(({ name }) => PROJECTS_APPS.includes(name)) };
      assert.deepStrictEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(await load(stackFile(name)))));
    });
  }

  it("stands in for what is encrypted", () => {
    const { apps } = parse(withBlog("      secrets:", "        STRIPE_KEY:", "          secure: v1:abc:def"));
    assert.deepStrictEqual(apps[0]?.secrets, { STRIPE_KEY: HIDDEN });
  });

  it("takes what is encrypted for sound, however short its stand-in", () => {
    const { backup } = parse(
      withBlog("      database: mysql", "  flask-doks:backup: { kind: volume, encryptionKey: { secure: v1:abc } }"),
    );
    assert.deepStrictEqual(backup.kind === "volume" && backup.encryptionKey, HIDDEN);
  });

  it("leaves alone a group that only looks like it: secure beside other keys", () => {
    assert.match(refusal(withBlog("      env: { KEY: { secure: v1, more: true } }")), /apps\[0\]\.env\.KEY: /);
  });

  it("reads a group that is written as JSON in a string", () => {
    const text = withBlog('  flask-doks:tls: \'{"issuer":"none","challenge":"dns01"}\'');
    assert.deepStrictEqual(parse(text).tls.challenge, "dns01");
  });

  it("leaves keys of the engine and of providers alone", () => {
    assert.deepStrictEqual(parse(withBlog("  kubernetes:kubeconfig: x", "encryptionsalt: v1:abc")).apps.length, 1);
  });

  it("tells every problem, as the program does", () => {
    assert.deepStrictEqual(refusal(withBlog("      replicas: { min: 0 }", "      databse: mysql")).split("\n"), [
      "Pulumi.x.yaml has 2 problems:",
      "  apps[0].replicas.min: 0 is below 1",
      "  apps[0].databse: unknown key; did you mean database?",
    ]);
  });

  it("tells what several keys together make wrong", () => {
    assert.deepStrictEqual(refusal(withBlog("      migrate: [flask, db, upgrade]")).split("\n"), [
      "Pulumi.x.yaml has 1 problem:",
      "  apps[0].migrate: there is no database to migrate",
    ]);
  });

  it("says where it is not YAML", () => {
    assert.match(refusal("config: [a"), /^Pulumi\.x\.yaml is not YAML: .* at line 1/);
    assert.deepStrictEqual(refusal("config: [a]"), "Pulumi.x.yaml: config is not a group of keys");
  });

  it("wants apps of an empty file, as of any", () => {
    assert.match(refusal(""), /apps: is missing/);
  });
});
