/** `npm run comment -- <report.json>…`: tells a pull request what it would change. */
import { runCommand } from "../local/runCommand";
import { commentCommand } from "./github/commentCommand";

runCommand(async () => {
  process.stdout.write(await commentCommand(process.argv.slice(2), process.env));
}, "npm run comment -- --help");
