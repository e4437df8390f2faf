/** Ranges of IPv4 addresses. */

export interface AddressRange {
  first: number;
  last: number;
  /** Length of its prefix, such as 20. */
  prefix: number;
}

const SIZE = 2 ** 32;

/** Reads `10.10.0.0/16`; `undefined` for anything else, such as a range that does not begin at its network's address. */
export function parseRange(text: string): AddressRange | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const numbers = match.slice(1).map(Number);
  const prefix = numbers[4] ?? 0;
  if (prefix > 32 || numbers.slice(0, 4).some((part) => part > 255)) return undefined;
  const first = numbers.slice(0, 4).reduce((address, part) => address * 256 + part, 0);
  const count = SIZE / 2 ** prefix;
  return first % count === 0 ? { first, last: first + count - 1, prefix } : undefined;
}

export const overlap = (a: AddressRange, b: AddressRange): boolean => a.first <= b.last && b.first <= a.last;

/** The ranges of RFC 1918, which networks of one's own are taken from. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap((text) => parseRange(text) ?? []);

export const isPrivate = (range: AddressRange): boolean =>
  PRIVATE.some(({ first, last }) => first <= range.first && range.last <= last);

export const address = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/** A range that is in none of those in use, as DigitalOcean picks one: a /20 of 10.0.0.0/8. */
export function freeRange(used: readonly AddressRange[]): string {
  const start = parseRange("10.104.0.0/20")?.first ?? 0;
  for (let index = 0; index < 2048; index++) {
    const text = `${address(start + index * 4096)}/20`;
    const range = parseRange(text);
    if (range !== undefined && !used.some((other) => overlap(other, range))) return text;
  }
  throw new RangeError("no address range is free");
}
