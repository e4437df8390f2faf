/** `npm test`: the program's unit tests, then the checks of the Python of apps, template and pods. Sets up what they need. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { cacheFolder } from "../local/cacheFolder";
import { stepPrinter, UserError } from "../local/steps";
import { pythonEnvironment } from "../tests/support/python";
import { addTallies, tallyOf, type Tally } from "../tests/support/tally";

const ROOT = join(__dirname, "..");
const { step } = stepPrinter();

interface Result {
  output: string;
  good: boolean;
}

/** Runs a command; its output is shown as it comes, or kept for later. */
function run(command: string, args: string[], cwd: string, show: boolean): Promise<Result> {
  // What mypy has found out about packages holds for every checkout.
  const env = { ...process.env, MYPY_CACHE_DIR: join(cacheFolder(), "mypy", relative(ROOT, cwd)) };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (show) {
          process.stdout.write(text);
        }
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ output, good: code === 0 });
    });
  });
}

/** The counts of a run of tests, read off its output; one that fails without saying so counts as one failure. */
function tallyTests({ output, good }: Result): Tally {
  const tally = tallyOf(output);
  return good || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}

/** A check that passes or does not. */
const tallyCheck = ({ good }: Result): Tally => ({ passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 });

interface Report {
  output: string;
  tally: Tally;
}

/** The checks of a folder's Python, by its own settings and kept to be shown in one piece; an app is tested as well. */
async function testPython(folder: string, environment: string, tests: boolean): Promise<Report> {
  const tool = (name: string, ...args: string[]) =>
    run(join(environment, "bin", name), args, join(ROOT, folder), false);
  const pytest = tests ? [await tool("coverage", "run", "-m", "pytest", "-q")] : [];
  const checks = [
    ...(tests ? [await tool("coverage", "report")] : []),
    await tool("ruff", "check", "--quiet", "."),
    await tool("ruff", "format", "--check", "--quiet", "."),
    await tool("mypy"),
  ];
  return {
    output: `\n${folder}\n${[...pytest, ...checks].map(({ output }) => output).join("")}`,
    tally: addTallies(...pytest.map(tallyTests), ...checks.map(tallyCheck)),
  };
}

/** The folders of Python projects in a folder, relative to the root. */
const projectsIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .map((name) => join(folder, name))
    .filter((project) => existsSync(join(ROOT, project, "pyproject.toml")));

async function main(): Promise<void> {
  const environments: [string, string][] = [];
  for (const folder of [...projectsIn("app"), ...projectsIn("template")]) {
    const project = join(ROOT, folder);
    const lock = join(project, "requirements-dev.lock");
    environments.push([folder, await pythonEnvironment({ name: folder.replace(sep, "-"), lock, project }, step)]);
  }
  const startMs = Date.now();
  // Side by side: the program's tests use one processor, the apps' another.
  const mocha = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const unit = run(process.execPath, [mocha], ROOT, true).then(tallyTests);
  const tested = Promise.all([
    ...environments.map(([folder, environment]) => testPython(folder, environment, true)),
    // What runs in pods of the program's own has no environment of its own: the blog's checkers serve it as well.
    ...environments
      .filter(([folder]) => folder === join("app", "blog"))
      .map(([, environment]) => testPython("pods", environment, false)),
  ]);
  let tally = await unit;
  for (const result of await tested) {
    process.stdout.write(result.output);
    tally = addTallies(tally, result.tally);
  }
  console.log(`\nnpm test took ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
});
