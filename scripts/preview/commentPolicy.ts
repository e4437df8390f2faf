/** Whether the rules of `policy/` hold, as text. */
import { counted } from "../status/spans";
import { code, folded, list, prose, type Room } from "./commentText";
import type { PreviewReport, Violation } from "./previewReport";

type Policy = PreviewReport["policy"];
type Level = Violation["level"];

const SIGNS: Record<Level, string> = { mandatory: "✗ ", advisory: "⚠ ", relaxed: "" };

/** The violations that stop the preview. */
export const broken = (policy: Policy): Violation[] => ofLevel(policy, "mandatory");

/** An item of a list, with one below it for each rule that does not hold. */
export function policyItem(policy: Policy, room: Room): string {
  if (policy === undefined) return "- Policies: not checked";
  const failing = [...broken(policy), ...ofLevel(policy, "advisory")];
  const holding = policy.rules - new Set(failing.map(({ rule }) => rule)).size;
  const rules =
    failing.length === 0
      ? `${counted(policy.rules, "rule")} ${policy.rules === 1 ? "holds" : "hold"}`
      : `${holding} of ${counted(policy.rules, "rule")} hold`;
  const below = list(failing.map(violationLine), room).map((item) => `  ${item}`);
  return [`- Policies: ${rules}`, ...below].join("\n");
}

/** The exceptions that the stack file makes, with their reasons; nothing when there are none. */
export function exceptions(policy: Policy, room: Room): string[] {
  const relaxed = ofLevel(policy, "relaxed");
  if (relaxed.length === 0) return [];
  const summary = `${counted(relaxed.length, "exception")} from the policies, with the stack file's reason`;
  return [folded(summary, list(relaxed.map(violationLine), room).join("\n"))];
}

const ofLevel = (policy: Policy, level: Level): Violation[] =>
  (policy?.violations ?? []).filter((violation) => violation.level === level);

const violationLine = ({ rule, level, resource, message }: Violation): string =>
  `${SIGNS[level]}${code(rule)}${resource === "" ? "" : ` on ${code(resource)}`}: ${prose(message)}`;
