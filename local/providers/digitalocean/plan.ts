/** What a resource will be when the user's inputs are applied to what it is: inputs, API's own values, unknowns. */

import { hasUnknown, isObject, joinPath, UNKNOWN, type Value, type Values } from "../values";
import { type Field, type Fields, fieldsOf, isComputed, isMissing, isZero, same, type Siblings } from "./schema";

/** Whether changes at a property path are to be ignored. */
export type Ignored = (path: string) => boolean;

const NOTHING_IGNORED: Ignored = () => false;

/** As the provider keeps it: numbers and flags may come as text. */
function coerced(field: Field, value: Value): Value {
  switch (field.kind) {
    case "string":
      return typeof value === "string" || value === UNKNOWN ? value : JSON.stringify(value);
    case "int":
    case "float":
      return typeof value === "string" ? Number(value) : value;
    case "bool":
      return typeof value === "string" ? value === "true" : value;
    default:
      return value;
  }
}

function plannedScalar(
  field: Field,
  before: Value | undefined,
  given: Value | undefined,
  around: Siblings,
): Value | undefined {
  const wanted = isMissing(given) && "default" in field ? field.default : given;
  if (isMissing(wanted)) {
    const kept = before !== undefined && (isZero(before) || field.suppress?.(before, "", around) === true);
    return kept ? before : undefined;
  }
  const after = coerced(field, wanted);
  if (after === UNKNOWN) return after;
  if (field.suppress?.(before ?? "", after, around) === true) return before;
  if ("written" in field && typeof after === "string") return field.written?.(after) ?? after;
  return after;
}

const sameItems = (a: Value[], b: Value[]): boolean =>
  a.length === b.length && a.every((item) => b.some((other) => same(item, other)));

/** An item as the user can have given it: without what the API adds. */
const withoutOutputs = (fields: Fields, item: Value): Value =>
  isObject(item)
    ? Object.fromEntries(
        Object.entries(item).filter(
          ([key, value]) => fields[key] !== undefined && !isComputed(fields[key]) && !isZero(value),
        ),
      )
    : item;

function plannedCollection(
  field: Field,
  before: Value | undefined,
  given: Value[],
  path: string,
  ignored: Ignored,
): Value {
  const fields = fieldsOf(field);
  const was = Array.isArray(before) ? before : [];
  const partner = (item: Value, i: number): Value | undefined => {
    if (field.kind === "list" || fields === undefined) return was[i];
    const wanted = withoutOutputs(fields, item);
    return was.find((other) => same(withoutOutputs(fields, other), wanted));
  };
  const after = given.map((item, i) => {
    if (fields === undefined || !isObject(item)) return item;
    const old = partner(item, i);
    return plannedObject(fields, isObject(old) ? old : undefined, item, joinPath(path, i), ignored);
  });
  return field.kind === "set" && sameItems(was, after) ? was : after;
}

function plannedValue(
  field: Field,
  before: Value | undefined,
  given: Value | undefined,
  around: Siblings,
  place: { path: string; ignored: Ignored; creating: boolean },
): Value | undefined {
  const { path, ignored, creating } = place;
  if (!creating && ignored(path)) return before;
  const left = isMissing(given) || (field.kind !== "list" && field.kind !== "set" ? false : isZero(given));
  if (left && isComputed(field)) return creating ? UNKNOWN : before;
  if (given === UNKNOWN) return UNKNOWN;
  const fields = fieldsOf(field);
  switch (field.kind) {
    case "block":
      if (isMissing(given)) return undefined;
      return plannedObject(
        fields ?? {},
        isObject(before) ? before : undefined,
        isObject(given) ? given : {},
        path,
        ignored,
      );
    case "list":
    case "set":
      if (left) return before === undefined || isZero(before) ? (before ?? given) : [];
      return plannedCollection(field, before, Array.isArray(given) ? given : [], path, ignored);
    case "map":
      if (isMissing(given)) return before === undefined || isZero(before) ? before : {};
      return given;
    default:
      return plannedScalar(field, before, given, around);
  }
}

function plannedObject(
  fields: Fields,
  before: Values | undefined,
  given: Values,
  path: string,
  ignored: Ignored,
): Values {
  const around = { before: before ?? {}, after: given };
  const entries = Object.entries(fields).map(([key, field]): [string, Value | undefined] => {
    const place = { path: joinPath(path, key), ignored, creating: before === undefined };
    return [key, plannedValue(field, before?.[key], given[key], around, place)];
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => !isMissing(entry[1])));
}

/** `before` is undefined for a resource that is not there yet. All values in the open (see `bare`). */
export function plannedState(
  fields: Fields,
  before: Values | undefined,
  inputs: Values,
  ignored: Ignored = NOTHING_IGNORED,
): Values {
  return plannedObject(fields, before, inputs, "", ignored);
}

/**
 * A state as it is recorded after a creation or a change that planned it. As with the real provider, a set is what was
 * planned, whatever the API made of it, and a collection that nobody gave is not shown as an empty one.
 */
export function recorded(
  fields: Fields,
  state: Values,
  planned: Values,
  how: "made" | "changed",
  nested = false,
): Values {
  const entries = Object.entries(state).flatMap(([key, value]): [string, Value][] => {
    const field = fields[key];
    const wanted = planned[key];
    if (field === undefined) return [[key, value]];
    const inner = fieldsOf(field);
    if (field.kind === "block" && inner !== undefined && isObject(value)) {
      return [[key, recorded(inner, value, isObject(wanted) ? wanted : {}, how, true)]];
    }
    const attribute = "of" in field && inner === undefined;
    if (attribute && isMissing(wanted) && isZero(value)) return nested && how === "changed" ? [[key, value]] : [];
    if (field.kind !== "set" || (attribute && isMissing(wanted))) return [[key, value]];
    return [[key, isMissing(wanted) ? [] : hasUnknown(wanted) ? value : wanted]];
  });
  return Object.fromEntries(entries);
}

/** Without what is not known; for recording what exists but could not be read. */
export function known(value: Value): Value | undefined {
  if (value === UNKNOWN) return undefined;
  if (Array.isArray(value)) return value.flatMap((item) => known(item) ?? []);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, Value | undefined] => [key, known(item)]);
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}
