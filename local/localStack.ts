/** The local stack: its program, its operations, and what its stack file says of its apps. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "yaml";
import { prepareCli } from "./engine/cli";
import { preparePlugins, type Plugins } from "./engine/plugins";
import { openStack, type OpenStack } from "./engine/stack";
import { HOME, type ReadyCluster } from "./place";
import type { Note, Step } from "./steps";

const ROOT = join(__dirname, "..");
const STACK = "local";

interface LocalApp {
  name: string;
  nodePort?: number;
}

/** The apps of the committed stack file. */
export function localApps(): LocalApp[] {
  const { config } = parse(readFileSync(join(ROOT, `Pulumi.${STACK}.yaml`), "utf8")) as {
    config: { "flask-doks:apps": LocalApp[] };
  };
  return config["flask-doks:apps"];
}

/** The engine on the local stack, and its providers, which must be stopped when it is done. */
export interface LocalStack {
  stack: OpenStack;
  plugins: Plugins;
}

/** Readies the engine and its providers to operate on the local stack. */
export async function openLocalStack(
  cluster: ReadyCluster,
  { step, note }: { step: Step; note: Note },
): Promise<LocalStack> {
  const cli = await prepareCli(step);
  const plugins = await preparePlugins(cli, step, { env: cluster.env });
  note(`Engine: Pulumi ${cli.version} (${cli.source}). ${plugins.summary}.`);
  const load = createRequire(__filename);
  const stack = await openStack({
    stack: STACK,
    home: HOME,
    program: () => Promise.resolve(load("../index") as Record<string, unknown>),
    overrides: cluster.overrides,
    secrets: cluster.secrets,
    env: plugins.env,
    cli,
    note,
  });
  return { stack, plugins };
}
