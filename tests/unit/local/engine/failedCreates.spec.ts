import { deepStrictEqual } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { FailedCreates } from "../../../../local/engine/failedCreates";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const type = "digitalocean:index/vpc:Vpc";
const urn = `urn:pulumi:prod::p::${type}::vpc`;
const provider = "urn:pulumi:prod::p::pulumi:providers:digitalocean::default_1::some-id";

const event = (name: "resourcePreEvent" | "resOpFailedEvent", timestamp: number, more: object = {}) =>
  ({
    timestamp,
    [name]: {
      metadata: {
        op: "create",
        urn,
        type,
        new: {
          urn,
          type,
          custom: true,
          id: "",
          parent: "c",
          provider,
          protect: true,
          inputs: {},
          outputs: {},
          ...more,
        },
        ...more,
      },
    },
  }) as unknown as EngineEvent;

describe("What an up has failed to create", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "flask-doks-creates-"));
    file = join(folder, "creates.json");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is kept at once, with the times of the try, and without what events hide", () => {
    const inputs = {
      name: "a",
      description: SECRET,
      tags: ["t", UNKNOWN],
      more: { x: UNKNOWN, y: "[secret]", z: null },
    };
    const creates = new FailedCreates(file);
    creates.onEvent(event("resourcePreEvent", 100));
    creates.onEvent(event("resOpFailedEvent", 103, { inputs }));
    deepStrictEqual(new FailedCreates(file).read(), [
      {
        resource: {
          urn,
          type,
          custom: true,
          inputs: { name: "a", tags: ["t"], more: { z: null } },
          parent: "c",
          provider,
          protect: true,
        },
        type: "creating",
        origin: { kind: "failed", fromMs: 100_000, toMs: 104_000 },
      },
    ]);
  });
  it("is nothing of what has no name, was there before, or is not at DigitalOcean", () => {
    const creates = new FailedCreates(file);
    creates.onEvent(event("resOpFailedEvent", 1, { op: "update" }));
    creates.onEvent(event("resOpFailedEvent", 1, { type: "kubernetes:core/v1:Namespace" }));
    deepStrictEqual(creates.read(), []);
  });
  it("is one for each resource, until it is cleared", () => {
    const creates = new FailedCreates(file);
    creates.onEvent(event("resOpFailedEvent", 1));
    creates.onEvent(event("resOpFailedEvent", 2));
    deepStrictEqual(creates.read().length, 1);
    creates.clear();
    deepStrictEqual(creates.read(), []);
  });
  it("is nothing when the file was cut off while it was written", () => {
    writeFileSync(file, "[{");
    deepStrictEqual(new FailedCreates(file).read(), []);
  });
});
