/** Goes back to an earlier release: by the program, the sources and the config of its commit. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../../local/command";
import { type Step, UserError } from "../../local/steps";

/** What a deployment's environment holds that is nobody else's business. */
const SECRETS = [
  "DIGITALOCEAN_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "PULUMI_ACCESS_TOKEN",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "REGISTRY_PASSWORD",
  "GITHUB_TOKEN",
];

/**
 * Deploys a stack as a commit has it, with that commit's own program and packages.
 *
 * @param repository The checkout whose history has the commit.
 * @throws UserError when the commit is not at hand, or its deployment fails.
 */
export async function rollBack(stack: string, commit: string, repository: string, step: Step): Promise<void> {
  const short = commit.slice(0, 7);
  const parent = mkdtempSync(join(tmpdir(), "flask-doks-rollback-"));
  const folder = join(parent, short);
  try {
    const added = await attempt("git", ["worktree", "add", "--detach", folder, commit], { cwd: repository });
    if (added.code !== 0) {
      throw new UserError(
        `The commit ${short} cannot be checked out. Is it in this clone's history (in a pipeline: fetch-depth 0)? ` +
          `git says: ${added.stderr.trim().slice(-300)}`,
      );
    }
    if (!existsSync(join(folder, "scripts", "deploy.ts"))) {
      throw new UserError(`The commit ${short} is of a version of this project that has no npm run deploy.`);
    }
    await step(`Installing the packages of ${short}`, () => install(repository, folder));
    await deployFrom(folder, stack);
  } finally {
    await attempt("git", ["worktree", "remove", "--force", folder], { cwd: repository });
    rmSync(parent, { recursive: true, force: true });
  }
}

/** The packages of the checkout serve where they are the same. */
async function install(repository: string, folder: string): Promise<void> {
  const lock = (checkout: string): string => readFileSync(join(checkout, "package-lock.json"), "utf8");
  if (lock(repository) === lock(folder)) {
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  } else {
    // What packages run when they are installed sees no secret.
    const env = Object.fromEntries(SECRETS.map((name) => [name, undefined]));
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, env });
  }
}

function deployFrom(folder: string, stack: string): Promise<void> {
  const args = ["--require", require.resolve("tsx/cjs"), join(folder, "scripts", "deploy.ts"), stack, "--no-rollback"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "inherit" });
    // It hears a terminal's Ctrl-C itself, and ends in order: until then this process waits for it.
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, pass);
    const wait = () => undefined;
    process.on("SIGINT", wait);
    const done = () => {
      for (const signal of ["SIGTERM", "SIGHUP"] as const) process.off(signal, pass);
      process.off("SIGINT", wait);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("close", (code) => {
      done();
      if (code === 0) resolve();
      else reject(new UserError(`The deployment of ${folder.slice(-7)} failed as well; what it said is above.`));
    });
  });
}
