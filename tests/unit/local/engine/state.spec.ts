import { deepStrictEqual } from "node:assert";
import { protectedNames, settled, type ExportedState, type PendingOperation } from "../../../../local/engine/state";

const urn = (name: string) => `urn:pulumi:prod::p::digitalocean:index/vpc:Vpc::${name}`;
const type = "digitalocean:index/vpc:Vpc";
const resource = (name: string, more: object = {}) => ({ urn: urn(name), type, custom: true, ...more });
const stateOf = (resources: object[], pending: PendingOperation[] = []): ExportedState =>
  ({ version: 3, deployment: { manifest: {}, resources, pending_operations: pending } }) as ExportedState;

describe("The state that a killed run left", () => {
  const inputs = { name: "a", region: "fra1" };
  const creating: PendingOperation = {
    type: "creating",
    resource: resource("a", { inputs, protect: true, parent: urn("b") }),
  };

  it("gets what was created and found, as it was registered, to be read anew", () => {
    deepStrictEqual(settled(stateOf([resource("b")], [creating]), new Map([[urn("a"), "id-a"]])).deployment, {
      manifest: {},
      resources: [resource("b"), { ...creating.resource, id: "id-a", outputs: inputs, refreshBeforeUpdate: true }],
      pending_operations: [],
    });
  });
  it("forgets what was not found", () => {
    deepStrictEqual(settled(stateOf([resource("b")], [creating]), new Map()).deployment.resources, [resource("b")]);
  });
  it("has what was being changed or deleted read anew", () => {
    const pending: PendingOperation[] = [
      { type: "updating", resource: resource("b", { id: "1" }) },
      { type: "deleting", resource: resource("c", { id: "2" }) },
    ];
    const before = [resource("b", { id: "1" }), resource("c", { id: "2" }), resource("d", { id: "3" })];
    deepStrictEqual(
      settled(stateOf(before, pending), new Map()).deployment.resources?.map((each) => each.refreshBeforeUpdate),
      [true, true, undefined],
    );
  });
  it("keeps the old one of a replacement to be deleted, and drops the one that is deleted already", () => {
    const ids = (old: object) =>
      settled(
        stateOf([resource("a", { id: "old", ...old }), resource("z")], [creating]),
        new Map([[urn("a"), "new"]]),
      ).deployment.resources?.map((each) => [each.id, each.delete]);
    deepStrictEqual(ids({}), [
      ["new", undefined],
      ["old", true],
      [undefined, undefined],
    ]);
    deepStrictEqual(ids({ pendingReplacement: true }), [
      ["new", undefined],
      [undefined, undefined],
    ]);
  });
});

describe("What is protected", () => {
  it("is named, but for what is to be deleted as replaced", () => {
    const resources = [resource("a", { protect: true }), resource("b"), resource("a", { protect: true, delete: true })];
    deepStrictEqual(protectedNames(stateOf(resources)), ["Vpc a"]);
  });
});
