/** Helm 3, which installs charts: the machine's own, or built from its Go module once. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "./command";
import { contentKey } from "./contentKey";
import { goToolchain } from "./go";
import { buildCommands, commandsAreBuilt, commandsFolder, type CommandSet } from "./goBuild";
import type { Step } from "./steps";

/** Its go.mod says which version. */
const MODULE = join(__dirname, "helm");

/** The oldest that has every flag and subcommand that is used here. Helm 4 has others. */
const OLDEST_MINOR = 14;

/** The version that the go.mod names for a module, such as `3.22.0`. */
function pinned(module: string): string {
  const lines = readFileSync(join(MODULE, "go.mod"), "utf8").split("\n");
  const [, version = ""] = lines.map((line) => line.trim().split(" v")).find(([name]) => name === module) ?? [];
  return version.split(" ")[0] ?? "";
}

/** What Helm's own makefile stamps: without it, `helm template` takes every cluster for Kubernetes 1.20. */
function stamps(): string {
  const [, minor = ""] = pinned("k8s.io/client-go").split(".");
  const texts = [`internal/version.version=v${pinned("helm.sh/helm/v3")}`];
  for (const place of ["pkg/chartutil", "pkg/lint/rules"]) {
    texts.push(`${place}.k8sVersionMajor=1`, `${place}.k8sVersionMinor=${minor}`);
  }
  return texts.map((text) => `-X helm.sh/helm/v3/${text}`).join(" ");
}

const helm = (): CommandSet => ({
  name: "helm",
  key: contentKey([MODULE], stamps()),
  builds: [{ module: MODULE, packages: ["helm.sh/helm/v3/cmd/helm"], flags: stamps() }],
});

/** Whether the `helm` on PATH is there and of a version that does. */
async function suitsOnPath(): Promise<boolean> {
  const args = ["version", "--template", "{{.Version}}"];
  const { code, stdout } = await attempt("helm", args, { timeoutSeconds: 20 });
  const [, minor] = /^v3\.(\d+)\./.exec(stdout) ?? [];
  return code === 0 && Number(minor) >= OLDEST_MINOR;
}

/** A `helm` of version 3.14 or newer: from PATH, or built earlier, or built now. */
export async function prepareHelm(step: Step): Promise<string> {
  if (await suitsOnPath()) return "helm";
  if (!commandsAreBuilt(helm())) {
    const go = await goToolchain(step);
    await step("Building Helm, for a minute or two", () => buildCommands(go, helm()));
  }
  return join(commandsFolder(helm()), "helm");
}
