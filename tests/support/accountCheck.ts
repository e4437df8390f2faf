/** Asks the check of the account about a stack, at an account with fixed answers. */
import * as pulumi from "@pulumi/pulumi";
import { checkAccount, type Account } from "../../account";
import { startAccount, TOKEN } from "./accountServer";
import { load } from "./configs";
import { app } from "./stackFiles";

/** The least that a stack at DigitalOcean needs, with `changes`. The engine calls it `test`. */
export function doksStack(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    registry: { kind: "digitalocean", name: "flask-doks-test" },
    apps: [app({ expose: "loadBalancer" })],
    ...changes,
  };
}

export interface Checked {
  account: Account | undefined;
  error: Error | undefined;
  /** The lines about problems, without what stands around them. */
  problems: string[];
  /** What was passed on as a warning. */
  warnings: string[];
  /** The questions that DigitalOcean was asked. */
  asked: string[];
}

/** Checks a stack, under mocks, against the account that `answers` describe; `env` adds to the environment. */
export async function check(
  config: Record<string, unknown>,
  answers: Parameters<typeof startAccount>[0] = {},
  env: NodeJS.ProcessEnv = {},
): Promise<Checked> {
  const loaded = await load(config);
  const server = await startAccount(answers);
  const warnings: string[] = [];
  const { warn } = pulumi.log;
  Object.assign(pulumi.log, { warn: (text: string) => Promise.resolve(void warnings.push(text)) });
  let account: Account | undefined;
  let error: Error | undefined;
  try {
    account = await checkAccount(loaded, { ...server.env, ...env }, { pause: () => Promise.resolve() });
  } catch (thrown) {
    error = thrown as Error;
  } finally {
    Object.assign(pulumi.log, { warn });
    await server.stop();
  }
  if (error?.stack?.includes(TOKEN) === true) {
    throw new Error("the token stands in the error");
  }
  const problems = (error?.message ?? "")
    .replaceAll(server.url, "http://api.test")
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
  return { account, error, problems, warnings, asked: server.asked };
}
