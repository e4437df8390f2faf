/** Which of two versions of Kubernetes, such as `1.36.0-do.1`, is the older one. */

interface Version {
  numbers: number[];
  suffix: string[];
}

function parsed(text: string): Version | undefined {
  const [whole, numbers, suffix] = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z~.-]+))?(?:\+[0-9A-Za-z~.-]+)?$/.exec(text) ?? [];
  if (whole === undefined || numbers === undefined) return undefined;
  return { numbers: numbers.split(".").map(Number), suffix: suffix === undefined ? [] : suffix.split(".") };
}

/** Below zero when the first part of a suffix goes before the second; numbers go before words. */
function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : 1;
}

/** False when one of them is no version. */
export function isOlder(text: string, than: string): boolean {
  const [a, b] = [parsed(text), parsed(than)];
  if (a === undefined || b === undefined) return false;
  for (let i = 0; i < Math.max(a.numbers.length, b.numbers.length); i++) {
    const difference = (a.numbers[i] ?? 0) - (b.numbers[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  if (a.suffix.length === 0 || b.suffix.length === 0) return a.suffix.length > b.suffix.length;
  for (let i = 0; i < Math.max(a.suffix.length, b.suffix.length); i++) {
    const difference = compareParts(a.suffix[i], b.suffix[i]);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
