/**
 * `npm run test:lifecycle`: builds and installs what is missing, then the lifecycle suite, its lanes side by side.
 * `npm run test:lifecycle -- tests/lifecycle/network.spec.ts`: only these specs, in this order.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cacheFolder } from "../local/cacheFolder";
import { buildEdgeBinaries, edgeBinariesAreBuilt } from "../local/edge/binaries";
import { prepareCli } from "../local/engine/cli";
import { goToolchain } from "../local/go";
import { prepareHelm } from "../local/helm";
import { binariesAreBuilt, buildBinaries } from "../local/node/binaries";
import { installPackages, missingPackages } from "../local/node/node";
import { prepareRclone } from "../local/s3/rclone";
import { stepPrinter, UserError, type Step } from "../local/steps";
import { LANE_NODES, LANES, NODE_VARIABLE, type LaneNode } from "../tests/lifecycle/lanes";
import { addTallies, tallyOf, type Tally } from "../tests/support/tally";

const ROOT = join(__dirname, "..");

/** All long builds, one after the other: in the middle of a test they would eat up its time. */
async function build(step: Step): Promise<void> {
  const go = await goToolchain(step);
  if (!binariesAreBuilt()) await step("Building Kubernetes, for minutes", () => buildBinaries(go));
  await prepareCli(step);
  await prepareHelm(step);
  await prepareRclone(step);
  if (!edgeBinariesAreBuilt()) {
    await step("Building Traefik, cert-manager and pebble, for minutes", () => buildEdgeBinaries(go));
  }
}

/** Runs specs on a node. Each line is shown as it comes, with a mark in front where several lanes speak at once. */
async function run(node: LaneNode, specs: readonly string[], mark = ""): Promise<Tally> {
  const mocha = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const child = spawn(process.execPath, [mocha, "--config", ".mocharc.lifecycle.json", "--no-color", ...specs], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    // Every operation is a process of its own, which loads the same large packages.
    env: { ...process.env, [NODE_VARIABLE]: node, NODE_COMPILE_CACHE: join(cacheFolder(), "compiled") },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      output += `${line}\n`;
      console.log(`${mark}${line}`);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const tally = tallyOf(output);
  return code === 0 || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}

async function main(): Promise<void> {
  const startMs = Date.now();
  const { step } = stepPrinter();
  await installPackages(missingPackages(), step);
  await build(step);
  const chosen = process.argv.slice(2);
  const pathOf = (name: string) => join("tests", "lifecycle", `${name}.spec.ts`);
  const tallies =
    chosen.length > 0
      ? [await run("lifecycle", chosen)]
      : await Promise.all(LANE_NODES.map((node, index) => run(node, LANES[node].map(pathOf), `${index + 1}| `)));
  const { passed, failed, skipped } = addTallies(...tallies);
  console.log(`\nThe lifecycle suite took ${Math.round((Date.now() - startMs) / 1000)} s.`);
  console.log(`${passed} passing, ${failed} failing, ${skipped} pending`);
  process.exit(failed === 0 ? 0 : 1);
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
});
