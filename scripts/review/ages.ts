/** How old review apps are, and when they go. */

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whole days. */
export const ageDays = (since: Date, now: Date): number => Math.floor((now.getTime() - since.getTime()) / DAY_MS);

/** From when on a sweep takes down what was deployed last at that time. */
export const expiry = (since: Date, maxAgeDays: number): Date => new Date(since.getTime() + maxAgeDays * DAY_MS);

/** Such as `2026-12-03`, in UTC. */
export const day = (time: Date): string => time.toISOString().slice(0, 10);

/** So many days, for people. */
export const daysOld = (days: number): string => (days === 1 ? "1 day" : `${days} days`);
