/** Amounts as Kubernetes writes them. */

const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** In whole GiB, rounded up; 1 at least, as volumes are sold. */
export function gibibytes(quantity: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = FACTORS[unit];
  if (number === "" || factor === undefined) throw new Error(`"${quantity}" is no amount of storage`);
  return Math.max(1, Math.ceil((Number(number) * factor) / 2 ** 30));
}
