/** Finds the review apps there are, and lists them. */
import { reviewNumber, reviewUrls } from "../../lib/reviewStack";
import type { Stack } from "../../lib/schema/stack";
import type { ListedStack } from "../../local/backendStack";
import { ageDays, day, daysOld, endOf } from "./ages";
import type { Surroundings } from "./surroundings";

/** A stack that is a review app. */
export interface FoundReview extends ListedStack {
  /** Of its pull request. */
  number: number;
}

/** Those in the backend, by their numbers. */
export async function findReviews({ stacks, step }: Pick<Surroundings, "stacks" | "step">): Promise<FoundReview[]> {
  const listed = await step("Looking for review apps", () => stacks.list());
  return listed
    .flatMap((stack) => {
      const number = reviewNumber(stack.name);
      return number === undefined ? [] : [{ ...stack, number }];
    })
    .sort((a, b) => a.number - b.number);
}

/** Prints a table: their numbers, where the first app of each answers, how old they are, and from when on a sweep takes them. */
export async function list(lender: Stack, surroundings: Surroundings): Promise<void> {
  const { now, print, stacks } = surroundings;
  const rows: string[][] = [];
  for (const review of await findReviews(surroundings)) {
    const age = await stacks.age(review.name);
    const end = endOf(review, age, lender.review.maxAgeDays);
    rows.push([
      String(review.number),
      reviewUrls(lender, review.number)[0] ?? "",
      age.deployed === undefined ? "never deployed" : daysOld(ageDays(age.deployed, now())),
      end === undefined ? "" : day(end.from),
    ]);
  }
  print(rows.length === 0 ? "There are no review apps.\n" : table([["number", "URL", "age", "expires"], ...rows]));
}

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map(
      (row) =>
        row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join("  ")
          .trimEnd() + "\n",
    )
    .join("");
}
