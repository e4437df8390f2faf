/** How the properties of a resource kind are described, in the terms of the Terraform provider that is stood in for. */

import { isObject, reveal, UNKNOWN, type Value, type Values } from "../values";

export type Scalar = "string" | "int" | "float" | "bool";

/** Who gives the value: the user has to, may, may with the API filling in what is left out, or the API alone. */
export type Source = "required" | "optional" | "assigned" | "output";

/** What else is known of the object that a property belongs to while its change is judged. */
export interface Siblings {
  /** The properties beside it as they were. */
  before: Values;
  /** The properties beside it as the user has them now. */
  after: Values;
}

interface Traits {
  source: Source;
  /** A change means another resource. */
  forceNew?: boolean;
  /** Kept as a secret, the user asking for it or not. */
  sensitive?: boolean;
  /** Whether a difference means nothing. */
  suppress?: (before: Value, after: Value, siblings: Siblings) => boolean;
  /** What is wrong with a value, as a sentence without its full stop; `property` is its name. */
  validate?: (value: Value, property: string) => string | undefined;
  conflictsWith?: string[];
}

export type Field = Traits &
  (
    | {
        kind: Scalar;
        default?: string | number | boolean;
        /** Its default is not written into the inputs. */
        deprecated?: boolean;
        /** How the API writes it. */ written?: (text: string) => string;
      }
    | { kind: "list" | "set"; of: Scalar | Fields }
    | { kind: "map"; of: Scalar }
    /** An object; lists of at most one item are shown as one. */
    | { kind: "block"; of: Fields }
  );
export type Fields = Record<string, Field>;

export const isInput = (field: Field): boolean => field.source !== "output";
/** Whether the API fills in what the user leaves out. */
export const isComputed = (field: Field): boolean => field.source === "assigned" || field.source === "output";
/** The properties of the items of a collection, or of a block; none for plain values. */
export const fieldsOf = (field: Field): Fields | undefined =>
  "of" in field && typeof field.of === "object" ? field.of : undefined;

type More = Omit<Traits, "source">;
type ScalarMore = Omit<Extract<Field, { kind: Scalar }>, "kind" | "source">;

const scalar =
  (source: Source) =>
  (kind: Scalar, more: ScalarMore = {}): Field => ({ kind, source, ...more });
export const required = scalar("required");
export const optional = scalar("optional");
export const assigned = scalar("assigned");
export const output = scalar("output");

export const list = (of: Scalar | Fields, source: Source = "optional", more: More = {}): Field => ({
  kind: "list",
  of,
  source,
  ...more,
});
/** A list whose order means nothing. */
export const set = (of: Scalar | Fields, source: Source = "optional", more: More = {}): Field => ({
  kind: "set",
  of,
  source,
  ...more,
});
export const block = (of: Fields, source: Source = "optional", more: More = {}): Field => ({
  kind: "block",
  of,
  source,
  ...more,
});
export const map = (of: Scalar, source: Source = "optional", more: More = {}): Field => ({
  kind: "map",
  of,
  source,
  ...more,
});

/** Whether nothing is there: left out, or what the API sends for «nothing». */
export function isZero(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  if (value === UNKNOWN) return false;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).every((key) => key.startsWith("__"));
}

export const isMissing = (value: Value | undefined): value is null | undefined => value === undefined || value === null;

/** Without the bookkeeping that the bridge and the engine keep beside the properties, and without nulls. */
export function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) => !key.startsWith("__") && item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, plain(item)]));
}

/** The properties in the open: no secrets, no bookkeeping. */
export const bare = (values: Values): Values => plain(reveal(values)) as Values;

/** The text of a value, for comparing; unknowns differ from all. */
export const canonical = (value: Value | undefined): string =>
  JSON.stringify(value ?? null, (_, item: unknown) => {
    if (item === UNKNOWN) return { unknown: true };
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
export const same = (a: Value | undefined, b: Value | undefined): boolean => canonical(a) === canonical(b);
