/** The engine on the stacks of a team: their state is in the backend that its members, and its pipelines, share. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { attempt } from "./command";
import { pulumiHome } from "./engine/cache";
import { prepareCli, QUIET_ENV } from "./engine/cli";
import { type Plugins, preparePlugins } from "./engine/plugins";
import { policyHost } from "./engine/policyHost";
import { sentence } from "./engine/report";
import { type JsonObject, openStack, type OpenStack, type SecretSetting, type StackOptions } from "./engine/stack";
import { type Note, type Step, UserError } from "./steps";

const ROOT = join(__dirname, "..");

/** Where the settings of the stacks are put together, and what a run that was killed has left is noted. */
const HOME = join(ROOT, ".local", "stacks");

/** The engine on a stack, and its providers, which must be stopped when it is done. */
export interface BackendStack {
  stack: OpenStack;
  plugins: Plugins;
  /** Folder of the project's rules, for an operation that they are to hold in. */
  policyPack: string;
  close(): void;
}

/** What it takes to open one. */
export interface BackendStackOptions {
  /** The whole config of a stack that has no file of its own, such as a review app's. */
  config?: JsonObject;
  secrets?: SecretSetting[];
  /** Where the state is. Default: where {@link backendOf} finds it. */
  backend?: string;
  /** Folder for its settings. Default: one below `.local/`. */
  home?: string;
  /** The environment, with the backend's and the cloud's credentials, and the passphrase. */
  env: NodeJS.ProcessEnv;
  step: Step;
  note: Note;
}

/**
 * The backend that the environment names, or that the CLI is logged in to.
 *
 * @returns Nothing when there is neither.
 */
export function backendOf(env: NodeJS.ProcessEnv): string | undefined {
  const named = env["PULUMI_BACKEND_URL"] ?? "";
  if (named !== "") return named;
  const file = join(pulumiHome(), "credentials.json");
  if (!existsSync(file)) return undefined;
  const { current } = JSON.parse(readFileSync(file, "utf8")) as { current?: string };
  return current === "" ? undefined : current;
}

/** @throws UserError when there is no backend. */
export function requireBackend(env: NodeJS.ProcessEnv): string {
  const backend = backendOf(env);
  if (backend === undefined) {
    throw new UserError(
      "No Pulumi backend is known, where the state of the stacks is kept: set PULUMI_BACKEND_URL, or run " +
        '"npx pulumi login" once (docs/state.md).',
    );
  }
  return backend;
}

/** What the engine would ask for at a terminal, and cannot here. Pulumi Cloud needs no passphrase. */
function requirePassphrase(backend: string, env: NodeJS.ProcessEnv): void {
  // A secret that a pipeline does not have comes as an empty text.
  const isThere = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"].some(
    (name) => (env[name] ?? "") !== "",
  );
  if (isThere || /^https?:/.test(backend)) return;
  throw new UserError(
    "The passphrase of the stack's secrets is not known: set PULUMI_CONFIG_PASSPHRASE_FILE, or in a pipeline " +
      "PULUMI_CONFIG_PASSPHRASE (docs/state.md).",
  );
}

/**
 * Readies the engine and its providers to operate on a stack. A committed one has the config of its file.
 *
 * @throws UserError when there is no backend or no passphrase.
 */
export async function openBackendStack(name: string, options: BackendStackOptions): Promise<BackendStack> {
  const { env, step, note, config = {}, secrets = [], home = join(HOME, name) } = options;
  const backend = options.backend ?? requireBackend(env);
  requirePassphrase(backend, env);
  const cli = await prepareCli(step);
  const host = await policyHost(cli);
  const plugins = await preparePlugins(cli, step, { standIns: false });
  note(`Engine: Pulumi ${cli.version} (${cli.source}). ${plugins.summary}.`);
  const load = createRequire(__filename);
  const stack = await openStack({
    stack: name,
    home,
    backend,
    passphraseFromEnvironment: true,
    takesOverLocks: (env["CI"] ?? "") === "",
    program: () => (load("../index") as StackOptions["program"])(),
    overrides: config,
    secrets,
    env: { ...plugins.env, ...host.env },
    cli,
    note,
  });
  return {
    stack,
    plugins,
    policyPack: join(ROOT, "policy"),
    close: () => {
      plugins.stop();
    },
  };
}

/** A stack of this project that a backend has. */
export interface ListedStack {
  name: string;
  /** When its state was written last, be it by a `destroy` that failed. Pulumi Cloud tells none before the first update. */
  lastUpdate?: Date;
  /** How many resources it has. */
  resources: number;
}

interface ListedJson {
  name: string;
  lastUpdate?: string;
  resourceCount?: number;
}

/** The project's stacks in the backend. */
export async function listStacks(
  env: NodeJS.ProcessEnv,
  step: Step,
  backend = requireBackend(env),
): Promise<ListedStack[]> {
  const listed = JSON.parse(await runCli(["stack", "ls", "--json"], { env, step, backend })) as ListedJson[];
  return listed.map(({ name, lastUpdate, resourceCount = 0 }) => ({
    // In Pulumi Cloud an organisation may stand before it.
    name: name.split("/").at(-1) ?? name,
    resources: resourceCount,
    ...(lastUpdate === undefined ? {} : { lastUpdate: new Date(lastUpdate) }),
  }));
}

/** What the history of a stack tells of its deployments. */
export interface StackAge {
  /** When the newest deployment that went well ended. */
  deployed?: Date;
  /** When it was taken down, be it without success; none where something was deployed afterwards, or tried to be. */
  goingSince?: Date;
}

interface HistoryJson {
  kind: string;
  result: string;
  endTime: string;
}

/** How old a stack is: of its newest hundred updates. */
export async function stackAge(
  name: string,
  env: NodeJS.ProcessEnv,
  step: Step,
  backend = requireBackend(env),
): Promise<StackAge> {
  const args = ["stack", "history", "--json", "--page-size", "100", "--stack", name];
  const history = JSON.parse(await runCli(args, { env, step, backend })) as HistoryJson[];
  // The newest first. A refresh makes nothing younger, and takes nothing down.
  const newest = history.find(({ kind }) => kind === "update" || kind === "destroy");
  const good = history.find(({ kind, result }) => kind === "update" && result === "succeeded");
  return {
    ...(good === undefined ? {} : { deployed: new Date(good.endTime) }),
    ...(newest?.kind === "destroy" ? { goingSince: new Date(newest.endTime) } : {}),
  };
}

/** Forgets a stack that has no resources any more; the CLI refuses any other. */
export async function removeStack(name: string, env: NodeJS.ProcessEnv, step: Step): Promise<void> {
  await runCli(["stack", "rm", name, "--yes", "--preserve-config"], { env, step, backend: requireBackend(env) });
}

/** A command of the CLI's own, which runs no program. */
async function runCli(
  args: string[],
  { env, step, backend }: { env: NodeJS.ProcessEnv; step: Step; backend: string },
): Promise<string> {
  const { path } = await prepareCli(step);
  const { code, stdout, stderr } = await attempt(path, [...args, "--non-interactive"], {
    cwd: ROOT,
    env: { ...QUIET_ENV, ...env, PULUMI_BACKEND_URL: backend },
  });
  if (code !== 0) throw new UserError(`pulumi ${args.slice(0, 2).join(" ")}: ${sentence(stderr || stdout)}`);
  return stdout;
}
