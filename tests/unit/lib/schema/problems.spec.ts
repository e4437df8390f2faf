import assert from "node:assert/strict";
import { z } from "zod";
import { nearest } from "../../../../lib/nearest";
import { keyOf, knownKeys, problemLines } from "../../../../lib/schema/problems";

const schema = z.strictObject({
  name: z.string().max(5),
  sizes: z.array(z.int().min(1).max(9)).min(1).max(2).default([1]),
  mode: z.enum(["fast", "safe"]).optional(),
  ready: z.boolean().optional(),
  ratio: z.number().optional(),
  encryptionKey: z.string().optional(),
  secretAccessKey: z.string().optional(),
  dnsToken: z.string().optional(),
  password: z.string().optional(),
  secrets: z.record(z.string(), z.string()).optional(),
  labels: z.record(z.string().regex(/^[a-z]+$/, "is not a label"), z.string()).optional(),
  store: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("disk"), sizeGi: z.int() }),
      z.strictObject({ kind: z.literal("memory"), limitMi: z.int() }),
    ])
    .optional(),
});

function linesOf(value: unknown): string[] {
  const { error } = schema.safeParse(value, { reportInput: true });
  return problemLines(error?.issues ?? [], schema);
}

describe("lines about problems", () => {
  const lines: [string, unknown, string[]][] = [
    ["something missing", {}, ["name: is missing: a string is needed"]],
    ["a wrong type, text", { name: 1 }, ["name: 1 is not a string"]],
    ["a wrong type, list", { name: "a", sizes: 1 }, ["sizes: 1 is not a list"]],
    ["a wrong type, truth value", { name: "a", ready: "no" }, ['ready: "no" is not true or false']],
    ["a wrong type, number", { name: "a", ratio: "1" }, ['ratio: "1" is not a number']],
    ["a wrong type, whole number", { name: "a", sizes: [1.5] }, ["sizes[0]: 1.5 is not a whole number"]],
    ["a wrong type, group", { name: "a", labels: "x" }, ['labels: "x" is not a group of keys']],
    ["a stack file that is no group", "x", ['"x" is not a group of keys']],
    ["a number too small", { name: "a", sizes: [0] }, ["sizes[0]: 0 is below 1"]],
    ["a number too big", { name: "a", sizes: [1, 10] }, ["sizes[1]: 10 is above 9"]],
    ["a list without anything in it", { name: "a", sizes: [] }, ["sizes: is empty"]],
    ["a list too long", { name: "a", sizes: [1, 2, 3] }, ["sizes: is longer than 2"]],
    ["text too long", { name: "abcdef" }, ["name: is longer than 5"]],
    ["a wrong word", { name: "a", mode: "quick" }, ['mode: "quick" is not one of fast, safe']],
    ["a wrong key of a record", { name: "a", labels: { A: "x" } }, ["labels.A: is not a label"]],
    ["a missing kind", { name: "a", store: {} }, ["store.kind: is missing: one of disk, memory is needed"]],
    ["a wrong kind", { name: "a", store: { kind: "tape" } }, ['store.kind: "tape" is not one of disk, memory']],
    [
      "an unknown key with a near one",
      { name: "a", moed: "fast", store: { kind: "disk", sizeGi: 1, sizegi: 1 } },
      ["store.sizegi: unknown key; did you mean sizeGi?", "moed: unknown key; did you mean mode?"],
    ],
    ["an unknown key that nothing comes near", { name: "a", wavelength: 1 }, ["wavelength: unknown key"]],
    [
      "a key of another kind",
      { name: "a", store: { kind: "disk", sizeGi: 1, limitMi: 1 } },
      ["store.limitMi: unknown key for this kind"],
    ],
    [
      "a long value, shortened",
      { name: "a", mode: "x".repeat(80) },
      [`mode: "${"x".repeat(56)}… is not one of fast, safe`],
    ],
  ];
  for (const [title, value, expected] of lines) {
    it(`name the key, what was found and what is allowed: ${title}`, () => {
      assert.deepStrictEqual(linesOf(value), expected);
    });
  }

  for (const key of ["encryptionKey", "secretAccessKey", "dnsToken", "password"]) {
    it(`do not tell the secret that was found: ${key}`, () => {
      assert.deepStrictEqual(linesOf({ name: "a", [key]: 123456 }), [`${key}: the value is not a string`]);
    });
  }

  it("do not tell the secrets of an app", () => {
    assert.deepStrictEqual(linesOf({ name: "a", secrets: { API_KEY: 123456 } }), [
      "secrets.API_KEY: the value is not a string",
    ]);
  });

  it("are none for a sound value", () => {
    assert.deepStrictEqual(linesOf({ name: "a", sizes: [1], store: { kind: "memory", limitMi: 1 } }), []);
  });
});

describe("the path of a key", () => {
  it("is written as in the stack file", () => {
    assert.deepStrictEqual(keyOf(["apps", 0, "replicas", "min"]), "apps[0].replicas.min");
    assert.deepStrictEqual(keyOf(["apps", 1]), "apps[1]");
    assert.deepStrictEqual(keyOf([]), "");
  });
});

describe("the nearest known key", () => {
  const known = ["cluster", "registry", "dataPolicy", "dns"];
  const words: [string, string | undefined][] = [
    ["clustr", "cluster"],
    ["Cluster", "cluster"],
    ["datapolicy", "dataPolicy"],
    ["dnss", "dns"],
    ["regitsry", "registry"],
    ["monitoring", undefined],
  ];
  for (const [word, expected] of words) {
    it(`of ${word} is ${expected ?? "none"}`, () => {
      assert.deepStrictEqual(nearest(word, known), expected);
    });
  }

  it("is none when no key is known", () => {
    assert.deepStrictEqual(nearest("cluster", []), undefined);
  });
});

describe("the known keys", () => {
  it("are found through defaults, options, unions and lists", () => {
    const nested = z.strictObject({
      list: z.array(z.strictObject({ a: z.string() })).default([]),
      piped: z.preprocess((value) => value, z.strictObject({ b: z.string() })).optional(),
      group: z.strictObject({ c: z.strictObject({ d: z.string() }).prefault({ d: "" }) }),
    });
    assert.deepStrictEqual(knownKeys(nested, []), ["list", "piped", "group"]);
    assert.deepStrictEqual(knownKeys(nested, ["list", 3]), ["a"]);
    assert.deepStrictEqual(knownKeys(nested, ["piped"]), ["b"]);
    assert.deepStrictEqual(knownKeys(nested, ["group", "c"]), ["d"]);
    assert.deepStrictEqual(knownKeys(nested, ["elsewhere"]), []);
    assert.deepStrictEqual(knownKeys(schema, ["store"]), ["kind", "sizeGi", "limitMi"]);
  });
});
