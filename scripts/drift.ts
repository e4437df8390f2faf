/** `npm run drift -- <stack>`: whether somebody else has changed what a stack has made. */
import { join } from "node:path";
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
  if (error !== undefined) {
    process.stderr.write(`\n${error}\n`);
    return 2;
  }
  const differ =
    changes.length === 1
      ? "1 resource is not as it was deployed"
      : `${changes.length} resources are not as they were deployed`;
  process.stdout.write(
    changes.length === 0 ? `\n${args.stack}: all is as it was deployed.\n` : `\n${args.stack}: ${differ}.\n`,
  );
  return changes.length === 0 ? 0 : 1;
}

// Not by runCommand, which ends with 1 for every failure: here 1 says that something differs.
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof UserError ? `\n${error.message}` : error);
    process.exit(2);
  },
);
