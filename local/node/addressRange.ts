/** Ranges of IPv4 addresses, written as address/prefix. */

interface AddressRange {
  first: number;
  prefix: number;
}

const size = ({ prefix }: AddressRange): number => 2 ** (32 - prefix);

function parse(text: string): AddressRange {
  const [address = "", prefix = "32"] = text.split("/");
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const range = { first: number, prefix: Number(prefix) };
  return { ...range, first: number - (number % size(range)) };
}

const format = ({ first, prefix }: AddressRange): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${prefix}`;

const contains = (outer: AddressRange, inner: AddressRange): boolean =>
  inner.first >= outer.first && inner.first + size(inner) <= outer.first + size(outer);

const overlap = (a: AddressRange, b: AddressRange): boolean => contains(a, b) || contains(b, a);

function subtractOne(range: AddressRange, hole: AddressRange): AddressRange[] {
  if (!overlap(range, hole)) return [range];
  if (contains(hole, range)) return [];
  const half = { first: range.first, prefix: range.prefix + 1 };
  return [half, { ...half, first: half.first + size(half) }].flatMap((part) => subtractOne(part, hole));
}

/** What of `range` is in none of `holes`, as few ranges. */
export const subtract = (range: string, holes: readonly string[]): string[] =>
  holes
    .map(parse)
    .reduce((left, hole) => left.flatMap((part) => subtractOne(part, hole)), [parse(range)])
    .map(format);
