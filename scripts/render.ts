/** `npm run render -- <stack>`: what a stack would be made of, as YAML and a table or as Helm charts. */
import { join } from "node:path";
import { runCommand } from "../local/runCommand";
import { print } from "./render/print";
import { renderCommand } from "./render/renderCommand";

runCommand(async () => {
  await print(await renderCommand(process.argv.slice(2), join(__dirname, "..")));
}, "npm run render -- --help");
