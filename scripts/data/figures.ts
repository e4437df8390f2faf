/** Figures, for people. */
import { counted, span } from "../status/spans";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Such as `812 B` or `1.4 GiB`. */
export function size(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 2 ** (10 * power);
  return `${power === 0 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[power] ?? ""}`;
}

/** Such as `12,345 rows`. */
export const many = (count: number, noun: string): string =>
  counted(count, noun).replace(/^\d+/, (digits) => Number(digits).toLocaleString("en"));

/** Such as `48 s` or `3 min 12 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Such as `3 hours ago`. */
export const ago = (time: Date, now: Date): string =>
  now.getTime() - time.getTime() < 60_000 ? "just now" : `${span(now.getTime() - time.getTime())} ago`;

/** Such as `2026-11-26 02:17 UTC`. */
export const utc = (time: Date): string => `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
