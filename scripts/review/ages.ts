/** How old review apps are, and when they go. */
import type { ListedStack, StackAge } from "../../local/backendStack";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whole days. */
export const ageDays = (since: Date, now: Date): number => Math.floor((now.getTime() - since.getTime()) / DAY_MS);

/** When so many days are over. */
export const expiry = (since: Date, days: number): Date => new Date(since.getTime() + days * DAY_MS);

/** How long one is left that has never come up. */
const NEVER_UP_DAYS = 1;

/**
 * From when on a sweep takes a review app down, and why. What failed makes none younger.
 *
 * @returns Nothing where it cannot be told, in Pulumi Cloud before the first update: it may be about to come up.
 */
export function endOf(
  { lastUpdate }: Pick<ListedStack, "lastUpdate">,
  { deployed, goingSince }: StackAge,
  maxAgeDays: number,
): { from: Date; cause: "unfinished" | "old" | "neverUp" } | undefined {
  if (goingSince !== undefined) return { from: goingSince, cause: "unfinished" };
  if (deployed !== undefined) return { from: expiry(deployed, maxAgeDays), cause: "old" };
  return lastUpdate === undefined ? undefined : { from: expiry(lastUpdate, NEVER_UP_DAYS), cause: "neverUp" };
}

/** Such as `2026-12-03`, in UTC. */
export const day = (time: Date): string => time.toISOString().slice(0, 10);

/** So many days, for people. */
export const daysOld = (days: number): string => (days === 1 ? "1 day" : `${days} days`);
