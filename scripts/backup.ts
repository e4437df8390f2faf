/** `npm run backup -- <stack>`: backs up the database of an app, now. */
import { backupCommand } from "./data/backupCommand";
import { runScript } from "./data/runScript";

runScript(backupCommand);
