import assert from "node:assert/strict";
import type { CostItem } from "../../../lib/cost";
import { costTable } from "../../../lib/costTable";
import { PRICES_DATE } from "../../../lib/prices";

const item = (changes: Partial<CostItem> = {}): CostItem => ({
  item: 'nodes "default"',
  detail: "3–6 × s-2vcpu-4gb at 24",
  min: 72,
  max: 144,
  source: "api",
  ...changes,
});

const plane = item({ item: "control plane", detail: "highly available", min: 40, max: 40, source: "table" });

const table = (items: CostItem[], pricesFrom: "api" | "table" = "api") => {
  const [min, max] = [Math.min(...items.map((each) => each.min)), Math.max(...items.map((each) => each.max))];
  return costTable("prod", { currency: "USD", min, max, items }, pricesFrom);
};

describe("the table of costs", () => {
  it("stands in columns, with a total", () => {
    assert.deepStrictEqual(table([plane, item()]).split("\n"), [
      'Monthly cost of the stack "prod" at DigitalOcean, in US dollars',
      "",
      "item             detail                                             min      max",
      "─".repeat(80),
      "control plane    highly available                                 40.00    40.00",
      'nodes "default"  3–6 × s-2vcpu-4gb at 24                          72.00   144.00',
      "─".repeat(80),
      "total                                                             40.00   144.00",
      "",
      "min: every pool at its minimum. max: every pool at its maximum.",
      "Prices of nodes and registry: DigitalOcean's API, just now.",
      `The other prices: the table of ${PRICES_DATE} in lib/prices.ts; the API tells none.`,
      "Not in it: traffic above the nodes' allowance, snapshots, taxes.",
    ]);
  });

  it("is 80 columns wide, whatever the names", () => {
    const long = item({ item: `load balancer "${"a".repeat(30)}"`, detail: "200 × REGIONAL_NETWORK at 15", max: 3000 });
    for (const line of table([plane, item(), long]).split("\n")) {
      assert.ok(line.length <= 80, line);
    }
  });

  it("gives a name that is too long a line to itself", () => {
    const name = `nodes "${"b".repeat(60)}"`;
    const lines = table([item({ item: name })]).split("\n");
    const at = lines.indexOf(name);
    assert.ok(at > 0);
    assert.match(lines[at + 1] ?? "", /^ +3–6 × s-2vcpu-4gb at 24 +72\.00 +144\.00$/);
  });

  it("says when DigitalOcean was not asked, and how it would be", () => {
    const text = table([item({ source: "table" })], "table");
    assert.match(
      text,
      new RegExp(`\nPrices: the table of ${PRICES_DATE} in lib/prices.ts. DigitalOcean was not asked;\n`),
    );
    assert.match(text, /export DIGITALOCEAN_TOKEN=…/);
    assert.doesNotMatch(text, /API, just now/);
  });

  it("does not claim that the API told prices when none of its are in it", () => {
    assert.doesNotMatch(table([plane]), /just now/);
  });

  it("has no word about pools when minimum and maximum are the same", () => {
    assert.doesNotMatch(table([plane]), /every pool/);
  });

  it("marks a price that is not known", () => {
    const text = table([item({ detail: "1 × x, price unknown", min: 0, max: 0, source: "unknown" }), plane]);
    assert.match(text, /\nnodes "default" {2}1 × x, price unknown +\? +\?\n/);
    assert.match(text, /\n\?: a price that is not known, and not in the total\.\n/);
  });
});
