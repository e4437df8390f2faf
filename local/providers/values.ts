/**
 * Property values of the provider protocol. On the wire they are protobuf Structs in which secrets and unknowns are
 * marked with fixed signatures; here they are plain JSON with `Secret` around secrets and `UNKNOWN` for what a preview
 * cannot know yet.
 */

import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A value that the engine encrypts in its state and masks in its output. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** A value that is not known before another resource exists. */
export const UNKNOWN = Symbol("unknown");

export type Value = string | number | boolean | null | Secret | typeof UNKNOWN | Value[] | { [key: string]: Value };
export interface Values {
  [key: string]: Value;
}

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Unknown booleans, numbers, arrays, assets, archives and objects have a marker each; all are read as `UNKNOWN`. */
const UNKNOWN_MARKS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isObject(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** Reads a value as it came over the wire. */
export function fromWire(wire: JavaScriptValue): Value {
  if (typeof wire === "string") return UNKNOWN_MARKS.has(wire) ? UNKNOWN : wire;
  if (Array.isArray(wire)) return wire.map(fromWire);
  if (typeof wire !== "object" || wire === null) return wire;
  const fields = wire as Record<string, JavaScriptValue>;
  switch (fields[SIGNATURE_KEY]) {
    case SECRET_SIGNATURE:
      return new Secret(fromWire(fields["value"] ?? null));
    case OUTPUT_SIGNATURE: {
      const value = "value" in fields ? fromWire(fields["value"] ?? null) : UNKNOWN;
      return fields["secret"] === true ? new Secret(value) : value;
    }
    default:
      return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fromWire(value)]));
  }
}

/** Writes a value for the wire. */
export function toWire(value: Value): JavaScriptValue {
  if (value === UNKNOWN) return UNKNOWN_STRING;
  if (value instanceof Secret) return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: toWire(value.value) };
  if (Array.isArray(value)) return value.map(toWire);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item)]));
}

export function fromStruct(struct: Struct | undefined): Values {
  return struct === undefined ? {} : (fromWire(struct.toJavaScript()) as Values);
}

export function toStruct(values: Values): Struct {
  return Struct.fromJavaScript(toWire(values) as Record<string, JavaScriptValue>);
}

/** The value without its secret marks; unknowns stay. */
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** Like `reveal`, for a whole bag of properties. */
export function revealed(values: Values): Values {
  return reveal(values) as Values;
}

function some(value: Value, test: (leaf: Value) => boolean): boolean {
  if (test(value)) return true;
  if (value instanceof Secret) return some(value.value, test);
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return isObject(value) && Object.values(value).some((item) => some(item, test));
}

export function hasUnknown(value: Value): boolean {
  return some(value, (leaf) => leaf === UNKNOWN);
}

export function hasSecret(value: Value): boolean {
  return some(value, (leaf) => leaf instanceof Secret);
}

/** Marks in `outputs` what is secret in `inputs`, at the same place; a secret inside a list makes the list secret. */
export function markSecrets(outputs: Values, inputs: Values): Values {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, output]) => {
      const input = inputs[key];
      if (input === undefined || output instanceof Secret || !hasSecret(input)) return [key, output];
      if (isObject(output) && isObject(input)) return [key, markSecrets(output, input)];
      return [key, new Secret(output)];
    }),
  );
}

/** The steps of a property path such as `spec.ports[0].name` or `metadata.annotations["a.b/c"]`. */
export function pathSteps(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  const pattern = /\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]|\.?([^.[\]]+)/gy;
  for (const [, index, quoted, word] of path.matchAll(pattern)) {
    if (index !== undefined) steps.push(index === "*" ? "*" : Number(index));
    else steps.push(quoted?.replace(/\\(.)/g, "$1") ?? word ?? "");
  }
  return steps;
}

/** A property path that the engine can read back: keys that are not plain words are quoted. */
export function joinPath(base: string, step: string | number): string {
  if (typeof step === "number") return `${base}[${step}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `${base}["${step.replace(/["\\]/g, "\\$&")}"]`;
  return base === "" ? step : `${base}.${step}`;
}

/** Whether `path` is `ancestor` or lies below it; `*` in `ancestor` stands for any one step. */
export function contains(ancestor: string, path: string): boolean {
  const outer = pathSteps(ancestor);
  const inner = pathSteps(path);
  return outer.length <= inner.length && outer.every((step, i) => step === "*" || String(step) === String(inner[i]));
}
