/** `npm run down:local`: takes away what `npm run up:local` made. */

import { rm } from "node:fs/promises";
import { openCommittedStack } from "./committedStack";
import { removeKind } from "./kind";
import { clusterIdentity, loadContext } from "./kubeconfig";
import { nodeStatus, stopNode } from "./node/node";
import { HOME, rememberedPlace, type Place } from "./place";
import { runCommand } from "./runCommand";
import { stepPrinter } from "./steps";

const HELP = `npm run down:local

Takes away everything that \`npm run up:local\` made: the apps, their data, the cluster when it made one, and
.local/. What was downloaded and built stays in ~/.cache/flask-doks, so that the next time is quick.
`;

const { step, note } = stepPrinter();

async function main(): Promise<void> {
  if (process.argv.includes("--help")) {
    process.stdout.write(HELP);
    return;
  }
  const place = rememberedPlace();
  const node = await nodeStatus("local");
  if (place === undefined && !node.exists && node.running.length === 0) {
    note("There is nothing to take away.");
    return;
  }
  if (place?.kind === "kind") {
    await removeKind(step);
  } else if (place?.kind === "context") {
    await destroyStack(place);
  }
  if (node.exists || node.running.length > 0) {
    await stopNode("local", { purge: true }, step);
  }
  await rm(HOME, { recursive: true, force: true });
  process.stdout.write("\nAll gone.\n");
}

/** In a cluster of the user's own, only what the stack made is deleted. The others go as a whole. */
async function destroyStack(place: Place): Promise<void> {
  await clusterIdentity(loadContext(place.context, place.kubeconfig));
  const cluster = { place, overrides: { cluster: { kind: "existing", context: place.context } }, secrets: [], env: {} };
  const { stack, plugins } = await openCommittedStack("local", HOME, cluster, { step, note });
  try {
    await stack.destroy({ onOutput: note });
  } finally {
    plugins.stop();
  }
}

runCommand(main, "npm run down:local -- --help");
