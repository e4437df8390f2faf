/** `npm run rotate -- <stack> [<secret>]`: the secrets of a stack, and a new one in place of one. */
import { join } from "node:path";
import { prepareCli } from "../local/engine/cli";
import { runCommand } from "../local/runCommand";
import { stepPrinter } from "../local/steps";
import { askValue } from "./rotate/askValue";
import { rotateCommand } from "./rotate/rotateCommand";

runCommand(async () => {
  const { step } = stepPrinter(process.stderr);
  const surroundings = { folder: join(__dirname, ".."), ask: askValue, cli: async () => (await prepareCli(step)).path };
  process.stdout.write(await rotateCommand(process.argv.slice(2), surroundings));
}, "npm run rotate -- --help");
