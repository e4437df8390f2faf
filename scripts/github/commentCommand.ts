/** What `npm run comment` does: tells a pull request what it would change. */
import { parseArgs } from "node:util";
import { UserError } from "../../local/steps";
import { PREVIEW_MARKER, previewSummary } from "../preview/comment";
import { githubFrom } from "./github";
import { marked } from "./marker";
import type { Patience } from "./patience";
import { readPreviews } from "./readReports";
import { pullRequestOf, runUrlOf } from "./run";

const HELP = `npm run comment -- <report.json>… [options]

Writes one comment on a pull request: what it would change in each stack, what that costs, and which rules do not hold.
The reports are what "npm run preview -- <stack> --report <file>" has written. The comment of an earlier run is updated.

  --pull-request <n>  default: that of the event that started the run
  --print             print the comment, and ask nobody
  --help              this page

It needs GITHUB_TOKEN, with "permissions: pull-requests: write", and what GitHub Actions sets: GITHUB_REPOSITORY,
GITHUB_EVENT_PATH and, where they are not GitHub's own, GITHUB_API_URL and GITHUB_SERVER_URL.
`;

/**
 * What the command prints.
 *
 * @param patience How long GitHub's failures are waited for.
 * @throws UserError about what a person can mend.
 */
export async function commentCommand(args: string[], env: NodeJS.ProcessEnv, patience?: Patience): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      "pull-request": { type: "string" },
      print: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return HELP;
  if (positionals.length === 0) throw new UserError("Name the reports: npm run comment -- <report.json>…");
  const text = previewSummary(readPreviews(positionals), runUrlOf(env));
  if (values.print) return `${marked(PREVIEW_MARKER, text)}\n`;
  const github = githubFrom(env, patience);
  const number = pullRequestOf(values["pull-request"], env);
  const { done, url } = await github.setComment(number, PREVIEW_MARKER, text);
  return `The comment on #${number} is ${done}: ${url}\n`;
}
