import assert from "node:assert/strict";
import { type JsonSchema, keySchemas } from "../../../../lib/schema/reference";
import { parseStackFile } from "../../../../lib/stackFile";
import { secretsOf, spacesKeyUrn } from "../../../../scripts/rotate/secretsOf";
import type { StackSecret } from "../../../../scripts/rotate/stackSecret";
import { deployProgram } from "../../../support/mocks";
import { stack } from "../../../support/stackFiles";
import { FULL, LEAST, OWN, REVIEW } from "./stacks";

const secrets = (text: string, name = "prod"): StackSecret[] =>
  secretsOf(name, parseStackFile(text, "Pulumi.prod.yaml"));
const names = (text: string): string[] => secrets(text).map(({ name }) => name);

function secret(text: string, name: string, stackName = "prod"): StackSecret {
  const found = secrets(text, stackName).find((each) => each.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

/** The secret values of the config, as `apps[].secrets.*`, read off its schema. */
function secretKeys(key: string, schema: JsonSchema): string[] {
  if (schema["secret"] === true) return [key];
  const { anyOf = [], items, properties = {}, additionalProperties } = schema;
  const every = [
    ...anyOf.flatMap((option) => secretKeys(key, option)),
    ...(items === undefined ? [] : secretKeys(`${key}[]`, items)),
    ...Object.entries(properties).flatMap(([name, field]) => secretKeys(`${key}.${name}`, field)),
    ...(typeof additionalProperties === "object" ? secretKeys(`${key}.*`, additionalProperties) : []),
  ];
  return [...new Set(every)];
}

/** The numbers of the config that make new secrets. */
function numbers(key: string, schema: JsonSchema): string[] {
  const { anyOf = [], items, properties = {} } = schema;
  const every = [
    ...anyOf.flatMap((option) => numbers(key, option)),
    ...(items === undefined ? [] : numbers(`${key}[]`, items)),
    ...Object.entries(properties).flatMap(([name, field]) => numbers(`${key}.${name}`, field)),
    ...(/\.(rotation|\w+(?:Password|Key)Version|passwordVersion)$/.test(key) ? [key] : []),
  ];
  return [...new Set(every)];
}

const changed = (kind: "number" | "value"): string[] =>
  [FULL, OWN]
    .flatMap((text) => secrets(text))
    .flatMap(({ change }) => (change.kind === kind ? [change.path] : []))
    .map((path) => path.reduce<string>((key, part) => (typeof part === "number" ? `${key}[]` : `${key}.${part}`), ""))
    .map((key) => key.slice(1).replace(/\.secrets\..*/, ".secrets.*"));

describe("the secrets of a stack", () => {
  it("are all those that its config can hold", () => {
    const keys = Object.entries(keySchemas()).flatMap(([key, schema]) => secretKeys(key, schema));
    assert.deepStrictEqual([...new Set(changed("value"))].sort(), keys.sort());
  });

  it("are all those that a number of its config makes anew", () => {
    const keys = Object.entries(keySchemas()).flatMap(([key, schema]) => numbers(key, schema));
    assert.deepStrictEqual([...new Set(changed("number"))].sort(), keys.sort());
  });

  it("are those of its registry, each app, its backups and its certificates, and those that no file holds", () => {
    assert.deepStrictEqual(names(FULL), [
      "registry",
      "blog.secret-key",
      "blog.database",
      "blog.spare-database",
      "blog.cache",
      "blog.secrets.STRIPE_KEY",
      "blog.certificate",
      "shop.secret-key",
      "shop.cache",
      "backup.key",
      "backup.spaces-key",
      "tls.dnsToken",
      "acme-account",
      "api-token",
      "kubeconfig",
      "state-keys",
      "passphrase",
    ]);
  });

  it("are none of DigitalOcean's where nothing is there", () => {
    assert.deepStrictEqual(names(OWN), [
      "registry.password",
      "blog.secret-key",
      "blog.database",
      "backup.key",
      "backup.secretAccessKey",
      "state-keys",
      "passphrase",
    ]);
    assert.deepStrictEqual(names(LEAST), ["blog.secret-key", "state-keys", "passphrase"]);
  });

  it("are, on another stack's cluster, a certificate in a namespace of its own and no account at the issuer", () => {
    assert.deepStrictEqual(names(REVIEW), [
      "registry",
      "blog.secret-key",
      "blog.certificate",
      "api-token",
      "kubeconfig",
      "state-keys",
      "passphrase",
    ]);
    const { change } = secret(REVIEW, "blog.certificate", "review-7");
    assert.ok(change.kind === "command");
    assert.match(change.command, /^kubectl --namespace review-7-blog patch certificate blog-tls /);
  });

  it("are read off their numbers, one being the first", () => {
    const now = (name: string) => secret(FULL, name).change;
    assert.deepStrictEqual(now("registry"), { kind: "number", path: ["registry", "rotation"], now: 4 });
    assert.deepStrictEqual(now("blog.spare-database"), {
      kind: "number",
      path: ["apps", 0, "spareDatabase", "passwordVersion"],
      now: 3,
    });
    assert.deepStrictEqual(now("shop.cache"), {
      kind: "number",
      path: ["apps", 1, "cache", "passwordVersion"],
      now: 1,
    });
  });

  it("are told for a cache by what it keeps, and by who answers meanwhile", () => {
    assert.match(
      secret(FULL, "blog.cache").users,
      /^The primary restarts, and is away for seconds: writes fail, and reads go on from the replicas\. Nothing that was acknowledged is lost\. /,
    );
    assert.match(
      secret(FULL, "shop.cache").users,
      /^The primary restarts, and is away for seconds: reads and writes fail\. It is in memory only: it is empty then\. /,
    );
  });

  it("are one certificate made anew by a condition that cert-manager acts on, in valid JSON", () => {
    const { change } = secret(FULL, "blog.certificate");
    assert.ok(change.kind === "command");
    const [, patch = ""] = /--patch '(.*)'$/.exec(change.command) ?? [];
    assert.deepStrictEqual(JSON.parse(patch), [
      {
        op: "add",
        path: "/status/conditions/-",
        value: { type: "Issuing", status: "True", reason: "ManuallyTriggered", message: "Asked for by hand" },
      },
    ]);
  });

  it("are, for a Space, a key that the engine knows by the name that is given for it", async () => {
    const backup = { kind: "spaces", region: "fra1", bucket: "our-backups", encryptionKey: "k".repeat(24) };
    const { resources } = await deployProgram({
      stack: "prod",
      config: stack({ apps: [{ ...(stack()["apps"] as object[])[0], database: "mysql" }], backup }),
      secretKeys: ["backup"],
    });
    const key = resources.find(({ type }) => type === "digitalocean:index/spacesKey:SpacesKey");
    assert.deepStrictEqual(key?.urn, spacesKeyUrn("prod"));
  });
});
