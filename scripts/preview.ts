/** `npm run preview -- <stack>`: what an `up` would change and cost, and which rules do not hold. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../local/runCommand";
import { stepPrinter, UserError } from "../local/steps";
import { runUrlOf } from "./github/run";
import { previewSummary } from "./preview/comment";
import { HELP, isGood, preview, previewArgs } from "./preview/previewCommand";

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const args = previewArgs(process.argv.slice(2), folder);
  if (args === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const report = await preview(args, { env: process.env, folder, ...stepPrinter() });
  const summary = process.env["GITHUB_STEP_SUMMARY"] ?? "";
  if (summary !== "") appendFileSync(summary, `${previewSummary([report], runUrlOf(process.env))}\n\n`);
  if (!isGood(report))
    throw new UserError(`The preview of "${args.stack}" is not good: what stands in its way is above.`);
}

runCommand(main, "npm run preview -- --help");
