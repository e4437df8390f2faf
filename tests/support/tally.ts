/** Counts of a test run, read off what mocha or pytest prints at its end. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const PATTERNS: Record<keyof Tally, RegExp> = {
  passed: /\b(\d+) pass(?:ing|ed)\b/g,
  failed: /\b(\d+) (?:failing|failed|errors?)\b/g,
  skipped: /\b(\d+) (?:pending|skipped)\b/g,
};

/** The last counts that an output names; zero for those that it does not name. */
export function tallyOf(output: string): Tally {
  const last = (pattern: RegExp) => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);
  return { passed: last(PATTERNS.passed), failed: last(PATTERNS.failed), skipped: last(PATTERNS.skipped) };
}

export function addTallies(...tallies: Tally[]): Tally {
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}
