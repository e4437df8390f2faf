/** `npm run deploy -- <stack>`: an `up` on the team's backend, which goes back by itself when it fails. */
import { join } from "node:path";
import { runCommand } from "../local/runCommand";
import { stepPrinter } from "../local/steps";
import { deploy, deployArgs, HELP } from "./deploy/deployCommand";

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const args = deployArgs(process.argv.slice(2), folder);
  if (args === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const startMs = Date.now();
  const urls = await deploy(args, { env: process.env, folder, ...stepPrinter() });
  process.stdout.write(`\n${args.stack} is deployed, in ${Math.round((Date.now() - startMs) / 1000)} s:\n\n${urls}`);
}

runCommand(main, "npm run deploy -- --help");
