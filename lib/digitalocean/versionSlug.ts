/** Version slugs of DigitalOcean Kubernetes, such as `1.35.1-do.0`. */

const numbers = (slug: string): number[] => (slug.match(/\d+/g) ?? []).map(Number);

/** Below zero when the first is older, above zero when it is newer. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** The slugs, newest first. */
export const newestFirst = (slugs: readonly string[]): string[] => [...slugs].sort((a, b) => compareVersions(b, a));

/** `1.35.1-do.0` → `1.35`. */
export const minorOf = (slug: string): string => numbers(slug).slice(0, 2).join(".");
