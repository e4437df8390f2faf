/** Takes review apps down: one, or all whose time is over. */
import { reviewStackName } from "../../lib/reviewStack";
import { Interrupted } from "../../local/engine/stack";
import { UserError } from "../../local/steps";
import { actionOf } from "../github/run";
import type { DownCause } from "../preview/commentReview";
import { endOf } from "./ages";
import { findReviews, type FoundReview } from "./list";
import type { Surroundings, Tell } from "./surroundings";

/** Takes down the review app of a pull request, and forgets its stack. One that is not there is taken down already. */
export async function down(
  { number, tell }: { number: number; tell?: Tell | undefined },
  surroundings: Surroundings,
): Promise<void> {
  const { env, print } = surroundings;
  const reviews = await findReviews(surroundings);
  if (reviews.some((review) => review.number === number)) {
    await takeDown(number, surroundings);
    print(`Review app ${number} is taken down: nothing of it is left.\n`);
  } else {
    print(`There is no review app ${number}: nothing to take down.\n`);
  }
  const action = actionOf(env);
  const cause = action === "closed" || action === "unlabeled" ? action : "byHand";
  // Where a sweep took it, its comment may still say that it is up, or how to have a new one.
  await tell?.({ number, state: "down", cause });
}

/**
 * Takes down each review app whose time is over, and those of pull requests that are closed, where GitHub can be asked.
 * One that fails holds up no other.
 *
 * @throws UserError at the end, with each that failed.
 */
export async function sweep(
  { maxAgeDays, tell }: { maxAgeDays: number; tell?: Tell | undefined },
  surroundings: Surroundings,
): Promise<void> {
  const { note, print } = surroundings;
  const failures: string[] = [];
  const failed = (what: string, error: unknown) => {
    if (error instanceof Interrupted) throw error;
    failures.push(`${what}: ${(error as Error).message}`);
    note(failures.at(-1) ?? "");
  };
  // Before GitHub is asked: a pull request that is opened in between is among the open ones.
  const reviews = await findReviews(surroundings);
  const open = await askedOpen(surroundings).catch((error: unknown) => {
    failed("Which pull requests are open is not known", error);
    return undefined;
  });
  let [taken, kept] = [0, 0];
  for (const review of reviews) {
    const { number } = review;
    try {
      const isClosed = open?.has(number) === false;
      const cause = isClosed ? "closed" : await dueCause(review, maxAgeDays, surroundings);
      if (cause === undefined) {
        kept++;
        continue;
      }
      await takeDown(number, surroundings);
      taken++;
      await tell?.({ number, state: "down", cause }).catch((error: unknown) => {
        failed(`#${number} is not told that its review app is taken down`, error);
      });
    } catch (error) {
      failed(`Review app ${number} is not taken down`, error);
    }
  }
  print(`Taken down: ${taken}. Left, for their time is not over: ${kept}.\n`);
  if (failures.length > 0) throw new UserError(failures.join("\n"));
}

async function askedOpen({ note, openPullRequests }: Surroundings): Promise<Set<number> | undefined> {
  if (openPullRequests === undefined) {
    note("GITHUB_TOKEN and GITHUB_REPOSITORY are not both set: review apps go by their age alone.");
    return undefined;
  }
  return new Set(await openPullRequests());
}

/** Why a sweep takes it now; nothing where it does not. */
async function dueCause(
  review: FoundReview,
  maxAgeDays: number,
  { now, stacks }: Surroundings,
): Promise<DownCause | undefined> {
  const end = endOf(review, await stacks.age(review.name), maxAgeDays);
  return end !== undefined && end.from.getTime() <= now().getTime() ? end.cause : undefined;
}

async function takeDown(number: number, { note, stacks }: Surroundings): Promise<void> {
  const name = reviewStackName(number);
  // What it was deployed with is in its state.
  const { stack, close } = await stacks.open(name, { config: {}, secrets: [] });
  try {
    note(`Taking down review app ${number}:`);
    await stack.destroy({ onOutput: note });
  } finally {
    close();
  }
  await stacks.remove(name);
}
