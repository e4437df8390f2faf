/** `npm run cost -- <stack>`: what a stack costs in a month at DigitalOcean. */
import { runCommand } from "../local/runCommand";
import { costCommand } from "./costCommand";

runCommand(async () => {
  process.stdout.write(await costCommand(process.argv.slice(2), process.env, "."));
}, "npm run cost -- --help");
