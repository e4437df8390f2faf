/** A Go toolchain new enough for Kubernetes and Pulumi, from PATH or, where that one is too old, as a Go module. */

import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run } from "./command";
import { UserError, type Step } from "./steps";

/** The oldest Go that does: from here on it fetches what a go.mod asks for by itself. */
const OLDEST = [1, 24] as const;
/** What is fetched otherwise. */
const FETCHED = "1.26.8";

const architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** `null` where there is no such command. */
async function goVersion(go: string): Promise<[major: number, minor: number] | null> {
  const { stdout } = await attempt(go, ["version"], { env: { GOTOOLCHAIN: "local" } });
  const found = /go(\d+)\.(\d+)/.exec(stdout);
  return found && [Number(found[1]), Number(found[2])];
}

const recent = ([major, minor]: [number, number]): boolean =>
  major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);

/** A module's files are not executable; a toolchain that came as one needs its commands to be. */
async function makeExecutable(folder: string): Promise<void> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  await Promise.all(files.map((file) => chmod(join(folder, file.name), 0o755)));
}

async function fetchToolchain(go: string): Promise<string> {
  const module = `golang.org/toolchain@v0.0.1-go${FETCHED}.linux-${architecture}`;
  const { Dir } = JSON.parse(await run(go, ["mod", "download", "-json", module], { cwd: "/" })) as { Dir: string };
  await makeExecutable(join(Dir, "bin"));
  await makeExecutable(join(Dir, "pkg", "tool", `linux_${architecture}`));
  return join(Dir, "bin", "go");
}

let found: Promise<string> | undefined;

/** The path of a `go` ≥ 1.24. Fetches one into the module cache if the machine's own is older. */
export function goToolchain(step: Step): Promise<string> {
  found ??= (async () => {
    const version = await goVersion("go");
    if (!version)
      throw new UserError("Go is not installed: install the Debian package golang-go, or Go 1.24 or newer.");
    if (recent(version)) return "go";
    return step(`Fetching Go ${FETCHED}, since the machine's is ${version.join(".")}`, () => fetchToolchain("go"));
  })();
  return found;
}
