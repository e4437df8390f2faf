import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PLANNED } from "../../../../lib/schema/checks";
import { keySchemas, referencePage, stackFileSchema } from "../../../../lib/schema/reference";
import { violations } from "../../../support/jsonSchema";
import { ROOT, stack, stackDocument, STACKS, app } from "../../../support/stackFiles";

interface Declaration {
  type: string;
  description: string;
  default: unknown;
}

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

const asDocument = (config: Record<string, unknown>) => ({
  config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`flask-doks:${key}`, value])),
});

describe("Pulumi.yaml", () => {
  const { config } = parse(read("Pulumi.yaml")) as { config: Record<string, Declaration> };
  const schemas = keySchemas();
  const keys = Object.keys(schemas);

  it("declares the keys of the schema and no others", () => {
    assert.deepStrictEqual(
      Object.keys(config),
      keys.map((key) => `flask-doks:${key}`),
    );
  });

  for (const key of keys) {
    const declared = config[`flask-doks:${key}`];
    const schema = schemas[key];

    it(`describes ${key} as the schema does`, () => {
      assert.deepStrictEqual(declared?.description, schema?.description);
    });

    it(`gives ${key} the type that the schema gives it`, () => {
      assert.deepStrictEqual(declared?.type, schema?.type ?? (schema?.anyOf === undefined ? "string" : "object"));
    });

    it(`gives ${key} the default that the schema gives it`, () => {
      // The engine wants a default for each; that of the two without one is refused or means none.
      const withoutDefault: Record<string, unknown> = { apps: [], domain: "" };
      assert.deepStrictEqual(declared?.default, schema?.default ?? withoutDefault[key]);
    });
  }
});

describe("what is written from the schema", () => {
  it("is in stack.schema.json as npm run reference would write it", () => {
    assert.deepStrictEqual(read("stack.schema.json"), `${JSON.stringify(stackFileSchema(), null, 2)}\n`);
  });

  it("is in docs/configuration.md as npm run reference would write it", () => {
    assert.deepStrictEqual(read("docs/configuration.md"), referencePage());
  });

  it("holds a section for each key, in the schema's order", () => {
    const headings = referencePage()
      .split("\n")
      .filter((line) => line.startsWith("## "));
    assert.deepStrictEqual(
      headings,
      Object.keys(keySchemas()).map((key) => `## \`${key}\``),
    );
  });

  it("holds a row for a key at each depth: of a group, of a kind, of an app and of an app's kind", () => {
    const rows = referencePage().split("\n");
    const expected = [
      "| `dns.ttlSeconds` | whole number, 30–86400 | `300` | Time to live of the records. |",
      "| `cluster.kind: doks` | | | A DigitalOcean Kubernetes cluster that this stack makes. |",
      "| `cluster.context` | string | *needed* | Context of the kubeconfig; never the current one by default. |",
      "| `cluster.ha` | `true` or `false` | `false` | Highly available control plane; cannot be turned off again. |",
      "| `registry.password` | secret |  | Password or token of that user. |",
      "| `apps[].replicas` | whole number, from 1 or group |  | Number of pods; a plain number fixes it. |",
      "| `apps[].expose` | `ingress`, `nodePort`, `loadBalancer` | `ingress` | How requests reach the app. |",
      "| `apps[].database.storageGi` | whole number, 1–16384 | `10` | Size of the volume in GiB. A larger number has it grow while the server runs. |",
      "| `apps[].database.passwordVersion` | whole number, 1–9999 | `1` | Another number, one higher, makes new passwords; the old ones hold until no pod uses them. |",
      "| `apps[].spareDatabase.kind: managed-mysql` | | | DigitalOcean's managed MySQL. |",
      "| `backup.kind: spaces` | | | A Space of DigitalOcean's. |",
      "| `backup.encryptionKey` | secret | *needed* | Without it no backup can be read: keep it in a safe place as well. Backups are encrypted before they leave. |",
      "| `backup.keep.daily` | whole number, 0–365 | `7` | One a day. |",
    ];
    assert.deepStrictEqual(
      expected.filter((row) => !rows.includes(row)),
      [],
    );
  });

  it("says what is planned and refused", () => {
    assert.ok(referencePage().includes(`Planned, and refused by this version: ${PLANNED.join(", ")}.`));
  });
});

describe("the editors' schema of a stack file", () => {
  const schema = stackFileSchema();

  const sound: [string, unknown][] = [
    ["the least that a stack needs", asDocument(stack())],
    [
      "bare words and a plain number",
      asDocument(stack({ apps: [app({ database: "mysql", cache: "none", replicas: 2 })] })),
    ],
    [
      "an encrypted key of the backups",
      asDocument(stack({ backup: { kind: "volume", encryptionKey: { secure: "v1:abc" } } })),
    ],
    ["an encrypted secret", asDocument(stack({ apps: [app({ secrets: { API_KEY: { secure: "v1:abc" } } })] }))],
    [
      "keys of the engine and of providers",
      {
        config: { ...asDocument(stack()).config, "digitalocean:token": { secure: "v1:abc" }, "pulumi:tags": {} },
      },
    ],
    ["what the engine keeps beside the config", { ...asDocument(stack()), encryptionsalt: "v1:abc" }],
  ];
  for (const [title, document] of sound) {
    it(`accepts ${title}`, () => {
      assert.deepStrictEqual(violations(schema, document), []);
    });
  }

  const unsound: [string, Record<string, unknown>, string[]][] = [
    ["no apps", {}, [".config.flask-doks:apps: is missing"]],
    ["an unknown key", stack({ clustr: {} }), [".config.flask-doks:clustr: is unknown"]],
    [
      "an unknown key of an app",
      stack({ apps: [app({ replica: 2 })] }),
      [".config.flask-doks:apps[0].replica: is unknown"],
    ],
    [
      "a wrong type",
      stack({ apps: [app({ port: "80" })] }),
      [".config.flask-doks:apps[0].port: is not of type integer"],
    ],
    ["a number out of range", stack({ apps: [app({ port: 80 })] }), [".config.flask-doks:apps[0].port: too small"]],
    ["a wrong word", stack({ dataPolicy: "keep" }), [".config.flask-doks:dataPolicy: is not one of the words"]],
    [
      "a bare word at the top, which the engine refuses",
      stack({ cluster: "doks" }),
      [".config.flask-doks:cluster: fits no alternative"],
    ],
    [
      "a bare word that needs more than its kind",
      stack({ apps: [app({ database: "postgres" })] }),
      [".config.flask-doks:apps[0].database: fits no alternative"],
    ],
    [
      "no replicas",
      stack({ apps: [app({ replicas: 0 })] }),
      [".config.flask-doks:apps[0].replicas: fits no alternative"],
    ],
    [
      "a secret in clear",
      stack({ apps: [app({ secrets: { API_KEY: "s3cret" } })] }),
      [".config.flask-doks:apps[0].secrets.API_KEY: fits no alternative"],
    ],
    [
      "a key of the backups in clear",
      stack({ backup: { kind: "volume", encryptionKey: "a-key-of-twenty-characters" } }),
      [".config.flask-doks:backup: fits no alternative"],
    ],
    [
      "the latest image (D13)",
      stack({ images: { mysql: "docker.io/library/mysql:latest" } }),
      [".config.flask-doks:images.mysql: does not match"],
    ],
  ];
  for (const [title, config, expected] of unsound) {
    it(`marks ${title}`, () => {
      assert.deepStrictEqual(violations(schema, asDocument(config)), expected);
    });
  }
});

describe("the committed stack files", () => {
  for (const name of STACKS) {
    it(`follow the editors' schema: ${name}`, () => {
      assert.deepStrictEqual(violations(stackFileSchema(), stackDocument(name)), []);
    });

    it(`are short enough to be read at a glance: ${name}`, () => {
      assert.ok(read(`Pulumi.${name}.yaml`).split("\n").length < 40);
    });

    it(`name the editors' schema: ${name}`, () => {
      assert.deepStrictEqual(
        read(`Pulumi.${name}.yaml`).split("\n")[0],
        "# yaml-language-server: $schema=./stack.schema.json",
      );
    });
  }
});
