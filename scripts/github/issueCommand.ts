/** What `npm run issue` does: keeps an issue open for each stack that is not as described. */
import { parseArgs } from "node:util";
import { UserError } from "../../local/steps";
import { driftGone, driftIssue, driftMarker } from "../drift/driftIssue";
import type { DriftReport } from "../preview/previewReport";
import { githubFrom, type GitHub } from "./github";
import type { Patience } from "./patience";
import { readDrifts } from "./readReports";
import { runUrlOf } from "./run";

const HELP = `npm run issue -- <drift.json>…

Opens an issue for each stack that is not as described, or updates the one that is open; closes it when all is as
described again. The files are what "npm run drift -- <stack> --report <file>" has written.

  --help  this page

It needs GITHUB_TOKEN, with "permissions: issues: write", and what GitHub Actions sets: GITHUB_REPOSITORY and, where
they are not GitHub's own, GITHUB_API_URL and GITHUB_SERVER_URL.
`;

/**
 * What the command prints.
 *
 * @param patience How long GitHub's failures are waited for.
 * @throws UserError about what a person can mend.
 */
export async function issueCommand(args: string[], env: NodeJS.ProcessEnv, patience?: Patience): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { help: { type: "boolean", default: false } },
  });
  if (values.help) return HELP;
  if (positionals.length === 0) throw new UserError("Name the reports: npm run issue -- <drift.json>…");
  const reports = readDrifts(positionals);
  const github = githubFrom(env, patience);
  const lines: string[] = [];
  for (const report of reports) lines.push(`${report.stack}: ${await tell(github, report, runUrlOf(env))}\n`);
  return lines.join("");
}

async function tell(github: GitHub, report: DriftReport, runUrl: string | undefined): Promise<string> {
  const marker = driftMarker(report.stack);
  const issue = driftIssue(report, runUrl);
  if (issue === undefined) {
    const closed = await github.closeIssue(marker, driftGone(report, new Date(), runUrl));
    return closed === undefined
      ? "as described, and no issue is open"
      : `as described, and the issue is closed: ${closed}`;
  }
  const { done, url } = await github.openIssue({ ...issue, marker, labels: ["drift"] });
  return `${report.error === undefined ? "not as described" : "not known"}, and the issue is ${done}: ${url}`;
}
