/** Python environments for the tests: made once for each lock file, from any Python that is new enough. */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run, succeeds } from "../../local/command";
import { contentKey } from "../../local/contentKey";
import { cacheFolder } from "../../local/cacheFolder";
import { installPackages } from "../../local/node/packages";
import { UserError, type Step } from "../../local/steps";

const NEEDED = [3, 11] as const;

/** The installer that the apps' Dockerfiles use too. */
const UV = "uv==0.13.8";

/** What an environment is made of. */
export interface EnvironmentOptions {
  /** For people: names the folder and the step. */
  name: string;
  /** Lock file with hashes. */
  lock: string;
  /** Folder of a project that is installed as it stands, so that a change of its source shows at once. */
  project?: string;
}

/**
 * Folder of a virtual environment with what a lock file names, hashes checked.
 *
 * @throws UserError when there is no Python that is new enough.
 */
export async function pythonEnvironment(options: EnvironmentOptions, step: Step): Promise<string> {
  const { name, lock, project } = options;
  const python = await findPython(step);
  const version = await run(python, ["--version"]);
  const key = contentKey([lock], version, UV, project ?? "");
  const folder = join(cacheFolder(), "python", `${name}-${key}`);
  // An environment cannot be moved once it is made, so a mark tells whether it was finished.
  const finished = join(folder, "finished");
  if (existsSync(finished)) {
    return folder;
  }
  await step(`Installing the Python packages of ${name}`, async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, ".."), { recursive: true });
    await run(python, ["-m", "venv", folder]);
    const env = { VIRTUAL_ENV: folder };
    const uv = (...args: string[]) => run(join(folder, "bin", "uv"), ["pip", "install", "--quiet", ...args], { env });
    await run(join(folder, "bin", "python"), ["-m", "pip", "install", "--quiet", UV]);
    await uv("--require-hashes", "-r", lock);
    if (project !== undefined) {
      await uv("--offline", "--no-deps", "--editable", project);
    }
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
