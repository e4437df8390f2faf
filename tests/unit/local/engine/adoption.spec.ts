import { deepStrictEqual } from "node:assert";
import { withCreations, withHolders } from "../../../../local/engine/adoption";
import { settled, type ExportedState, type PendingOperation, type ResourceState } from "../../../../local/engine/state";

const STACK = { urn: "urn:pulumi:prod::p::pulumi:pulumi:Stack::s", type: "pulumi:pulumi:Stack", custom: false };
const COMPONENT = { urn: "urn:pulumi:prod::p::a:b:C::c", type: "a:b:C", custom: false, parent: STACK.urn };
const PROVIDER = { urn: "urn:pulumi:prod::p::pulumi:providers:x::default", type: "pulumi:providers:x", custom: true };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const vpc = {
  urn: "urn:pulumi:prod::p::digitalocean:index/vpc:Vpc::vpc",
  type: "digitalocean:index/vpc:Vpc",
  custom: true,
  parent: COMPONENT.urn,
  provider: `${PROVIDER.urn}::${UNKNOWN}`,
  inputs: { name: "a", network: "n-1" },
};
const creation: PendingOperation = { type: "creating", resource: vpc, origin: { kind: "planned" } };
const stateOf = (resources: ResourceState[]): ExportedState => ({ version: 3, deployment: { resources } });
const planOf = (...resources: ResourceState[]) => new Map(resources.map((each) => [each.urn, each]));
const whole = planOf(STACK, COMPONENT, PROVIDER, vpc);

describe("Resources of which a state has never heard", () => {
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const added = (resources: ResourceState[], plan = whole) =>
    withCreations(stateOf(resources), [creation], { plan, note }).deployment.pending_operations?.length;

  it("are passed over when it has them meanwhile", () => {
    deepStrictEqual(added([]), 1);
    deepStrictEqual(added([{ ...vpc, id: "1" }]), 0);
    deepStrictEqual(added([{ ...vpc, id: "1", delete: true }]), 1);
    deepStrictEqual(added([{ ...vpc, id: "1", pendingReplacement: true }]), 1);
  });
  it("are passed over aloud when nobody knows what they belong to", () => {
    deepStrictEqual(added([], planOf(vpc)), 0);
    deepStrictEqual(added([STACK, COMPONENT], planOf()), 0);
    deepStrictEqual(notes, Array(2).fill("Vpc vpc: not looked for, because the state lacks what it belongs to."));
  });
  it("get their ancestors, their provider, and what their inputs name", () => {
    const before = stateOf([STACK, { ...vpc, urn: "other", id: "n-1" }]);
    const state = withCreations(before, [creation], { plan: whole, note });
    const found = new Map([[vpc.urn, "7"]]);
    const { resources = [] } = settled(withHolders(state, found, whole), found).deployment;
    deepStrictEqual(
      resources.map(({ urn }) => urn),
      [STACK.urn, "other", COMPONENT.urn, PROVIDER.urn, vpc.urn],
    );
    const [, , , provider, made] = resources;
    deepStrictEqual(made?.provider, `${PROVIDER.urn}::${provider?.id ?? ""}`);
    deepStrictEqual([made.id, made.dependencies, made.refreshBeforeUpdate], ["7", ["other"], true]);
  });
  it("leave no trace when they are not found", () => {
    const state = withCreations(stateOf([STACK]), [creation], { plan: whole, note });
    const { resources } = settled(withHolders(state, new Map(), whole), new Map()).deployment;
    deepStrictEqual(resources, [STACK]);
  });
});
