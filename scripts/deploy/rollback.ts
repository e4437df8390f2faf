/** Goes back to an earlier release: by the program, the sources and the config of its commit. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../../local/command";
import { type Step, UserError } from "../../local/steps";

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
        `The commit ${short} is not in this clone's history (in a pipeline, check out with fetch-depth 0).`,
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
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder });
  }
}

function deployFrom(folder: string, stack: string): Promise<void> {
  const args = ["--require", require.resolve("tsx/cjs"), join(folder, "scripts", "deploy.ts"), stack, "--no-rollback"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new UserError(`The deployment of ${folder.slice(-7)} failed as well; what it said is above.`));
    });
  });
}
