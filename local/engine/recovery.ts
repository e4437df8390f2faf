/** Makes the state whole that a run left: nothing that exists is forgotten, and nothing is created twice. */

import { UserError } from "../steps";
import { type Plan, withCreations, withHolders } from "./adoption";
import { findHalfMade, forgotten, type SearchOptions } from "./halfMade";
import { shortName } from "./report";
import { type ExportedState, type PendingOperation, pendingOf, settled } from "./state";
import type { StateCli } from "./stateCli";

export interface RecoveryOptions extends SearchOptions {
  /** Only look and tell. */
  dry?: boolean;
  /** Creations that the state does not know of. Where it has the resource meanwhile, they are passed over. */
  creations?: PendingOperation[];
  /** What the program would create, for what they belong to. Without it that must be in the state. */
  plan?: Plan;
}

/** Tells one moment of a state from another. */
const moment = (state: ExportedState): string =>
  JSON.stringify([state.deployment.manifest?.time, pendingOf(state).map(({ resource, type }) => [type, resource.urn])]);

/**
 * Ends what the last run had begun, in the state alone: what was being created is looked for at DigitalOcean and taken
 * into the state or, if it is not there, forgotten; what was being changed or deleted is marked to be read anew.
 *
 * @returns The ids of what was found, by URN.
 */
export async function recover(cli: StateCli, options: RecoveryOptions): Promise<ReadonlyMap<string, string>> {
  const { creations = [], plan, note, dry = false } = options;
  const before = await cli.export();
  const state = withCreations(before, creations, { plan, note });
  const pending = pendingOf(before);
  if (pendingOf(state).length === 0) return new Map();
  for (const { resource, type } of pending) {
    if (type !== "creating") note(`${shortName(resource.urn)}: it was cut off while ${type}.`);
  }
  const found = await findHalfMade(state, dry ? { ...options, waitMs: 0 } : options);
  for (const line of forgotten(state)) note(line);
  if (dry || (pending.length === 0 && found.size === 0)) return found;
  // Waiting may have taken long: what somebody else wrote meanwhile must not be written over.
  if (moment(await cli.export()) !== moment(before)) {
    throw new UserError("Somebody else has worked on the stack meanwhile. Nothing was changed; try again.");
  }
  await cli.import(settled(withHolders(state, found, plan), found));
  return found;
}
