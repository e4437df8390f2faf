/** `npm run issue -- <drift.json>…`: keeps an issue open for each stack that is not as described. */
import { runCommand } from "../local/runCommand";
import { issueCommand } from "./github/issueCommand";

runCommand(async () => {
  process.stdout.write(await issueCommand(process.argv.slice(2), process.env));
}, "npm run issue -- --help");
