/** Lists the review apps there are. */
import { reviewNumber, reviewUrls } from "../../lib/reviewStack";
import type { Stack } from "../../lib/schema/stack";
import { ageDays, day, daysOld, expiry } from "./ages";
import type { Surroundings } from "./surroundings";

/** Prints a table: their numbers, where the first app of each answers, how old they are, and from when on a sweep takes them. */
export async function list(lender: Stack, { now, print, stacks, step }: Surroundings): Promise<void> {
  const listed = await step("Looking for review apps", () => stacks.list());
  const rows = listed
    .flatMap((stack) => {
      const number = reviewNumber(stack.name);
      return number === undefined ? [] : [{ number, lastUpdate: stack.lastUpdate }];
    })
    .sort((a, b) => a.number - b.number)
    .map(({ number, lastUpdate }) => [
      String(number),
      reviewUrls(lender, number)[0] ?? "",
      ...(lastUpdate === undefined
        ? ["never deployed", ""]
        : [daysOld(ageDays(lastUpdate, now())), day(expiry(lastUpdate, lender.review.maxAgeDays))]),
    ]);
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
