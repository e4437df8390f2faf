/** What is told about drift: real resources that are not as the state of their stack has them. */
import { utc } from "../data/figures";
import { changesBlock, losses } from "../preview/commentChanges";
import { logOf, shortCommit, sourceLine } from "../preview/commentSource";
import { errorBlock, fence, shortened, type Room } from "../preview/commentText";
import type { DriftReport } from "../preview/previewReport";
import { counted } from "../status/spans";

/** The first line of a stack's issue, by which it is found again; not seen. */
export const driftMarker = (stack: string): string => `<!-- flask-doks: drift ${stack} -->`;

export interface DriftIssue {
  title: string;
  /** Without the marker. */
  body: string;
}

/**
 * The issue about a stack; none when it is as described.
 *
 * @param runUrl Where the run can be seen.
 */
export function driftIssue(report: DriftReport, runUrl?: string): DriftIssue | undefined {
  const { stack, error, changes, commit } = report;
  if (error === undefined && changes.length === 0) return undefined;
  const parts = error === undefined ? differs : unknown;
  const text = (lines: number) =>
    [...parts(report, { lines, rest: logOf(runUrl) }), sourceLine([commit], runUrl)].join("\n\n");
  return {
    title: error === undefined ? `Drift in ${stack}` : `Drift in ${stack}: could not look`,
    body: shortened(text),
  };
}

/** The last word on an issue: since when there is nothing to tell. */
export function driftGone({ stack, commit }: DriftReport, now: Date, runUrl?: string): string {
  const since = `Since ${utc(now)} at the latest, everything in ${stack} is as described`;
  return `${since}, at commit ${shortCommit(commit)}: see ${logOf(runUrl)}.`;
}

function differs({ stack, changes }: DriftReport, room: Room): string[] {
  const lost = losses(changes.filter(({ op }) => op === "delete")).length > 0;
  return [
    `${counted(changes.length, "resource")} of the stack ${stack} ${changes.length === 1 ? "is" : "are"} not as the stack ` +
      "was last deployed. Left of the arrow is what was deployed, right of it what is there now; `-` is gone.",
    changesBlock(changes, room),
    "It was changed past this repository: by hand, in DigitalOcean's control panel, or by another program. A deployment " +
      "does not look for that: it neither tells nor mends it, and may fail on it.",
    "There are two ways on; this issue is closed by the first look that finds no difference.",
    "**To bring it back** to what the stack describes, after a look at what that does:",
    fence("sh", [`npx pulumi preview --refresh --stack ${stack}`, `npx pulumi up --refresh --stack ${stack}`]),
    ...(lost ? ["What is gone comes back empty. Its data is in the backups alone: see docs/runbook.md."] : []),
    `**To keep it**, write it into \`Pulumi.${stack}.yaml\`, or into the program where no key has it, by a pull request. ` +
      "Once it is deployed with `--refresh`, the stack describes what is there.",
  ];
}

function unknown({ stack, error = "" }: DriftReport, room: Room): string[] {
  return [
    `Whether the stack ${stack} is as described is not known, for it could not be looked:`,
    errorBlock(error, room),
    "What was changed past this repository is not noticed until that is mended. To look by hand:",
    fence("sh", [`npx pulumi preview --refresh --stack ${stack}`]),
    "This issue is closed by the first look that finds no difference.",
  ];
}
