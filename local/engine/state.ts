/** A stack's state as the CLI exports it, and how a state that a killed run left is made whole. */

import { shortName } from "./report";
import type { JsonObject } from "./settings";

/** One resource of the state, as far as it matters here; whatever else it has is kept. */
export interface ResourceState {
  urn: string;
  type: string;
  custom?: boolean;
  /** As the provider calls it; none while it is being created. */
  id?: string;
  inputs?: JsonObject;
  outputs?: JsonObject;
  protect?: boolean;
  /** It was replaced, and is still to be deleted. */
  delete?: boolean;
  /** It was deleted, and its replacement is still to be created. */
  pendingReplacement?: boolean;
  /** The engine reads it anew before the next `up`. */
  refreshBeforeUpdate?: boolean;
  parent?: string;
  /** URN and id of its provider, joined by `::`. */
  provider?: string;
  dependencies?: string[];
  additionalSecretOutputs?: string[];
  retainOnDelete?: boolean;
}

/** Why something that the state does not name is looked for, if not because the state itself has it as begun. */
export type Origin =
  /** An `up` failed to create it between these two times, in milliseconds since 1970. */
  | { kind: "failed"; fromMs: number; toMs: number }
  /** The program would create it, and somebody who knows says that it is the stack's. */
  | { kind: "planned" };

/** Something that was begun and not ended. */
export interface PendingOperation {
  resource: ResourceState;
  type: "creating" | "updating" | "deleting" | "reading" | "importing";
  /** Never in what the CLI gives: whatever has one was added to it here. */
  origin?: Origin;
}

/** What `pulumi stack export` gives and `pulumi stack import` takes. Secrets in it are encrypted. */
export interface ExportedState {
  version: number;
  deployment: {
    manifest?: { time?: string };
    resources?: ResourceState[];
    pending_operations?: PendingOperation[];
  };
}

export const resourcesOf = ({ deployment }: ExportedState): ResourceState[] => deployment.resources ?? [];

export const pendingOf = ({ deployment }: ExportedState): PendingOperation[] => deployment.pending_operations ?? [];

/** Such as `KubernetesCluster flask-doks-prod-cluster`, of all that a destroy would refuse to delete. */
export function protectedNames(state: ExportedState): string[] {
  return resourcesOf(state)
    .filter(({ protect, delete: replaced }) => protect === true && replaced !== true)
    .map(({ urn }) => shortName(urn));
}

/**
 * The state without pending operations. What was being created and was found, by URN, is in it with its id, as if the
 * run had got to write that down; what was not found is forgotten. All that was touched is read anew before the next
 * `up`, which fills in what only the vendor knows.
 */
export function settled(state: ExportedState, found: ReadonlyMap<string, string>): ExportedState {
  const resources = resourcesOf(state).map((resource) => ({ ...resource }));
  for (const { resource, type, origin } of pendingOf(state)) {
    const index = resources.findIndex(({ urn, delete: replaced }) => urn === resource.urn && replaced !== true);
    const old = resources[index];
    if (type !== "creating") {
      if (old !== undefined) old.refreshBeforeUpdate = true;
      continue;
    }
    const id = found.get(resource.urn);
    if (id === undefined) continue;
    const made: ResourceState = {
      ...resource,
      id,
      // The provider takes what it reads nowhere, such as flags for the deletion, from the outputs it knows.
      outputs: resource.inputs ?? {},
      refreshBeforeUpdate: true,
    };
    if (origin !== undefined) made.dependencies = namedIn(resource.inputs, resources);
    if (old === undefined) resources.push(made);
    // A replacement: the old one is gone already, or its deletion is still to come.
    else resources.splice(index, 1, made, ...(old.pendingReplacement === true ? [] : [{ ...old, delete: true }]));
  }
  return { ...state, deployment: { ...state.deployment, resources, pending_operations: [] } };
}

/** What a resource of whose dependencies nothing is known depends on, by the ids in its inputs. */
function namedIn(inputs: JsonObject = {}, resources: ResourceState[]): string[] {
  const values = new Set(Object.entries(inputs).flatMap(([key, value]) => (key === "name" ? [] : value)));
  return resources.filter(({ id }) => id !== undefined && values.has(id)).map(({ urn }) => urn);
}
