import assert from "node:assert/strict";
import { z } from "zod";
import {
  cpuQuantity,
  cronSchedule,
  dnsLabel,
  hostName,
  imageReference,
  isSecretString,
  kinds,
  memoryQuantity,
  regionSlug,
  secretString,
} from "../../../../lib/schema/kinds";

const digest = `sha256:${"0".repeat(64)}`;

const words: [string, z.ZodString, { sound: string[]; unsound: string[] }][] = [
  [
    "a name",
    dnsLabel(10),
    { sound: ["blog", "a", "a-1", "abcdefghij"], unsound: ["", "Blog", "1a", "-a", "a-", "a_b", "a.b", "abcdefghijk"] },
  ],
  [
    "a host name",
    hostName,
    {
      sound: ["example.com", "www.example.com", "*.example.com", "a-b.example.io", "xn--bcher-kva.example"],
      unsound: [
        "localhost",
        "Example.com",
        "http://example.com",
        "a..com",
        "-a.com",
        "*.*.com",
        "example.com.",
        "1.2.3.4",
      ],
    },
  ],
  [
    "an image reference, with its registry and never the latest (D13)",
    imageReference,
    {
      sound: [
        "docker.io/library/mysql:8.4",
        `docker.io/library/mysql@${digest}`,
        `docker.io/library/mysql:8.4@${digest}`,
        "localhost:5000/blog:1",
        "ghcr.io/team/sub/blog:v1.2_3",
        "registry:5000/blog:1",
        "docker.io/library/mysql:latest-8.4",
      ],
      unsound: [
        "mysql",
        "mysql:8.4",
        "library/mysql:8.4",
        "docker.io/library/mysql",
        "docker.io/library/mysql:latest",
        `docker.io/library/mysql:latest@${digest}`,
        "docker.io/Library/mysql:8",
        "docker.io/mysql@sha256:0",
        "https://ghcr.io/a:1",
      ],
    },
  ],
  [
    "a schedule of cron's",
    cronSchedule,
    {
      sound: ["17 2 * * *", "*/15 * * * *", "0 0,12 1-15 * 0", "41 3 * * SUN", "0 4 1 JAN,JUL *", "0 5 * * MON-FRI"],
      unsound: ["", "17 2 * *", "17 2 * * * *", "@daily", "17  2 * * *", "every night", "17 2 * * *;reboot"],
    },
  ],
  [
    "a region of DigitalOcean's",
    regionSlug,
    { sound: ["fra1", "nyc3"], unsound: ["", "fra", "FRA1", "frankfurt", "fra10"] },
  ],
  ["a CPU quantity", cpuQuantity, { sound: ["250m", "2", "0.5"], unsound: ["", "2 cores", "250M", ".5"] }],
  [
    "a memory quantity",
    memoryQuantity,
    { sound: ["256Mi", "1Gi", "64Ki"], unsound: ["", "256", "1G", "256MB", "1.5Gi"] },
  ],
];

for (const [what, schema, { sound, unsound }] of words) {
  describe(what, () => {
    for (const word of sound) {
      it(`may be ${word}`, () => {
        assert.deepStrictEqual(schema.safeParse(word).success, true);
      });
    }
    for (const word of unsound) {
      it(`cannot be ${word === "" ? "empty" : word}`, () => {
        assert.deepStrictEqual(schema.safeParse(word).success, false);
      });
    }
  });
}

describe("a group that a bare word may stand for", () => {
  const schema = kinds([
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({ kind: z.literal("redis"), replicas: z.int().default(1) }),
  ]);

  it("reads the word as its kind, with the defaults of that kind", () => {
    assert.deepStrictEqual(schema.parse("redis"), { kind: "redis", replicas: 1 });
    assert.deepStrictEqual(schema.parse({ kind: "redis", replicas: 2 }), { kind: "redis", replicas: 2 });
  });
});

describe("a secret string", () => {
  it("is known as one, and an ordinary string is not", () => {
    assert.deepStrictEqual(isSecretString(secretString("A token.")), true);
    assert.deepStrictEqual(isSecretString(z.string().meta({ description: "A name." })), false);
  });

  it("is never empty", () => {
    assert.deepStrictEqual(secretString("A token.").safeParse("").success, false);
  });
});
