/** Brings a review app up. */
import { sharedNamespace } from "../../lib/namespaceName";
import { reviewStackName } from "../../lib/reviewStack";
import { bringUp, urlLines } from "../../local/deployment";
import { UserError } from "../../local/steps";
import { headOf } from "../github/run";
import { type Patience, untilAnswered } from "./answering";
import { day, daysOld, expiry } from "./ages";
import { readLender, reviewSettings } from "./lender";
import type { Surroundings, Tell } from "./surroundings";

/** What is to be brought up. */
export interface UpArgs {
  number: number;
  /** Name of the stack that lends its cluster. */
  base: string;
  /** Tells the pull request of it, if that is wanted. */
  tell?: Tell | undefined;
}

/**
 * Deploys the checked out sources as the review app of a pull request, anew or over what it was, and waits until it
 * answers.
 *
 * @throws UserError with what the pods say when it does not come up.
 */
export async function up(args: UpArgs, surroundings: Surroundings, patience: Patience = {}): Promise<void> {
  const { number, tell } = args;
  const { now, print } = surroundings;
  const startMs = Date.now();
  const { urls, maxAgeDays } = await deployed(args, surroundings, patience).catch(async (error: unknown) => {
    await tellFailure(args, error, surroundings);
    throw error;
  });
  const expires = expiry(now(), maxAgeDays);
  print(
    `\nReview app ${number} is up after ${Math.round((Date.now() - startMs) / 1000)} s:\n\n${urlLines(urls)}\n` +
      `It goes with: npm run review -- down ${number}\n` +
      `A sweep takes it from ${day(expires)} on, ${daysOld(maxAgeDays)} after its last deployment.\n`,
  );
  const told = { number, urls: Object.fromEntries(urls), expires: expires.toISOString() };
  await tell?.({ ...told, state: "up", commit: await commitOf(surroundings) });
}

/** What is checked out for a pull request is its merge, which nobody knows by its id. */
const commitOf = async ({ commit, env }: Surroundings): Promise<string> => headOf(env) ?? (await commit());

/** A failure to tell of a failure is not what the command ends with. */
async function tellFailure({ number, tell }: UpArgs, error: unknown, surroundings: Surroundings): Promise<void> {
  // A stack trace is for the log.
  const reason = error instanceof UserError ? error.message : "It ended with a defect of the program: see the log.";
  try {
    await tell?.({ number, state: "failed", error: reason, commit: await commitOf(surroundings) });
  } catch (trouble) {
    surroundings.note(`The pull request was not told: ${(trouble as Error).message}`);
  }
}

async function deployed(
  { number, base }: UpArgs,
  { env, folder, lent, stacks, step, note }: Surroundings,
  patience: Patience,
): Promise<{ urls: [app: string, url: string][]; maxAgeDays: number }> {
  const lender = readLender(base, folder);
  const settings = await reviewSettings(lender, { number, stackName: base, env });
  const { kubeconfig, address } = await lent(base);
  const name = reviewStackName(number);
  const namespaces = lender.apps.map((app) => sharedNamespace(name, app.name));
  const { stack, close } = await stacks.open(name, settings);
  try {
    const urls = await bringUp({ stack, kubeconfig, namespaces }, note);
    await untilAnswered(urls, { address, step, note }, patience).catch((error: unknown) => {
      throw error instanceof UserError
        ? new UserError(`${error.message}\nHow it is: npm run status -- ${name}`)
        : error;
    });
    return { urls, maxAgeDays: lender.review.maxAgeDays };
  } finally {
    close();
  }
}
