/** `npm test`: the program's unit tests, then each app's own checks. Sets up what they need. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stepPrinter, UserError } from "../local/steps";
import { pythonEnvironment } from "../tests/support/python";
import { addTallies, tallyOf, type Tally } from "../tests/support/tally";

const ROOT = join(__dirname, "..");
const { step } = stepPrinter();

/** Runs a command with its output shown; returns that output and whether it succeeded. */
function show(command: string, args: string[], cwd: string): Promise<{ output: string; good: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ output, good: code === 0 });
    });
  });
}

/** A run of tests whose counts are read off its output; one that fails without saying so counts as one failure. */
async function tests(command: string, args: string[], cwd: string): Promise<Tally> {
  const { output, good } = await show(command, args, cwd);
  const tally = tallyOf(output);
  return good || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}

/** A check that passes or does not. */
async function check(command: string, args: string[], cwd: string): Promise<Tally> {
  const { good } = await show(command, args, cwd);
  return { passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 };
}

async function testApp(app: string): Promise<Tally> {
  const folder = join(ROOT, "app", app);
  const environment = await pythonEnvironment(app, join(folder, "requirements-dev.lock"), step);
  const tool = (name: string) => join(environment, "bin", name);
  console.log(`\napp/${app}`);
  return addTallies(
    await check(tool("ruff"), ["check", "--quiet", "."], folder),
    await check(tool("ruff"), ["format", "--check", "--quiet", "."], folder),
    await check(tool("mypy"), [], folder),
    await tests(tool("pytest"), ["-q"], folder),
  );
}

async function main(): Promise<void> {
  const startMs = Date.now();
  let tally = await tests(process.execPath, [join(ROOT, "node_modules", "mocha", "bin", "mocha.js")], ROOT);
  const apps = readdirSync(join(ROOT, "app")).filter((app) => existsSync(join(ROOT, "app", app, "pyproject.toml")));
  for (const app of apps) {
    tally = addTallies(tally, await testApp(app));
  }
  console.log(`\nnpm test took ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
});
