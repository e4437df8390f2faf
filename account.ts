import * as pulumi from "@pulumi/pulumi";
import { accountFindings, accountWarnings } from "./lib/digitalocean/accountCheck";
import { DigitalOceanApi } from "./lib/digitalocean/api";
import { type ClientOptions, DigitalOceanClient } from "./lib/digitalocean/client";
import { asksNobody, connectionOf, NOBODY, tokenInConfig } from "./lib/digitalocean/connection";
import { type AccountConfig, gatherFacts, needsAccount, pricesFrom } from "./lib/digitalocean/facts";
import { failureLines } from "./lib/digitalocean/failureLines";
import { type Prices, TABLE } from "./lib/prices";

/** What the program knows of the DigitalOcean account before it registers anything. */
export interface Account {
  /** What nodes and the registry cost. */
  prices: Prices;
  /** Name of the stack's registry, when that is DigitalOcean's. */
  registryName: string | undefined;
}

/**
 * Asks DigitalOcean whether the account can take the stack, before anything is created there. Nothing is asked for a
 * stack that has nothing at DigitalOcean.
 *
 * @param env Holds the API token, `DIGITALOCEAN_TOKEN`, and the API's address, `DIGITALOCEAN_API_URL`, if it is another;
 *   `none` asks nobody, and is refused where an engine runs the program.
 * @param patience How long it waits for the API, if not as the client does.
 * @throws pulumi.RunError with every problem, one line each.
 */
export async function checkAccount(
  config: AccountConfig,
  env: NodeJS.ProcessEnv = process.env,
  patience: Pick<ClientOptions, "requestMs" | "totalMs" | "tries" | "pause"> = {},
): Promise<Account | undefined> {
  // The keys' names alone: the config's values are config.ts's to read.
  const inConfig = tokenInConfig(Object.keys(pulumi.runtime.allConfig()));
  if (!needsAccount(config)) {
    refuse(inConfig);
    return undefined;
  }
  const name = `${pulumi.getProject()}-${pulumi.getStack()}`;
  if (asksNobody(env)) {
    refuse([...inConfig, ...engineProblem()]);
    return { prices: TABLE, registryName: registryNameUnasked(config, name) };
  }
  const connection = connectionOf(env);
  if (typeof connection === "string") {
    throw refusal([...inConfig, connection]);
  }
  const api = new DigitalOceanApi(new DigitalOceanClient({ ...connection, ...patience }));
  const { facts, failures } = await gatherFacts(config, name, api);
  refuse([
    ...inConfig,
    ...failureLines(failures, connection.url),
    ...accountFindings(config, facts).map(({ key, message }) => `${key}: ${message}`),
  ]);
  for (const warning of accountWarnings(facts)) {
    await pulumi.log.warn(warning);
  }
  return { prices: pricesFrom(facts), registryName: facts.registryName };
}

/** What an engine is about to make has to be checked, and its providers would look for an API at that address. */
const engineProblem = (): string[] =>
  pulumi.runtime.getEngine() === undefined
    ? []
    : [
        `DIGITALOCEAN_API_URL: is ${NOBODY}, with which nothing can be checked or made; run: unset DIGITALOCEAN_API_URL`,
      ];

/** A name that config does not give ends as the account says. */
const registryNameUnasked = ({ registry }: AccountConfig, name: string): string | undefined =>
  registry.kind === "digitalocean" ? (registry.name ?? `${name}-000000`) : undefined;

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw refusal(problems);
  }
}

/** All problems together, in the form in which config.ts tells those of the stack file. */
function refusal(problems: readonly string[]): pulumi.RunError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map((problem) => `  ${problem}`).join("\n");
  return new pulumi.RunError(
    `Pulumi.${pulumi.getStack()}.yaml cannot be deployed to DigitalOcean, ${count}:\n${lines}`,
  );
}
