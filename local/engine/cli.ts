/** Finds the Pulumi CLI, or gets one: from its npm package, or built from its Go module where no download is possible. */

import { existsSync } from "node:fs";
import { mkdir, readdir, rename } from "node:fs/promises";
import { delimiter, join, sep } from "node:path";
import { cacheFolder } from "../cacheFolder";
import { attempt } from "../command";
import { goToolchain } from "../go";
import { type Step, tryStep, UserError } from "../steps";
import { failedToday, pulumiHome, rememberFailure } from "./cache";
import { bestVersion, PULUMI_VERSION, suits } from "./version";

export interface PulumiCli {
  path: string;
  /** Such as `3.256.0`. */
  version: string;
  source: "PATH" | "PULUMI_HOME" | "built" | "npm";
}

/** Set on every run of the CLI: it must neither look for updates nor ask anything. */
export const QUIET_ENV = {
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
  DO_NOT_TRACK: "1",
} as const;

const COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The version that the CLI at `path` gives, or undefined if it does not run. */
async function versionOf(path: string): Promise<string | undefined> {
  const { code, stdout } = await attempt(path, ["version"], { env: QUIET_ENV, timeoutSeconds: 20 });
  return code === 0 ? stdout.trim().replace(/^v/, "") : undefined;
}

async function candidate(path: string, source: PulumiCli["source"]): Promise<PulumiCli | undefined> {
  const version = existsSync(path) ? await versionOf(path) : undefined;
  return version !== undefined && suits(version) ? { path, version, source } : undefined;
}

/** The CLI on PATH. npm puts `node_modules/.bin` there, whose `pulumi` is the package that downloads one. */
async function onPath(): Promise<PulumiCli | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const folder of folders.filter((name) => name !== "" && !name.includes(`node_modules${sep}.bin`))) {
    const found = await candidate(join(folder, "pulumi"), "PATH");
    if (found !== undefined) return found;
  }
  return undefined;
}

async function inPulumiHome(): Promise<PulumiCli | undefined> {
  const home = pulumiHome();
  const versions = await readdir(join(home, "versions")).catch(() => []);
  const best = bestVersion(versions);
  const newest =
    best === undefined ? undefined : await candidate(join(home, "versions", best, "bin", "pulumi"), "PULUMI_HOME");
  return newest ?? candidate(join(home, "bin", "pulumi"), "PULUMI_HOME");
}

const builtPath = (): string => join(cacheFolder(), "bin", `pulumi-${PULUMI_VERSION}`, "pulumi");

/** The npm package `pulumi` fetches the CLI of its version when it is run for the first time. */
async function downloaded(step: Step): Promise<PulumiCli | undefined> {
  const launcher = join(__dirname, "..", "..", "node_modules", "pulumi", "run.js");
  if (!existsSync(launcher) || (await failedToday("pulumi-cli"))) return undefined;
  return tryStep(step, `Downloading the Pulumi CLI ${PULUMI_VERSION}`, async () => {
    const env = { ...QUIET_ENV, PULUMI_VERSION };
    const { code } = await attempt(process.execPath, [launcher, "version"], { env, timeoutSeconds: 180 });
    const path = join(pulumiHome(), "versions", PULUMI_VERSION, "bin", "pulumi");
    const found = code === 0 ? await candidate(path, "npm") : undefined;
    if (found === undefined) await rememberFailure("pulumi-cli");
    return found;
  });
}

async function built(step: Step): Promise<PulumiCli> {
  const go = await goToolchain(step);
  return step(`Building the Pulumi CLI ${PULUMI_VERSION} from its Go module`, async () => {
    const path = builtPath();
    const folder = join(path, "..");
    await mkdir(folder, { recursive: true });
    const partial = join(folder, `pulumi.${process.pid}`);
    const flags = `-s -w -X ${VERSION_VARIABLE}=v${PULUMI_VERSION}`;
    const args = ["build", "-trimpath", "-ldflags", flags, "-o", partial, COMMAND];
    const env = { CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly", GOWORK: "off" };
    const { code, stderr } = await attempt(go, args, { cwd: join(__dirname, "cli"), env });
    if (code !== 0) {
      throw new UserError(`The Pulumi CLI could not be built: ${stderr.trim().slice(-600)}. Install it and try again.`);
    }
    await rename(partial, path);
    const found = await candidate(path, "built");
    if (found === undefined) throw new UserError(`The Pulumi CLI that was built, ${path}, does not run.`);
    return found;
  });
}

/**
 * A Pulumi CLI that suits the SDK: from PATH, from `$PULUMI_HOME`, one built earlier, downloaded by the npm package
 * `pulumi`, or built now, which takes minutes, once.
 */
export async function prepareCli(step: Step): Promise<PulumiCli> {
  return (
    (await onPath()) ??
    (await inPulumiHome()) ??
    (await candidate(builtPath(), "built")) ??
    (await downloaded(step)) ??
    (await built(step))
  );
}
