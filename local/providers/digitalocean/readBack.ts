/** The inputs that a user would have to give for a resource to be as it is; what a refresh and an import tell the engine. */

import { isObject, Secret, type Value, type Values } from "../values";
import { canonical, type Field, type Fields, fieldsOf, isInput, isMissing, isZero, same } from "./schema";

const MARK = "__defaults";

interface Refreshed {
  value: Value;
  /** Whether it is as the inputs had it. */
  kept: boolean;
}

/** The pairs of items of two collections that are most alike; those of a list stand at the same place. */
function partners(field: Field, inputs: Value[], state: Value[]): (Value | undefined)[] {
  if (field.kind !== "set" || fieldsOf(field) === undefined) return inputs.map((_, i) => state[i]);
  const likeness = (a: Value, b: Value): number =>
    isObject(a) && isObject(b)
      ? Object.keys(a)
          .filter((key) => key in b)
          .reduce((n, key) => n + (same(a[key], b[key]) ? 3 : 1), 0)
      : 0;
  const left = [...state];
  return inputs.map((item) => {
    const [best] = [...left].sort((a, b) => likeness(item, b) - likeness(item, a));
    if (best !== undefined) left.splice(left.indexOf(best), 1);
    return best;
  });
}

function refreshedValue(field: Field | undefined, input: Value, state: Value): Refreshed {
  if (input instanceof Secret || state instanceof Secret) {
    const inner = refreshedValue(
      field,
      input instanceof Secret ? input.value : input,
      state instanceof Secret ? state.value : state,
    );
    return { ...inner, value: new Secret(inner.value) };
  }
  const fields = field === undefined ? undefined : fieldsOf(field);
  if (field !== undefined && Array.isArray(input) && Array.isArray(state)) {
    const pairs = partners(field, input, state);
    const items = input.flatMap((item, i): Refreshed[] => {
      const partner: Value | undefined = pairs[i];
      if (partner === undefined) return [];
      if (fields !== undefined && isObject(item) && isObject(partner)) return [refreshedObject(fields, item, partner)];
      return [{ value: partner, kept: same(item, partner) }];
    });
    return {
      value: items.map(({ value }): Value => value),
      kept: items.length === input.length && items.every(({ kept }) => kept),
    };
  }
  if (isObject(input) && isObject(state)) {
    if (fields !== undefined) return refreshedObject(fields, input, state);
    const entries = Object.keys(input).filter((key) => key in state);
    const value: Values = Object.fromEntries(entries.map((key): [string, Value] => [key, state[key] ?? null]));
    return { value, kept: canonical(value) === canonical(input) };
  }
  if (typeof input === "string" && typeof state === "string" && field !== undefined && "written" in field) {
    return { value: input, kept: field.written?.(input) === state };
  }
  return { value: state, kept: same(input, state) };
}

function refreshedObject(fields: Fields, input: Values, state: Values): Refreshed {
  const listed = input[MARK];
  const defaults = new Set(Array.isArray(listed) ? listed.filter((key) => typeof key === "string") : []);
  const result: Values = {};
  let kept = true;
  for (const [key, value] of Object.entries(input)) {
    if (key === MARK) continue;
    const now = state[key];
    const refreshed = now === undefined ? undefined : refreshedValue(fields[key], value, now);
    if (refreshed !== undefined) result[key] = refreshed.value;
    if (refreshed?.kept === true) continue;
    kept = false;
    defaults.delete(key);
  }
  if (Array.isArray(listed)) result[MARK] = [...defaults].sort();
  return { value: result, kept: kept || !Array.isArray(listed) };
}

/** The inputs that there were, with the values that there are now. */
export const refreshedInputs = (fields: Fields, inputs: Values, state: Values): Values =>
  refreshedObject(fields, inputs, state).value as Values;

function importedValue(field: Field, state: Value): Value {
  if (state instanceof Secret) return new Secret(importedValue(field, state.value));
  const fields = fieldsOf(field);
  if (fields === undefined) return field.kind === "map" && isObject(state) ? { ...state, [MARK]: [] } : state;
  if (Array.isArray(state)) return state.map((item) => (isObject(item) ? importedInputs(fields, item) : item));
  return isObject(state) ? importedInputs(fields, state) : state;
}

/** All inputs that are not as they would be when left out. */
export function importedInputs(fields: Fields, state: Values): Values {
  const inputs: Values = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = state[key];
    if (isMissing(value) || !isInput(field)) continue;
    const imported = importedValue(field, value);
    const usual =
      "default" in field && field.default !== undefined ? same(value, field.default) : isZero(bareOf(imported));
    if (field.source !== "required" && usual) continue;
    inputs[key] = imported;
  }
  return { ...inputs, [MARK]: [] };
}

const bareOf = (value: Value): Value => (value instanceof Secret ? bareOf(value.value) : value);
