/** Which properties change between what a resource is and what it is to be, and which of them mean another resource. */

import type { Difference } from "../provider";
import { isObject, joinPath, UNKNOWN, type Value, type Values } from "../values";
import { type Field, type Fields, fieldsOf, isInput, isMissing, same } from "./schema";

type Kind = "add" | "delete" | "update";

interface Found {
  changes: Record<string, Kind>;
  replaces: string[];
}

/** An empty list is as good as none. */
const unlessEmpty = (value: Value | undefined): Value | undefined =>
  Array.isArray(value) && value.length === 0 ? undefined : value;

class Finder {
  readonly found: Found = { changes: {}, replaces: [] };

  note(path: string, kind: Kind, replace: boolean): void {
    this.found.changes[path] = kind;
    if (replace) this.found.replaces.push(path);
  }

  object(fields: Fields, before: Values, after: Values, inputs: Values, path: string): void {
    const earlier = Object.keys(this.found.changes).length;
    for (const [key, field] of Object.entries(fields)) {
      this.value(field, unlessEmpty(before[key]), unlessEmpty(after[key]), inputs[key], joinPath(path, key));
    }
    if (path === "" || Object.keys(this.found.changes).length === earlier) return;
    // As with the real provider, a map that nobody gave comes along, empty, when its block changes.
    for (const [key, field] of Object.entries(fields)) {
      if (field.kind === "map" && isMissing(before[key]) && isMissing(after[key])) {
        this.note(joinPath(path, key), "add", false);
      }
    }
  }

  value(
    field: Field,
    before: Value | undefined,
    after: Value | undefined,
    input: Value | undefined,
    path: string,
  ): void {
    if (isMissing(before) && isMissing(after)) return;
    if (isMissing(before) || isMissing(after) || after === UNKNOWN) {
      const kind = isMissing(before) ? "add" : isMissing(after) ? "delete" : "update";
      const shown = isMissing(after) || after === UNKNOWN ? before : after;
      this.note(path, kind, forcesNew(field, shown ?? null));
      return;
    }
    if (field.kind === "set" && Array.isArray(before) && Array.isArray(after)) {
      this.set(field, before, after, Array.isArray(input) ? input : [], path);
    } else if (field.kind === "list" && Array.isArray(before) && Array.isArray(after)) {
      this.list(field, before, after, Array.isArray(input) ? input : [], path);
    } else if (field.kind === "map" && isObject(before) && isObject(after)) {
      this.map(field, before, after, path);
    } else if (field.kind === "block" && isObject(before) && isObject(after)) {
      this.object(fieldsOf(field) ?? {}, before, after, isObject(input) ? input : {}, path);
    } else if (!same(before, after)) {
      this.note(path, "update", field.forceNew === true);
    }
  }

  map(field: Field, before: Values, after: Values, path: string): void {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (same(before[key], after[key]) && after[key] !== UNKNOWN) continue;
      const kind = isMissing(before[key]) ? "add" : isMissing(after[key]) ? "delete" : "update";
      this.note(joinPath(path, key), kind, field.forceNew === true);
    }
  }

  list(field: Field, before: Value[], after: Value[], inputs: Value[], path: string): void {
    const fields = fieldsOf(field);
    for (let i = 0; i < Math.max(before.length, after.length); i++) {
      const old: Value | undefined = before[i];
      const item: Value | undefined = after[i];
      const input: Value | undefined = inputs[i];
      const at = joinPath(path, i);
      if (fields !== undefined && isObject(old) && isObject(item)) {
        this.object(fields, old, item, isObject(input) ? input : {}, at);
      } else if (!same(old, item) || item === UNKNOWN) {
        const kind = old === undefined ? "add" : item === undefined ? "delete" : "update";
        this.note(at, kind, field.forceNew === true);
      }
    }
  }

  /** The engine shows the items of a set at the places that they have in the inputs. */
  set(field: Field, before: Value[], after: Value[], inputs: Value[], path: string): void {
    const gone = before.flatMap((item, i) => (after.some((other) => same(item, other)) ? [] : [i]));
    const fresh = after.filter((item) => !before.some((other) => same(item, other)));
    if (gone.length === 0 && fresh.length === 0) return;
    const places = fresh.map((item) => after.indexOf(item)).filter((i) => i < inputs.length);
    const replace = field.forceNew === true;
    if (after.includes(UNKNOWN) || places.length !== fresh.length || new Set(places).size !== fresh.length) {
      this.note(path, "update", replace);
      return;
    }
    for (const i of new Set([...gone, ...places])) {
      const kind = !gone.includes(i) ? "add" : places.includes(i) ? "update" : "delete";
      this.note(joinPath(path, i), kind, replace);
    }
  }
}

/** Whether a property or anything in its value, which comes or goes as a whole, cannot be changed in place. */
function forcesNew(field: Field, value: Value): boolean {
  if (field.forceNew === true) return true;
  const fields = fieldsOf(field);
  if (fields === undefined) return false;
  const items: Value[] = Array.isArray(value) ? value : [value];
  return items.some(
    (item) =>
      isObject(item) &&
      Object.entries(item).some(([key, inner]) => fields[key] !== undefined && forcesNew(fields[key], inner)),
  );
}

/** The bridge's own bookkeeping; it stands for a replacement that none of the changed properties explains. */
const UNEXPLAINED = "__meta";

export interface Planned {
  before: Values;
  after: Values;
  /** The inputs, in the open. */
  inputs: Values;
  /** Whether something but the properties' own rules asks for another resource. */
  replace: boolean;
  /** Whether the name was made up, so that the old and the new one can be side by side. */
  named: "by the user" | "by itself" | "not at all";
}

export function difference(fields: Fields, { before, after, inputs, replace, named }: Planned): Difference {
  const finder = new Finder();
  finder.object(fields, before, after, inputs, "");
  const { found } = finder;
  if (replace && found.replaces.length === 0 && Object.keys(found.changes).length > 0) {
    found.changes[UNEXPLAINED] = "update";
    found.replaces.push(UNEXPLAINED);
  }
  const replacing = found.replaces.length > 0;
  return { ...found, deleteBeforeReplace: replacing && named === "by the user", against: "state" };
}

/** The properties that the user gives and that are another than before. */
export const changedInputs = (fields: Fields, before: Values, after: Values): Set<string> =>
  new Set(
    Object.keys(fields).filter(
      (key) => fields[key] !== undefined && isInput(fields[key]) && !same(before[key], after[key]),
    ),
  );
