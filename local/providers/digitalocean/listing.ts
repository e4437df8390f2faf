/** Filters and sorts what a function lists. */

import { type Value, type Values } from "../values";
import { textOf, textsOf } from "./kind";

export interface Query {
  filters: Values[];
  sorts: Values[];
}

const word = (value: Value | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));
/** Properties are named as the API names them. */
const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function matches(value: string, wanted: string, how: string): boolean {
  if (how === "re") return new RegExp(wanted).test(value);
  return how === "substring" ? value.includes(wanted) : value === wanted;
}

function fits(item: Values, filter: Values): boolean {
  const value = item[camel(textOf(filter["key"]))];
  const values = Array.isArray(value) ? value.map(word) : [word(value)];
  const found = textsOf(filter["values"]).map((wanted) =>
    values.some((each) => matches(each, wanted, textOf(filter["matchBy"]))),
  );
  return filter["all"] === true ? found.every(Boolean) : found.some(Boolean);
}

function compare(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return word(a) < word(b) ? -1 : word(a) > word(b) ? 1 : 0;
}

export function listed(items: Values[], { filters, sorts }: Query): Values[] {
  const kept = items.filter((item) => filters.every((filter) => fits(item, filter)));
  return kept.sort((a, b) => {
    for (const { key, direction } of sorts) {
      const property = camel(textOf(key));
      const order = compare(a[property], b[property]);
      if (order !== 0) return textOf(direction).toLowerCase() === "desc" ? -order : order;
    }
    return 0;
  });
}
