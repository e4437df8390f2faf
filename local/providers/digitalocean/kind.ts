/** What each kind of resource has to offer; `resources.ts` does what is the same for all. */

import type { Value, Values } from "../values";
import type { Autoname } from "./check";
import { type Client, isGone } from "./client";
import type { Fields } from "./schema";

export type Action = "create" | "update" | "delete";

/** One operation on a resource. */
export interface Work {
  client: Client;
  /** How long the operation may wait for the API, from `customTimeouts` or the kind's own. */
  seconds: (action: Action) => number;
  /** A line shown beside the resource while it is worked on. */
  status: (text: string) => void;
  warn: (text: string) => void;
  /** Whether the engine asked to stop. */
  stopped: () => boolean;
}

/** Something exists, but did not become what it should: it is recorded, and the operation fails. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
  constructor(
    message: string,
    readonly id: string,
  ) {
    super(message);
  }
}

/** The engine asked to stop while something was still being made ready. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

export interface Made {
  id: string;
  /** What only the answer to the creation tells; the rest is read afterwards. */
  state?: Values;
}

/** All values are in the open: no secrets, no bookkeeping, nothing unknown. */
export interface Kind {
  fields: Fields;
  /** How a resource without a name gets one; undefined where the user has to name it. */
  autoname: Autoname;
  /** Seconds; an action that is not there knows no custom timeout. */
  timeouts: Partial<Record<Action, number>>;
  /** What is wrong with the change as a whole, as a sentence. */
  objection?(before: Values | undefined, after: Values): string | undefined;
  /** Whether the change means another resource though no single property says so. */
  replaces?(before: Values, after: Values): boolean;
  create(wanted: Values, work: Work): Promise<Made>;
  /** The properties as they are now, given those that were; undefined when the resource is gone. */
  read(id: string, was: Values, work: Work): Promise<Values | undefined>;
  /** Gives the new state where reading it afterwards would be wrong. */
  update?(change: Change, work: Work): Promise<Values | undefined>;
  delete(id: string, was: Values, work: Work): Promise<void>;
  /** What reading needs, from the id that a user gives to import. The default: the id. */
  find?(id: string, work: Work): Promise<{ id: string; was: Values }>;
}

export interface Change {
  id: string;
  before: Values;
  after: Values;
  /** Whether one of the properties changes. */
  changes: (...keys: string[]) => boolean;
}

export const textOf = (value: Value | undefined): string => (typeof value === "string" ? value : "");
export const numberOf = (value: Value | undefined): number => (typeof value === "number" ? value : 0);
export const textsOf = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
/** A value for a request; what is empty is left out, as the API's own client does. */
export const unlessEmpty = <T>(value: T | undefined): T | undefined =>
  value === "" || value === 0 || value === false || value === null || (Array.isArray(value) && value.length === 0)
    ? undefined
    : value;

/** The name with which a project knows a resource. */
export const urnOf = (kind: string, id: string): string => `do:${kind.toLowerCase()}:${id}`;

/** A time as the provider shows it, such as `2026-11-24 09:30:00 +0000 UTC`. */
export function goTime(time: string): string {
  const [, day, clock, fraction] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d*?)?0*Z$/.exec(time) ?? [];
  return day === undefined || clock === undefined
    ? time
    : `${day} ${clock}${fraction === undefined || fraction === "." ? "" : fraction} +0000 UTC`;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An error with what was being done before it; what exists stays known. */
function prefixed(what: string, error: unknown): Error {
  const message = `${what} ${reasonOf(error)}`;
  if (error instanceof Unfinished) return new Unfinished(message, error.id);
  if (error instanceof Stopped) return error;
  return new Error(message, { cause: error });
}

/** Does it, and says what was being done if it fails: `Error creating VPC: POST …`. */
export async function saying<T>(what: string, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing();
  } catch (error) {
    throw prefixed(what, error);
  }
}

/** Like `saying`; undefined when the API knows nothing of it. */
export async function unlessGone<T>(what: string, doing: () => Promise<T>): Promise<T | undefined> {
  try {
    return await doing();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw prefixed(what, error);
  }
}
