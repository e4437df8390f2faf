/** Checks what the user gives, and fills in the defaults and the name. */

import type { Checked } from "../provider";
import { madeUpName } from "../madeUpName";
import { isObject, joinPath, Secret, UNKNOWN, type Value, type Values } from "../values";
import { type Field, type Fields, fieldsOf, isInput, isMissing, isZero, plain, type Scalar } from "./schema";

/** How a resource that is given no name gets one: its logical name, this applied to it, and seven random digits. */
export type Autoname = ((name: string) => string) | undefined;

const MARK = "__defaults";

/** The keys of an earlier check whose values were defaults; all when it kept no list. */
function earlierDefaults(olds: Values): (key: string) => boolean {
  const listed = olds[MARK];
  return Array.isArray(listed) ? (key) => listed.includes(key) : () => true;
}

/** Defaults of properties inside blocks and items of collections. */
function filledValue(field: Field, value: Value, old: Value | undefined): Value {
  if (value instanceof Secret) return new Secret(filledValue(field, value.value, old));
  const fields = fieldsOf(field);
  if (fields === undefined || value === UNKNOWN) return value;
  if (Array.isArray(value)) {
    const olds = Array.isArray(old) ? old : [];
    return value.map((item, i) => (isObject(item) ? filled(fields, item, isObject(olds[i]) ? olds[i] : {}) : item));
  }
  return isObject(value) ? filled(fields, value, isObject(old) ? old : {}) : value;
}

/** A default that is false, zero or empty is not written down: leaving it out means the same. */
function defaultOf(field: Field): Value | undefined {
  const value = "default" in field && field.deprecated !== true ? field.default : undefined;
  return value === undefined || isZero(value) ? undefined : value;
}

function filled(fields: Fields, given: Values, olds: Values, name?: () => string): Values {
  const was = earlierDefaults(olds);
  const inputs: Values = {};
  const defaults: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    const field = fields[key];
    inputs[key] = field === undefined ? value : filledValue(field, value, olds[key]);
  }
  for (const [key, field] of Object.entries(fields)) {
    if (key in inputs) continue;
    const kept = was(key) ? olds[key] : undefined;
    const fresh = key === "name" && name !== undefined ? (kept ?? name()) : defaultOf(field);
    if (fresh === undefined) continue;
    inputs[key] = isMissing(kept) ? fresh : kept;
    defaults.push(key);
  }
  return { ...inputs, [MARK]: defaults.sort() };
}

const WORDS: Record<Field["kind"], string> = {
  string: "a string",
  int: "a whole number",
  float: "a number",
  bool: "true or false",
  list: "a list",
  set: "a list",
  map: "an object",
  block: "an object",
};

function fits(kind: Field["kind"], value: Value): boolean {
  switch (kind) {
    case "string":
      return ["string", "number", "boolean"].includes(typeof value);
    case "int":
      return Number.isInteger(Number(value)) && ["number", "string"].includes(typeof value);
    case "float":
      return !Number.isNaN(Number(value)) && ["number", "string"].includes(typeof value);
    case "bool":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "list":
    case "set":
      return Array.isArray(value);
    case "map":
    case "block":
      return isObject(value);
  }
}

/** A sentence about a value, with where it stands. */
const located = (sentence: string, path: string): string => `${sentence}. Examine values at '${path}'.`;

function problemsOf(field: Field, value: Value, path: string, key: string): string[] {
  if (value instanceof Secret) return problemsOf(field, value.value, path, key);
  if (value === UNKNOWN) return [];
  if (!fits(field.kind, value)) return [located(`expected ${key} to be ${WORDS[field.kind]}`, path)];
  const own = field.validate?.(value, key);
  if (own !== undefined) return [located(own, path)];
  const fields = fieldsOf(field);
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => {
      const at = `${path}[${i}]`;
      if (fields !== undefined) return isObject(item) ? problems(fields, item, at) : [];
      const kind = "of" in field ? (field.of as Scalar) : "string";
      return item === UNKNOWN || item instanceof Secret || fits(kind, item)
        ? []
        : [located(`expected ${key}[${i}] to be ${WORDS[kind]}`, at)];
    });
  }
  return fields !== undefined && isObject(value) ? problems(fields, value, path) : [];
}

/** What is wrong with the properties of an object; `path` begins with the resource's name. */
function problems(fields: Fields, given: Values, path: string): string[] {
  const inside = path.replace(/^[^.]*\.?/, "");
  const missing = Object.entries(fields)
    .filter(([key, field]) => field.source === "required" && isMissing(given[key]))
    .map(([key]) => `Missing required property '${joinPath(inside, key)}'`);
  const wrong = Object.entries(given).flatMap(([key, value]) => {
    const field = fields[key];
    const at = `${path}.${key}`;
    if (key.startsWith("__") || isMissing(value)) return [];
    if (field === undefined || !isInput(field)) return [located("Invalid or unknown key", at)];
    const rival = field.conflictsWith?.find((other) => !isMissing(given[other]));
    if (rival !== undefined) return [located(`"${key}": conflicts with ${rival}`, at)];
    return problemsOf(field, value, at, key);
  });
  return [...missing, ...wrong];
}

/** The inputs with their defaults, and what is wrong with them. `autoname` is undefined where a name must be given. */
export function checked(
  fields: Fields,
  request: { name: string; olds: Values; news: Values; seed?: Uint8Array },
  autoname: Autoname,
): Checked {
  const given = plain(request.news) as Values;
  const name = autoname && (() => madeUpName(autoname(request.name), 7, request.seed));
  const inputs = filled(fields, given, request.olds, name);
  const failures = problems(fields, inputs, request.name).map((reason) => ({ property: "", reason }));
  return { inputs, failures };
}

/** What is wrong with the arguments of a function. */
export const argumentProblems = (fields: Fields, args: Values, name: string): string[] => problems(fields, args, name);
