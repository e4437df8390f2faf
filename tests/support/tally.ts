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

/** How a runner begins to sum up: mocha with a line a count, pytest with one line. A test's title looks like neither. */
const SUMMARY = /^ {2}\d+ passing\b|^(?:=+ )?\d+ [a-z]+\b.* in [\d.]+s\b/;
const MORE = /^ {2}\d+ (?:pending|failing)\b/;

/** The counts that the last summary of an output names; zero for those that it does not name. */
export function tallyOf(output: string): Tally {
  const lines = output.split("\n");
  const [start = "", ...rest] = lines.slice(lines.findLastIndex((line) => SUMMARY.test(line))).slice(0, 3);
  const summary = SUMMARY.test(start) ? [start, ...rest.filter((line) => MORE.test(line))].join("\n") : "";
  const sum = (pattern: RegExp) =>
    [...summary.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
  return { passed: sum(PATTERNS.passed), failed: sum(PATTERNS.failed), skipped: sum(PATTERNS.skipped) };
}

export function addTallies(...tallies: Tally[]): Tally {
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}
