/** `npm run sandbox:down`: takes away what `npm run sandbox` made. */

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { nodeStatus, stopNode } from "../node/node";
import { runCommand } from "../runCommand";
import { stepPrinter } from "../steps";
import { HOME } from "./home";

const HELP = `npm run sandbox:down

Takes away everything that \`npm run sandbox\` made: the emulated DigitalOcean, the cluster with the apps and their
data, and .sandbox/. What was downloaded and built stays in ~/.cache/flask-doks, so that the next time is quick.
`;

const { step, note } = stepPrinter();

async function main(): Promise<void> {
  if (process.argv.includes("--help")) {
    process.stdout.write(HELP);
    return;
  }
  const node = await nodeStatus("sandbox");
  const running = node.exists || node.running.length > 0;
  if (!running && !existsSync(HOME)) {
    note("There is nothing to take away.");
    return;
  }
  // The machine goes, and all that was on it: nothing was paid for, so nothing has to be given back piece by piece.
  if (running) {
    await stopNode("sandbox", { purge: true }, step);
  }
  await rm(HOME, { recursive: true, force: true });
  process.stdout.write("\nAll gone.\n");
}

runCommand(main, "npm run sandbox:down -- --help");
