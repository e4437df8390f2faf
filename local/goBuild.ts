/** Commands built from Go modules once for the machine, and kept under a key that changes with what they are built from. */

import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cacheFolder";
import { run } from "./command";
import { locked } from "./lock";

/** One run of `go build`. */
export interface GoBuild {
  /** The folder of the go.mod. */
  module: string;
  packages: readonly string[];
  /** For the linker, beside those that leave out debug information. */
  flags?: string;
  /** The command's name, where it is not that of its package's folder. */
  output?: string;
}

/** Commands that are built and kept together. */
export interface CommandSet {
  /** Their folder in the cache. */
  name: string;
  key: string;
  builds: readonly GoBuild[];
}

/** The folder of the built commands. */
export const commandsFolder = ({ name, key }: CommandSet): string => join(cacheFolder(), name, key);

export const commandsAreBuilt = (set: CommandSet): boolean => existsSync(commandsFolder(set));

/** Builds what is not built yet, and removes what an older key has left. */
export async function buildCommands(go: string, set: CommandSet): Promise<void> {
  if (commandsAreBuilt(set)) return;
  const home = join(cacheFolder(), set.name);
  await mkdir(home, { recursive: true });
  await locked(join(home, "lock"), async () => {
    if (commandsAreBuilt(set)) return;
    const unfinished = `${commandsFolder(set)}.unfinished`;
    const env = { CGO_ENABLED: "0", GOOS: "linux", GOFLAGS: "-buildvcs=false -mod=readonly" };
    for (const { module, packages, flags = "", output = "" } of set.builds) {
      const target = output === "" ? `${unfinished}/` : join(unfinished, output);
      await run("nice", [go, "build", "-trimpath", "-ldflags", `-s -w ${flags}`, "-o", target, ...packages], {
        cwd: module,
        env,
      });
    }
    for (const old of await readdir(home)) {
      if (/^[0-9a-f]{12}$/.test(old)) await rm(join(home, old), { recursive: true, force: true });
    }
    await rename(unfinished, commandsFolder(set));
  });
}
