/** Spans of time, for people. */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Such as `1 day`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Such as `5 minutes`, `3 hours` or `12 days`, rounded down. */
export function span(ms: number): string {
  const positive = Math.max(ms, 0);
  if (positive < HOUR_MS) {
    return counted(Math.floor(positive / 60_000), "minute");
  }
  return positive < 2 * DAY_MS
    ? counted(Math.floor(positive / HOUR_MS), "hour")
    : counted(Math.floor(positive / DAY_MS), "day");
}
