/** What values may be, worded as the provider words it. */

import { isIP } from "node:net";
import type { Value } from "../values";

type Rule = (value: Value, property: string) => string | undefined;

const shown = (value: Value): string => (typeof value === "string" ? value : JSON.stringify(value));

export const notEmpty: Rule = (value, property) => {
  if (value === "") return `${property} must not be empty, got `;
  return value === 0 ? `${property} must not be zero, got 0` : undefined;
};

export const oneOf =
  (words: string[], ignoreCase = false): Rule =>
  (value, property) => {
    const fits = words.some((word) => word === value || (ignoreCase && word === shown(value).toLowerCase()));
    return fits
      ? undefined
      : `expected ${property} to be one of [${words.map((w) => `"${w}"`).join(" ")}], got ${shown(value)}`;
  };

export const between =
  (least: number, most: number): Rule =>
  (value, property) =>
    typeof value === "number" && (value < least || value > most)
      ? `expected ${property} to be in the range (${least} - ${most}), got ${value}`
      : undefined;

export const atLeast =
  (least: number): Rule =>
  (value, property) =>
    typeof value === "number" && value < least
      ? `expected ${property} to be at least (${least}), got ${value}`
      : undefined;

export const length =
  (least: number, most: number): Rule =>
  (value, property) =>
    typeof value === "string" && (value.length < least || value.length > most)
      ? `expected length of ${property} to be in the range (${least} - ${most}), got ${value}`
      : undefined;

export const range: Rule = (value, property) => {
  const [address, prefix, ...rest] = shown(value).split("/");
  const version = isIP(address ?? "");
  const bits = Number(prefix);
  const fits = version !== 0 && rest.length === 0 && /^\d+$/.test(prefix ?? "") && bits <= (version === 4 ? 32 : 128);
  return fits
    ? undefined
    : `expected "${property}" to be a valid IPv4 Value, got ${shown(value)}: invalid CIDR address: ${shown(value)}`;
};

export const tagName: Rule = (value) =>
  /^[a-zA-Z0-9:\-_]{1,255}$/.test(shown(value))
    ? undefined
    : "tags may contain lowercase letters, numbers, colons, dashes, and underscores; there is a limit of 255 characters per tag";
