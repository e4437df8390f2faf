/** What `npm run cost` does: a stack's monthly cost, as text. */
import { parseArgs } from "node:util";
import { monthlyCost } from "../lib/cost";
import { costTable, NOT_INCLUDED } from "../lib/costTable";
import { DigitalOceanApi } from "../lib/digitalocean/api";
import { ApiError, DigitalOceanClient } from "../lib/digitalocean/client";
import { connectionOf } from "../lib/digitalocean/connection";
import { type Facts, pricesFrom } from "../lib/digitalocean/facts";
import { failureLines } from "../lib/digitalocean/failureLines";
import { type Prices, PRICES_DATE, TABLE } from "../lib/prices";
import type { Stack } from "../lib/schema/stack";
import { UserError } from "../local/steps";
import { chosenStack, readStack } from "./chosenStack";

const HELP = `npm run cost -- <stack> [options]

Prints what a stack costs in a month at DigitalOcean, from Pulumi.<stack>.yaml: control plane, nodes,
load balancers, databases, volumes and registry. Nothing is created, and no Pulumi engine is needed.

With an API token in DIGITALOCEAN_TOKEN, the prices of nodes and registry are asked of DigitalOcean;
without one they come from a dated table.

  --table  ask nobody, token or not
  --json   print it as JSON
  --help   this page
`;

/**
 * What the command prints.
 *
 * @param args Its arguments.
 * @param env Holds the API token, if there is one.
 * @param folder Where the stack files are.
 * @throws UserError about what a person can mend.
 */
export async function costCommand(args: string[], env: NodeJS.ProcessEnv, folder: string): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      table: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    return HELP;
  }
  const name = chosenStack(positionals, folder, "npm run cost");
  const stack = readStack(name, folder);
  const prices = values.table || (env["DIGITALOCEAN_TOKEN"] ?? "") === "" ? TABLE : await askPrices(stack, env);
  const cost = monthlyCost(stack, prices);
  if (values.json) {
    const sources = { nodesAndRegistry: prices.source, tableDate: PRICES_DATE };
    return `${JSON.stringify({ stack: name, ...cost, prices: sources, notIncluded: NOT_INCLUDED }, null, 2)}\n`;
  }
  return cost.items.length > 0
    ? `${costTable(name, cost, prices.source)}\n`
    : `The stack "${name}" makes nothing at DigitalOcean: by itself it costs nothing there.\n` +
        `What its cluster costs (kind: ${stack.cluster.kind}) is counted where that is made.\n`;
}

/** Asks no more than the prices, so that a token with few rights will do. */
async function askPrices({ cluster, registry }: Stack, env: NodeJS.ProcessEnv): Promise<Prices> {
  const connection = connectionOf(env);
  if (typeof connection === "string") {
    throw new UserError(connection);
  }
  const api = new DigitalOceanApi(new DigitalOceanClient(connection));
  try {
    const facts: Facts = {
      ...(cluster.kind === "doks" ? { sizes: await api.sizes() } : {}),
      ...(registry.kind === "digitalocean" ? { registryOptions: await api.registryOptions() } : {}),
    };
    return pricesFrom(facts);
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    throw new UserError(`${failureLines([error], connection.url).join("\n")}\nWithout asking: --table`);
  }
}
