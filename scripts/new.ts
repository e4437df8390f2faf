/** `npm run new -- <name>`: a Flask app of one's own, small and tested, with its entry in the stack files. */
import { join } from "node:path";
import { runCommand } from "../local/runCommand";
import { newCommand } from "./new/newCommand";

runCommand(async () => {
  process.stdout.write(await newCommand(process.argv.slice(2), join(__dirname, "..")));
}, "npm run new -- --help");
