/** Reads a live object back as inputs: what the program wrote, or what somebody has made of it since. */

import { isObject, pathSteps, type Value, type Values } from "../values";
import { type KubernetesObject } from "./client";
import { storedData } from "./object";

const SUFFIXES: Record<string, number> = {
  n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50,
}; // prettier-ignore

/** The number that a quantity such as `500m` or `1Gi` stands for. */
export function quantity(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const [, digits, suffix = ""] = /^(-?[\d.]+(?:e\d+)?)([numkKMGTP]i?)?$/.exec(value) ?? [];
  const factor = SUFFIXES[suffix];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

function sameScalar(before: Value, live: Value): boolean {
  if (before === live || JSON.stringify(before) === JSON.stringify(live)) return true;
  const [left, right] = [quantity(before), quantity(live)];
  return left !== undefined && right !== undefined && Math.abs(left - right) < 1e-12;
}

/** What the server leaves out because it says nothing. */
const isVoid = (value: Value): boolean =>
  value === null ||
  value === "" ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.values(value).every(isVoid));

/** List items with a name are the same item wherever they stand; servers and webhooks reorder and add. */
function itemFor(list: Value[], item: Value, index: number): Value | undefined {
  if (!isObject(item)) return list[index];
  const key = ["name", "mountPath", "containerPort", "port"].find((each) => item[each] !== undefined);
  if (key === undefined) return list[index];
  const matches = (each: Value | undefined) => isObject(each) && sameScalar(each[key] ?? null, item[key] ?? null);
  // The one in the same place first: port 53 may stand there twice, for UDP and for TCP.
  return matches(list[index]) ? list[index] : (list.find(matches) ?? list[index]);
}

/** `live` in the shape of `before`: whatever means the same stays as it was written, whatever differs is taken over. */
export function reshaped(before: Value, live: Value | undefined): Value | undefined {
  if (live === undefined || live === null) return isVoid(before) ? before : undefined;
  if (isObject(before) && isObject(live)) {
    const entries = Object.entries(before).map(([key, value]) => [key, reshaped(value, live[key])] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Values;
  }
  if (Array.isArray(before) && Array.isArray(live)) {
    if (!before.every((item) => isObject(item)) && before.length !== live.length) return live;
    return before
      .map((item, index) => reshaped(item, itemFor(live, item, index)))
      .filter((item): item is Value => item !== undefined);
  }
  return !isObject(before) && !Array.isArray(before) && sameScalar(before, live) ? before : live;
}

/** The inputs that a live object amounts to, given those it was made from. */
export function inputsFrom(live: KubernetesObject, before: Values): Values {
  const comparable: Record<string, unknown> = { ...live };
  if (live.kind === "Secret" && live.apiVersion === "v1" && before["stringData"] !== undefined) {
    const data = storedData(live);
    const decoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "base64").toString("utf8")]);
    comparable["stringData"] = Object.fromEntries(decoded) as Values;
  }
  return reshaped(before, comparable as Values) as Values;
}

/** Whether field manager `manager` has applied the field at a path through maps. */
export function owns(live: KubernetesObject, manager: string, path: string): boolean {
  return (live.metadata.managedFields ?? [])
    .filter((entry) => entry.manager === manager && entry.operation === "Apply")
    .some(({ fieldsV1 }) => {
      let node: unknown = fieldsV1;
      for (const step of pathSteps(path)) node = (node as Record<string, unknown> | undefined)?.[`f:${step}`];
      return node !== undefined;
    });
}

/**
 * The object to apply when changes of some fields are ignored: a field that others set is left out, so that it stays
 * theirs; a field of ours keeps the value it has.
 */
export function withoutIgnored(
  wanted: KubernetesObject,
  live: KubernetesObject,
  manager: string,
  ignoreChanges: string[],
): KubernetesObject {
  const result = structuredClone(wanted);
  for (const path of ignoreChanges) {
    const steps = pathSteps(path);
    const last = steps.at(-1);
    const parents = steps.slice(0, -1);
    if (last === undefined || steps.includes("*")) continue;
    const at = (object: unknown) =>
      parents.reduce<unknown>((node, step) => (node as Record<string | number, unknown> | undefined)?.[step], object);
    const mine = at(result) as Record<string | number, unknown> | undefined;
    const theirs = (at(live) as Record<string | number, unknown> | undefined)?.[last];
    if (mine === undefined || theirs === undefined) continue;
    if (owns(live, manager, path)) mine[last] = theirs;
    else Reflect.deleteProperty(mine, last);
  }
  return result;
}
