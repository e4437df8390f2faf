/** What is the same for all kinds of resources: checks, plans, secrets, timeouts, and the form of errors. */

import {
  type CheckRequest,
  type Checked,
  type CreateRequest,
  type DeleteRequest,
  type Difference,
  type DiffRequest,
  type Existing,
  InitFailed,
  NO_DIFFERENCE,
  type Operation,
  type ReadRequest,
  type UpdateRequest,
} from "../provider";
import { contains, isObject, markSecrets, Secret, type Value, type Values } from "../values";
import { checked } from "./check";
import type { Client } from "./client";
import { changedInputs, difference } from "./diff";
import { type Action, type Change, type Kind, Stopped, Unfinished, type Work } from "./kind";
import { known, plannedState, recorded } from "./plan";
import { importedInputs, refreshedInputs } from "./readBack";
import { bare, type Fields } from "./schema";

/** Long enough for what the API answers at once. */
const DEFAULT_SECONDS = 1200;

/** The form in which the provider lists what went wrong. */
const listed = (error: unknown): string =>
  `1 error occurred:\n\t* ${error instanceof Error ? error.message : String(error)}\n\n`;

/** Such as `1h0m30s`. */
export function goDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

function workOf(kind: Kind, client: Client, action: Action, request: Operation): Work {
  const { timeoutSeconds, status, warn, signal } = request;
  if (action !== "delete" && timeoutSeconds !== undefined && kind.timeouts[action] === undefined) {
    warn(`Resource does not support customTimeouts, ignoring: ${action}=${goDuration(timeoutSeconds)}`);
  }
  return {
    client,
    status,
    warn,
    stopped: () => signal.aborted,
    seconds: (asked) =>
      (asked === action && kind.timeouts[asked] !== undefined ? timeoutSeconds : undefined) ??
      kind.timeouts[asked] ??
      DEFAULT_SECONDS,
  };
}

/** The state as the engine is told it: what is secret by its nature, and what the user's inputs make secret. */
function told(fields: Fields, state: Values, inputs: Values, id?: string): Values {
  const marked = Object.entries(state).map(([key, value]): [string, Value] => [
    key,
    fields[key]?.sensitive === true ? new Secret(value) : value,
  ]);
  const all = Object.fromEntries(id === undefined ? marked : [...marked, ["id", id]]);
  return markSecrets(all, inputs);
}

/** The properties that the schema knows; what the engine or another version kept beside them is left out. */
function ownState(fields: Fields, state: Values): Values {
  const plain = bare(state);
  return Object.fromEntries(Object.entries(plain).filter(([key]) => fields[key] !== undefined));
}

export const check = (kind: Kind, request: CheckRequest): Checked => checked(kind.fields, request, kind.autoname);

const ignoring = (paths: string[]) => (path: string) => paths.some((ignored) => contains(ignored, path));

function planOf(kind: Kind, urn: string, before: Values | undefined, inputs: Values, ignoreChanges: string[]): Values {
  const after = plannedState(kind.fields, before, bare(inputs), ignoring(ignoreChanges));
  const objection = kind.objection?.(before, after);
  if (objection !== undefined) throw new Error(`diffing ${urn}: ${listed(objection)}`);
  return after;
}

/** Whether the name was given or made up, by the list of defaults beside the inputs. */
function namedBy(kind: Kind, inputs: Values): "by the user" | "by itself" | "not at all" {
  const defaults = inputs["__defaults"];
  if (kind.autoname === undefined || !("name" in inputs) || !Array.isArray(defaults)) return "not at all";
  return defaults.includes("name") ? "by itself" : "by the user";
}

export function diff(kind: Kind, request: DiffRequest): Difference {
  const { urn, state, news, ignoreChanges } = request;
  const before = ownState(kind.fields, state);
  const after = planOf(kind, urn, before, news, ignoreChanges);
  const found = difference(kind.fields, {
    before,
    after,
    inputs: bare(news),
    replace: kind.replaces?.(before, after) ?? false,
    named: namedBy(kind, news),
  });
  return Object.keys(found.changes).length === 0 ? NO_DIFFERENCE : found;
}

const knownState = (state: Values): Values => {
  const value = known(state);
  return isObject(value) ? value : {};
};

export async function create(kind: Kind, client: Client, request: CreateRequest): Promise<Existing> {
  const { urn, inputs, preview } = request;
  const { fields } = kind;
  const planned = planOf(kind, urn, undefined, inputs, []);
  if (preview) return { id: "", state: told(fields, planned, inputs) };
  const work = workOf(kind, client, "create", request);
  const wanted = knownState(planned);
  let id: string | undefined;
  let state = wanted;
  try {
    const made = await kind.create(wanted, work);
    id = made.id;
    state = { ...wanted, ...made.state };
    const found = await kind.read(id, state, work);
    if (found !== undefined) return { id, state: told(fields, recorded(fields, found, planned, "made"), inputs, id) };
  } catch (error) {
    if (error instanceof Unfinished) id = error.id;
    if (id === undefined) throw new Error(listed(error), { cause: error });
    throw new InitFailed(`creating ${urn}: ${listed(error)}`, { id, state: told(fields, state, inputs, id) });
  }
  throw new Error(`expected non-nil error with nil state during Create of ${urn}`);
}

/** A refresh when there is a state, else an import of what the id names. */
export async function read(
  kind: Kind,
  client: Client,
  request: ReadRequest,
): Promise<(Existing & { inputs: Values }) | undefined> {
  const { urn, inputs } = request;
  const { fields } = kind;
  const work = workOf(kind, client, "update", { ...request, timeoutSeconds: undefined });
  const importing = Object.keys(request.state).length === 0;
  let id = request.id;
  let was = ownState(fields, request.state);
  if (importing && kind.find !== undefined) {
    try {
      ({ id, was } = await kind.find(id, work));
    } catch {
      // As with the real provider, what cannot be imported is not there.
      return undefined;
    }
  }
  try {
    const found = await kind.read(id, was, work);
    if (found === undefined) return undefined;
    const state = told(fields, found, inputs, id);
    return { id, state, inputs: importing ? importedInputs(fields, state) : refreshedInputs(fields, inputs, state) };
  } catch (error) {
    throw new Error(`refreshing ${urn}: ${listed(error)}`, { cause: error });
  }
}

/** A resource that is gone cannot be updated; the engine says what helps. */
const vanished = (urn: string): Error =>
  new Error(
    `Resource provider reported that the resource did not exist while updating ${urn}.\n\n` +
      "This is usually a result of the resource having been deleted outside of Pulumi, and can often be " +
      "fixed by running `pulumi refresh` before updating.",
  );

export async function update(kind: Kind, client: Client, request: UpdateRequest): Promise<Values> {
  const { urn, id, news, preview, ignoreChanges } = request;
  const { fields } = kind;
  const before = ownState(fields, request.state);
  const after = planOf(kind, urn, before, news, ignoreChanges);
  if (preview) return told(fields, after, news, id);
  const work = workOf(kind, client, "update", request);
  const changed = changedInputs(fields, before, after);
  const change: Change = { id, before, after, changes: (...keys) => keys.some((key) => changed.has(key)) };
  let state: Values | undefined;
  try {
    state = (await kind.update?.(change, work)) ?? (await kind.read(id, knownState(after), work));
  } catch (error) {
    // As with the real provider, what was wanted is recorded; the next refresh shows what was not done.
    const kept = error instanceof Stopped ? before : knownState(after);
    throw new InitFailed(`updating ${urn}: ${listed(error)}`, { id, state: told(fields, kept, news, id) });
  }
  if (state === undefined) throw vanished(urn);
  return told(fields, recorded(fields, state, after, "changed"), news, id);
}

export async function remove(kind: Kind, client: Client, request: DeleteRequest): Promise<void> {
  const work = workOf(kind, client, "delete", request);
  try {
    await kind.delete(request.id, ownState(kind.fields, request.state), work);
  } catch (error) {
    throw new Error(`deleting ${request.urn}: ${listed(error)}`, { cause: error });
  }
}
