/** A change of a stack's monthly cost, as text. */
import type { CostRange, PreviewReport } from "./previewReport";

/** An item of a list; nothing where the cost is not known. */
export function costItem(cost: PreviewReport["cost"]): string[] {
  if (cost === undefined) return [];
  const { before, after } = cost;
  if (before === undefined) return [`- Cost: ${rangeOf(after)} USD a month`];
  const same = rangeOf(before) === rangeOf(after);
  return same
    ? [`- Cost: ${rangeOf(after)} USD a month (unchanged)`]
    : [`- Cost: ${rangeOf(before)} → ${rangeOf(after)} USD a month (${differenceOf(before, after)})`];
}

const rangeOf = ({ min, max }: CostRange): string => once(min.toFixed(2), max.toFixed(2), "–");

const differenceOf = (before: CostRange, after: CostRange): string =>
  once(signed(after.min - before.min), signed(after.max - before.max), " to ");

const once = (low: string, high: string, between: string): string => (low === high ? low : `${low}${between}${high}`);

function signed(dollars: number): string {
  const cents = Math.round(dollars * 100);
  return `${cents < 0 ? "−" : "+"}${Math.abs(cents / 100).toFixed(2)}`;
}
