/** First and last address of an IPv4 range such as `10.110.0.0/20`, as numbers. */
function bounds(range: string): { first: number; last: number } {
  const [address = "", prefix = "32"] = range.split("/");
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const length = 2 ** (32 - Number(prefix));
  const first = number - (number % length);
  return { first, last: first + length - 1 };
}

/** Whether two IPv4 ranges, such as `10.110.0.0/20`, have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [bounds(one), bounds(other)];
  return a.first <= b.last && b.first <= a.last;
}
