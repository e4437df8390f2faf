/** `npm run status -- <stack>`: how a deployed stack is, on one screen and as an exit code. */
import { join } from "node:path";
import { stepPrinter } from "../local/steps";
import { statusCommand } from "./status/statusCommand";

async function main(): Promise<number> {
  const colours = process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
  const { step } = stepPrinter(process.stderr);
  const surroundings = { env: process.env, folder: join(__dirname, ".."), step, colours };
  const { code, out, err } = await statusCommand(process.argv.slice(2), surroundings);
  process.stdout.write(out);
  process.stderr.write(err === "" ? "" : `\n${err}`);
  return code;
}

// Not by runCommand, which ends with 1 for every failure: here 1 says that the stack is not well.
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
