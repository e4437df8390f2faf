/** `npm run test:lifecycle`: installs what is missing, then the lifecycle suite. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { installPackages, missingPackages } from "../local/node/node";
import { stepPrinter, UserError } from "../local/steps";

const ROOT = join(__dirname, "..");

async function main(): Promise<void> {
  await installPackages(missingPackages(), stepPrinter().step);
  const mocha = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const args = [mocha, "--config", ".mocharc.lifecycle.json", ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  child.on("close", (code) => process.exit(code ?? 1));
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
});
