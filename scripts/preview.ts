/** `npm run preview -- <stack>`: what an `up` would change and cost, and which rules do not hold. */
import { join } from "node:path";
import { runCommand } from "../local/runCommand";
import { stepPrinter, UserError } from "../local/steps";
import { addToSummary, runUrlOf } from "./github/run";
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
  addToSummary(process.env, previewSummary([report], runUrlOf(process.env)));
  if (!isGood(report))
    throw new UserError(`The preview of "${args.stack}" is not good: what stands in its way is above.`);
}

runCommand(main, "npm run preview -- --help");
