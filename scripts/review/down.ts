/** Takes review apps down: one, or all that are old. */
import { reviewNumber, reviewStackName } from "../../lib/reviewStack";
import { Interrupted } from "../../local/engine/stack";
import { UserError } from "../../local/steps";
import { expiry } from "./ages";
import type { Surroundings, Tell } from "./surroundings";

/** Takes down the review app of a pull request, and forgets its stack. One that is not there is taken down already. */
export async function down(
  { number, tell }: { number: number; tell?: Tell | undefined },
  surroundings: Surroundings,
): Promise<void> {
  const { print, stacks, step } = surroundings;
  const name = reviewStackName(number);
  const listed = await step("Looking for the review app", () => stacks.list());
  if (!listed.some((stack) => stack.name === name)) {
    print(`There is no review app ${number}: nothing to take down.\n`);
    return;
  }
  await takeDown(number, tell, surroundings);
  print(`Review app ${number} is taken down: nothing of it is left.\n`);
}

/**
 * Takes down each review app that was deployed last so many days ago. One that fails holds up no other.
 *
 * @throws UserError at the end, with each that failed.
 */
export async function sweep(
  { maxAgeDays, tell }: { maxAgeDays: number; tell?: Tell | undefined },
  surroundings: Surroundings,
): Promise<void> {
  const { note, now, print, stacks, step } = surroundings;
  const listed = await step("Looking for review apps", () => stacks.list());
  const reviews = listed.flatMap(({ name, lastUpdate }) => {
    const number = reviewNumber(name);
    return number === undefined ? [] : [{ number, lastUpdate }];
  });
  const old = reviews.filter(
    // One without a time has never been deployed, and may be about to.
    ({ lastUpdate }) => lastUpdate !== undefined && expiry(lastUpdate, maxAgeDays).getTime() <= now().getTime(),
  );
  const failures: string[] = [];
  for (const { number } of old) {
    try {
      await takeDown(number, tell, surroundings);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const reason = (error as Error).message;
      note(`Review app ${number} is not taken down: ${reason}`);
      failures.push(`  ${number}: ${reason}`);
    }
  }
  const kept = reviews.length - old.length;
  print(`Taken down: ${old.length - failures.length}. Younger than ${maxAgeDays} days, and left: ${kept}.\n`);
  if (failures.length > 0) throw new UserError(["Not taken down:", ...failures].join("\n"));
}

async function takeDown(number: number, tell: Tell | undefined, { commit, note, stacks }: Surroundings): Promise<void> {
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
  await tell?.({ number, state: "down", urls: {}, commit: await commit() });
}
