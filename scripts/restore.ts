/** `npm run restore -- <stack>`: lists the backups of an app, and goes back to one. */
import { restoreCommand } from "./data/restoreCommand";
import { runScript } from "./data/runScript";

runScript(restoreCommand);
