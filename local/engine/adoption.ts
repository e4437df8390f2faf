/** Makes room in a state for resources that it has never heard of. */

import { randomUUID } from "node:crypto";
import { UNKNOWN } from "./eventResource";
import { shortName } from "./report";
import { type ExportedState, type PendingOperation, pendingOf, type ResourceState, resourcesOf } from "./state";

/** What the program would create, by URN, in the order in which the engine would. */
export type Plan = ReadonlyMap<string, ResourceState>;

/** URN and id of a provider. */
function providerOf({ provider = "" }: ResourceState): { urn: string; id: string } {
  const end = provider.lastIndexOf("::");
  return { urn: provider.slice(0, Math.max(end, 0)), id: provider.slice(end + 2) };
}

/** What must stand in the state before a resource can: its ancestors, outermost first, and its provider. */
function holdersOf(resource: ResourceState, state: ExportedState, plan: Plan): ResourceState[] | undefined {
  const holders: ResourceState[] = [];
  const present = new Set(resourcesOf(state).map(({ urn }) => urn));
  for (let urn = resource.parent; urn !== undefined && !present.has(urn); urn = holders[0]?.parent) {
    const parent = plan.get(urn);
    // A parent that is itself at the vendor has an id, and must be found first.
    if (parent === undefined || parent.custom === true) return undefined;
    holders.unshift(parent);
  }
  const { urn } = providerOf(resource);
  if (urn === "" || present.has(urn)) return holders;
  const provider = plan.get(urn);
  return provider === undefined ? undefined : [...holders, ...(holdersOf(provider, state, plan) ?? []), provider];
}

/**
 * The state with creations that it does not have as begun: those of which it has no resource, and all that they belong
 * to. Of others whose place is not there either, a sentence says so.
 */
export function withCreations(
  state: ExportedState,
  creations: PendingOperation[],
  { plan = new Map<string, ResourceState>(), note }: { plan?: Plan | undefined; note: (text: string) => void },
): ExportedState {
  const pending = pendingOf(state);
  const taken = new Set([
    ...pending.map(({ resource }) => resource.urn),
    // Deleted for its replacement: that is what was being created.
    ...resourcesOf(state).flatMap(({ urn, pendingReplacement, ...more }) =>
      pendingReplacement === true || more.delete === true ? [] : [urn],
    ),
  ]);
  const added = creations.filter(({ resource }) => {
    if (taken.has(resource.urn)) return false;
    if (holdersOf(resource, state, plan) !== undefined) return true;
    note(`${shortName(resource.urn)}: not looked for, because the state lacks what it belongs to.`);
    return false;
  });
  return { ...state, deployment: { ...state.deployment, pending_operations: [...pending, ...added] } };
}

/** The state with all that belongs around what was found, so that it can be taken in. */
export function withHolders(
  state: ExportedState,
  found: ReadonlyMap<string, string>,
  plan: Plan = new Map(),
): ExportedState {
  let resources = [...resourcesOf(state)];
  const add = (each: ResourceState) => {
    if (resources.some(({ urn }) => urn === each.urn)) return;
    const isProvider = each.custom === true;
    resources = [...resources, isProvider ? { ...each, id: randomUUID(), outputs: each.inputs ?? {} } : each];
  };
  const pending = pendingOf(state).map((operation) => {
    const { resource, origin } = operation;
    if (origin === undefined || !found.has(resource.urn)) return operation;
    holdersOf(resource, state, plan)?.forEach(add);
    const { urn, id } = providerOf(resource);
    const provider = resources.find((each) => each.urn === urn);
    if (provider?.id === undefined || (provider.id === id && id !== UNKNOWN)) return operation;
    return { ...operation, resource: { ...resource, provider: `${urn}::${provider.id}` } };
  });
  return { ...state, deployment: { ...state.deployment, resources, pending_operations: pending } };
}
