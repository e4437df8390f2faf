/** Python environments for the tests: made once for each lock file, from any Python that is new enough. */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run, succeeds } from "../../local/command";
import { contentKey } from "../../local/contentKey";
import { cacheFolder } from "../../local/node/settings";
import { installPackages } from "../../local/node/packages";
import { UserError, type Step } from "../../local/steps";

const NEEDED = [3, 11] as const;

/**
 * Folder of a virtual environment with what a lock file names, hashes checked.
 *
 * @param name For people: names the folder and the step.
 * @throws UserError when there is no Python that is new enough.
 */
export async function pythonEnvironment(name: string, lock: string, step: Step): Promise<string> {
  const python = await findPython(step);
  const version = await run(python, ["--version"]);
  const folder = join(cacheFolder(), "python", `${name}-${contentKey([lock], version)}`);
  // An environment cannot be moved once it is made, so a mark tells whether it was finished.
  const finished = join(folder, "finished");
  if (existsSync(finished)) {
    return folder;
  }
  await step(`Installing the Python packages of ${name}`, async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, ".."), { recursive: true });
    await run(python, ["-m", "venv", folder]);
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock];
    await run(join(folder, "bin", "python"), args, { timeoutSeconds: 600 });
    await writeFile(finished, "");
  });
  return folder;
}

/** A Python with which virtual environments can be made; on Debian as root, what is missing is installed. */
async function findPython(step: Step): Promise<string> {
  for (const install of [false, true]) {
    if (install) {
      if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) {
        break;
      }
      await installPackages(["python3", "python3-venv"], step);
    }
    for (const candidate of ["python3", "/usr/bin/python3"]) {
      const { stdout } = await attempt(candidate, ["-c", "import sys; print(*sys.version_info[:2])"]);
      const [major = 0, minor = 0] = stdout.trim().split(" ").map(Number);
      const recent = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
      if (recent && (await succeeds(candidate, ["-c", "import venv, ensurepip"]))) {
        return candidate;
      }
    }
  }
  throw new UserError("Python 3.11 or newer is needed, with venv. On Debian: apt-get install python3-venv");
}
