/** What a pull request is told about the stacks: one text for all of them. */
import { counted } from "../status/spans";
import { changesBlock, countedChanges, losses } from "./commentChanges";
import { costItem } from "./commentCost";
import { broken, exceptions, policyItem } from "./commentPolicy";
import { logOf, sourceLine } from "./commentSource";
import { errorBlock, folded, list, prose, shortened, type Room } from "./commentText";
import type { PreviewReport } from "./previewReport";

/** The first line of the comment, by which it is found again; not seen. */
export const PREVIEW_MARKER = "<!-- flask-doks: preview -->";

/**
 * The text for the pull request, and for the summary of the run.
 *
 * @param runUrl Where the run can be seen.
 */
export function previewSummary(reports: readonly PreviewReport[], runUrl?: string): string {
  const commits = reports.map(({ commit }) => commit);
  return shortened((lines) => {
    const room = { lines, rest: logOf(runUrl) };
    return [...reports.flatMap((report) => sectionOf(report, room)), sourceLine(commits, runUrl)].join("\n\n");
  });
}

function sectionOf(report: PreviewReport, room: Room): string[] {
  const { stack, error, changes, unchanged, policy, cost, warnings } = report;
  const lost = losses(changes);
  const rest = unchanged > 0 ? `, ${counted(unchanged, "resource")} unchanged` : "";
  const facts = [
    policyItem(policy, room),
    ...costItem(cost),
    ...list(
      warnings.map((warning) => `⚠ ${prose(warning)}`),
      room,
    ),
  ];
  return [
    `### ${prose(stack)}: ${verdict(report)}`,
    ...(lost.length > 0 ? [alert(["This takes away what no later change brings back:", "", ...list(lost, room)])] : []),
    ...(error === undefined ? [] : [errorBlock(error, room)]),
    ...(changes.length > 0 ? [folded(`${counted(changes.length, "change")}${rest}`, changesBlock(changes, room))] : []),
    facts.join("\n"),
    ...exceptions(policy, room),
  ];
}

function verdict({ error, changes, fromNothing, policy }: PreviewReport): string {
  if (error !== undefined) return "no preview ✗";
  const violations = broken(policy).length;
  return [
    countedChanges(changes) || "nothing to do",
    fromNothing ? ", a new stack" : "",
    losses(changes).length > 0 ? " ⚠" : "",
    violations > 0 ? `, ${counted(violations, "policy violation")} ✗` : "",
  ].join("");
}

const alert = (lines: readonly string[]): string =>
  ["[!WARNING]", ...lines].map((line) => `> ${line}`.trimEnd()).join("\n");
