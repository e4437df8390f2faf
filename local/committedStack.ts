/** A stack as it is committed: what its file says of its apps, and the engine to operate on it from this machine. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "yaml";
import { prepareCli } from "./engine/cli";
import { preparePlugins, type Plugins } from "./engine/plugins";
import { shareWithProgram } from "./engine/programEnvironment";
import { openStack, type OpenStack, type StackOptions } from "./engine/stack";
import type { Note, Step } from "./steps";

const ROOT = join(__dirname, "..");

interface CommittedApp {
  name: string;
  nodePort?: number;
  /** Default: behind an Ingress. */
  expose?: string;
}

/** The apps of a committed stack file. */
export function appsOf(stack: string): CommittedApp[] {
  const { config } = parse(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: { "flask-doks:apps": CommittedApp[] };
  };
  return config["flask-doks:apps"];
}

/** Where a stack runs, and what its config must say of that place. */
export interface Ground extends Pick<StackOptions, "overrides" | "secrets"> {
  /** For the engine and its providers. */
  env: Record<string, string>;
}

/** The engine on a stack, and its providers, which must be stopped when it is done. */
export interface CommittedStack {
  stack: OpenStack;
  plugins: Plugins;
}

/**
 * Readies the engine and its providers to operate on a committed stack.
 *
 * @param home Folder of the stack's state.
 */
export async function openCommittedStack(
  stack: string,
  home: string,
  { overrides, secrets, env }: Ground,
  { step, note }: { step: Step; note: Note },
): Promise<CommittedStack> {
  const cli = await prepareCli(step);
  shareWithProgram(env);
  const plugins = await preparePlugins(cli, step, { env });
  note(`Engine: Pulumi ${cli.version} (${cli.source}). ${plugins.summary}.`);
  const load = createRequire(__filename);
  const opened = await openStack({
    stack,
    home,
    program: () => (load("../index") as StackOptions["program"])(),
    overrides,
    secrets,
    env: plugins.env,
    cli,
    note,
  });
  return { stack: opened, plugins };
}
