/** `npm run move -- <stack>`: moves an app's data to the database beside. */
import { moveCommand } from "./data/moveCommand";
import { runScript } from "./data/runScript";

runScript(moveCommand);
