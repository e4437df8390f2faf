import type { CostItem, MonthlyCost } from "./cost";
import { PRICES_DATE } from "./prices";

const WIDTH = 80;
const AMOUNT = 9;

/** What no price is counted of, for people. */
export const NOT_INCLUDED = ["traffic above the nodes' allowance", "snapshots", "taxes"];

/**
 * A stack's monthly cost as a table of 80 columns.
 *
 * @param pricesFrom Where the prices of nodes and registry come from.
 */
export function costTable(stack: string, { items, min, max }: MonthlyCost, pricesFrom: "api" | "table"): string {
  const rows = items.map(({ item, detail, min: low, max: high, source }) => ({
    item,
    detail,
    low: source === "unknown" ? "?" : low.toFixed(2),
    high: source === "unknown" ? "?" : high.toFixed(2),
  }));
  const room = WIDTH - 2 * AMOUNT - 2;
  const details = Math.max(...rows.map(({ detail }) => detail.length), 6);
  const names = Math.min(Math.max(...rows.map(({ item }) => item.length), 5), Math.max(room - details, 12));
  const line = (item: string, detail: string, low: string, high: string): string => {
    // A name that is too long for its column has a line to itself.
    const name = item.length > names ? `${item}\n${" ".repeat(names)}` : item.padEnd(names);
    return `${name}  ${detail.padEnd(room - names)}${low.padStart(AMOUNT)}${high.padStart(AMOUNT)}`;
  };
  const rule = "─".repeat(WIDTH);
  return [
    `Monthly cost of the stack "${stack}" at DigitalOcean, in US dollars`,
    "",
    line("item", "detail", "min", "max"),
    rule,
    ...rows.map(({ item, detail, low, high }) => line(item, detail, low, high)),
    rule,
    line("total", "", min.toFixed(2), max.toFixed(2)),
    "",
    ...(min === max ? [] : ["min: every pool at its minimum. max: every pool at its maximum."]),
    ...(items.some(({ source }) => source === "unknown")
      ? ["?: a price that is not known, and not in the total."]
      : []),
    ...sourceLines(items, pricesFrom),
    `Not in it: ${NOT_INCLUDED.join(", ")}.`,
  ].join("\n");
}

function sourceLines(items: readonly CostItem[], pricesFrom: "api" | "table"): string[] {
  const table = `the table of ${PRICES_DATE} in lib/prices.ts`;
  if (pricesFrom === "table") {
    return [
      `Prices: ${table}. DigitalOcean was not asked;`,
      "with a token it is, for nodes and registry: export DIGITALOCEAN_TOKEN=…",
    ];
  }
  return items.some(({ source }) => source === "api")
    ? ["Prices of nodes and registry: DigitalOcean's API, just now.", `The other prices: ${table}; the API tells none.`]
    : [`Prices: ${table}; the API tells none of them.`];
}
