import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { costIn, PlannedChanges, shortText } from "../../../../scripts/preview/plannedChanges";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };

interface Step {
  op: string;
  urn?: string;
  type?: string;
  custom?: boolean;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  diff?: Record<string, string>;
  diffs?: string[];
  outputs?: Record<string, unknown>;
}

/** What the engine tells at the end of a step. */
function ended({ op, type = "kubernetes:apps/v1:Deployment", ...step }: Step): EngineEvent {
  const { urn = `urn:pulumi:dev::flask-doks::flask-doks:app:FlaskApp$${type}::blog-deployment`, custom = true } = step;
  const state = (inputs: Record<string, unknown>) => ({ type, urn, custom, inputs, outputs: step.outputs ?? {} });
  const metadata = {
    op,
    urn,
    type,
    ...(step.before === undefined ? {} : { old: state(step.before) }),
    new: state(step.after ?? {}),
    diffs: step.diffs,
    detailedDiff:
      step.diff &&
      Object.fromEntries(Object.entries(step.diff).map(([path, diffKind]) => [path, { diffKind, inputDiff: true }])),
  };
  return { resOutputsEvent: { metadata } } as unknown as EngineEvent;
}

function follow(...events: EngineEvent[]): PlannedChanges {
  const planned = new PlannedChanges();
  for (const event of events) planned.onEvent(event);
  return planned;
}

describe("what a preview would change", () => {
  it("is told with each property, before and after, in the order of its name", () => {
    const spec = (replicas: number, containers: unknown[]) => ({ spec: { replicas, containers } });
    const { changes } = follow(
      ended({
        op: "update",
        before: spec(2, [{ image: "a" }]),
        after: spec(3, [{ image: "b" }, { image: "c" }]),
        diff: { "spec.containers[10].image": "add", "spec.containers[0].image": "update", "spec.replicas": "update" },
      }),
    );
    assert.deepStrictEqual(changes, [
      {
        op: "update",
        type: "Deployment",
        name: "blog-deployment",
        properties: [
          { path: "spec.containers[0].image", kind: "update", before: "a", after: "b" },
          { path: "spec.containers[10].image", kind: "add" },
          { path: "spec.replicas", kind: "update", before: "2", after: "3" },
        ],
      },
    ]);
  });

  it("names the properties for which something is replaced, and those of which only the name is told", () => {
    const { changes } = follow(
      ended({ op: "replace", before: { size: "small" }, after: { size: "large" }, diff: { size: "update-replace" } }),
      ended({ op: "update", urn: "urn:pulumi:dev::p::t:a:B::other", type: "t:a:B", diffs: ["length"], before: {} }),
    );
    assert.deepStrictEqual(
      changes.map(({ op, properties }) => [op, properties]),
      [
        ["replace", [{ path: "size", kind: "update", before: "small", after: "large", replaces: true }]],
        ["update", [{ path: "length", kind: "update" }]],
      ],
    );
  });

  it("leaves out components, providers, the stack itself, and the halves of a replacement", () => {
    const { changes } = follow(
      ended({ op: "create", type: "flask-doks:app:FlaskApp", custom: false }),
      ended({ op: "update", type: "pulumi:providers:kubernetes" }),
      ended({ op: "create", type: "pulumi:pulumi:Stack", custom: false }),
      ended({ op: "create-replacement" }),
      ended({ op: "delete-replaced" }),
      ended({ op: "same" }),
      ended({ op: "read" }),
    );
    assert.deepStrictEqual(changes, []);
  });

  it("puts what takes away first, and counts what stays", () => {
    const named = (op: string, name: string) => ended({ op, urn: `urn:pulumi:dev::p::a:b:C::${name}`, type: "a:b:C" });
    const planned = follow(
      named("create", "z"),
      named("create", "a"),
      named("update", "u"),
      named("delete", "d"),
      named("same", "s"),
      named("same", "t"),
    );
    assert.deepStrictEqual(
      planned.changes.map(({ op, name }) => `${op} ${name}`),
      ["delete d", "update u", "create a", "create z"],
    );
    assert.strictEqual(planned.unchanged, 2);
  });

  it("tells no secret, at whatever depth its mark is, and no name that was made up", () => {
    const { changes } = follow(
      ended({
        op: "update",
        before: { stringData: SECRET, name: "blog-config-5fa249a1", ref: "blog-config-5fa249a1" },
        after: { stringData: SECRET, name: "blog-config-00c0ffee", ref: "other-0badcafe" },
        diff: { "stringData.PASSWORD": "update", name: "update", ref: "update" },
      }),
    );
    assert.deepStrictEqual(changes[0]?.properties, [
      { path: "name", kind: "update" },
      { path: "ref", kind: "update", before: "blog-config-…", after: "other-…" },
      { path: "stringData.PASSWORD", kind: "update", before: "[secret]", after: "[secret]" },
    ]);
  });

  it("does not repeat what looks like a secret and is in clear", () => {
    const { changes } = follow(
      ended({
        op: "update",
        before: { data: { GREETING: "hello" } },
        after: { data: { GREETING: "hi", API_TOKEN: "tok_live", DATABASE_URL: "mysql://u:hunter2@db/blog" } },
        diff: { "data.API_TOKEN": "add", "data.DATABASE_URL": "add", "data.GREETING": "update" },
      }),
    );
    assert.deepStrictEqual(changes[0]?.properties, [
      { path: "data.API_TOKEN", kind: "add", after: "[secret]" },
      { path: "data.DATABASE_URL", kind: "add", after: "[secret]" },
      { path: "data.GREETING", kind: "update", before: "hello", after: "hi" },
    ]);
  });

  it("knows what the stack will cost from its outputs", () => {
    const outputs = { monthlyCost: { currency: "USD", min: 12.5, max: 24, items: [] } };
    assert.deepStrictEqual(follow(ended({ op: "same", type: "pulumi:pulumi:Stack", outputs })).cost, {
      min: 12.5,
      max: 24,
    });
    assert.deepStrictEqual([costIn(undefined), costIn({ min: "1" })], [undefined, undefined]);
  });
});

describe("a value as a short text", () => {
  for (const [value, text] of [
    [2, "2"],
    [false, "false"],
    ["fra1", "fra1"],
    [null, undefined],
    [["a"], undefined],
    ["two\nlines", undefined],
    ["x".repeat(81), undefined],
    ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", undefined],
    [SECRET, "[secret]"],
    [`host/blog@sha256:${"0123456789ab".padEnd(64, "c")}`, "host/blog@sha256:0123456789ab…"],
  ] as const) {
    it(`is ${String(text)} for ${JSON.stringify(value).slice(0, 40)}`, () => {
      assert.strictEqual(shortText(value as never), text);
    });
  }
});
