import type { Violation } from "../preview/previewReport";
import { wrapped } from "../render/wrapped";

/** What came of the check of one stack. */
export interface CheckedStack {
  stack: string;
  /** How many rules were checked. */
  rules: number;
  findings: Violation[];
}

const WIDTH = 100;

const MARKS: Record<Violation["level"], string> = { mandatory: "✗", advisory: "!", relaxed: "–" };

const LEVELS = Object.keys(MARKS) as Violation["level"][];

/** What does not hold, stack by stack, the worst first; and one line a stack that sums it up. */
export function policyReport(checked: readonly CheckedStack[]): string {
  const parts = checked.filter(({ findings }) => findings.length > 0).map(table);
  return [...parts, `${checked.map(summary).join("\n")}\n`].join("\n");
}

function table({ stack, findings }: CheckedStack): string {
  const sorted = LEVELS.flatMap((level) => findings.filter((finding) => finding.level === level));
  const rules = Math.max(...sorted.map(({ rule }) => rule.length));
  const lines = sorted.flatMap(({ level, rule, resource, message }) => [
    `  ${MARKS[level]} ${rule.padEnd(rules)}  ${resource}`.trimEnd(),
    ...wrapped(message, WIDTH - 6).map((line) => `      ${line}`),
  ]);
  return `${[stack, ...lines].join("\n")}\n`;
}

function summary({ stack, rules, findings }: CheckedStack): string {
  const count = (level: Violation["level"]) => findings.filter((finding) => finding.level === level).length;
  const [violations, advice, exceptions] = LEVELS.map(count);
  const told = [
    some(violations, "violation"),
    some(advice, "piece", "s", " of advice"),
    some(exceptions, "exception"),
  ].filter((words) => words !== "");
  const words = told.length === 0 ? "all hold" : told.join(", ");
  return `${stack}: ${rules} ${rules === 1 ? "rule" : "rules"}, ${words}`;
}

const some = (count: number | undefined, noun: string, plural = "s", rest = ""): string =>
  count === undefined || count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : plural}${rest}`;
