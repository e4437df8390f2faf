/** `npx tsx local/node/cli.ts start|stop|purge|status [name]` */

import { stepPrinter, UserError } from "../steps";
import { installPackages, missingPackages, nodeStatus, startNode, stopNode } from "./node";
import { isNodeName } from "./settings";

async function main(): Promise<void> {
  const [action = "status", name = "local"] = process.argv.slice(2);
  if (!isNodeName(name)) throw new UserError(`There is no node ${name}.`);
  const { step } = stepPrinter();
  switch (action) {
    case "start": {
      await installPackages(missingPackages(), step);
      const running = await startNode(name, step);
      console.log({ ...running, registry: running.registry.server });
      return;
    }
    case "stop":
    case "purge":
      await stopNode(name, { purge: action === "purge" }, step);
      return;
    case "status":
      console.log(await nodeStatus(name));
      return;
    default:
      throw new UserError("Say start, stop, purge or status, and a node's name.");
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
});
