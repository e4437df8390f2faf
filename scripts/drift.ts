/** `npm run drift -- <stack>`: whether somebody else has changed what a stack has made. */
import { join } from "node:path";
import { runCommand } from "../local/runCommand";
import { stepPrinter, UserError } from "../local/steps";
import { drift, driftArgs, HELP } from "./drift/driftCommand";

async function main(): Promise<number> {
  const folder = join(__dirname, "..");
  const args = driftArgs(process.argv.slice(2), folder);
  if (args === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const { error, changes } = await drift(args, { env: process.env, folder, ...stepPrinter() });
  if (error !== undefined) throw new UserError(error);
  const told =
    changes.length === 0
      ? "all is as it was deployed"
      : changes.length === 1
        ? "1 resource is not as it was deployed"
        : `${changes.length} resources are not as they were deployed`;
  process.stdout.write(`\n${args.stack}: ${told}.\n`);
  return changes.length === 0 ? 0 : 1;
}

// With 2, for 1 says that something differs.
runCommand(main, "npm run drift -- --help", 2);
