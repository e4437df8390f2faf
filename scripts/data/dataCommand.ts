/** What the commands that work on an app's data have in common. */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { clusterIdentity } from "../../local/kubeconfig";
import { Interrupted } from "../../local/engine/operation";
import { UserError } from "../../local/steps";
import { findStack, type Found } from "../status/findStack";
import type { AppAccess, Following } from "./appAccess";
import { chooseApp, Usage, type Wanted } from "./chooseApp";

/** How a command ends. */
export interface Ended {
  /** 0: done. 1: it failed. 2: it needs --yes, or was not called as it wants to be. 130: it was interrupted. */
  code: 0 | 1 | 2 | 130;
  out: string;
  err: string;
}

/** What a command stands on. Progress does not go to standard output, which may be JSON. */
export interface Surroundings extends Following {
  env: NodeJS.ProcessEnv;
  /** Where Pulumi.yaml is, unless the arguments say otherwise. */
  folder: string;
  /** Default: the stack's outputs, through the Pulumi CLI. */
  find?: (stack: string, folder: string) => Promise<Found>;
}

/** The end of every page of help. */
export const HELP_END = `  --app <name>    the app, for a stack in which several could be meant
  --cwd <folder>  where Pulumi.yaml is; default: this repository
  --help          this page

It ends with 0 when it was done, with 1 when it failed, and with 2 when it needs --yes, or was called in a wrong way.

The stack's outputs are read from the backend that you are logged in to, or from PULUMI_BACKEND_URL, with
PULUMI_CONFIG_PASSPHRASE_FILE (unless the backend is Pulumi Cloud); a cluster at DigitalOcean wants DIGITALOCEAN_TOKEN.
Unless PULUMI_BACKEND_URL is set, what "npm run up:local" and "npm run sandbox" have deployed here comes first.
`;

/** A command: how it is called, and what it does. */
export interface DataCommand {
  name: "backup" | "restore" | "move";
  help: string;
  /** Options without a value, and with one, beside those that all have. */
  flags: readonly string[];
  settings: readonly string[];
  /** The word that may follow the stack; none for a command that takes none. */
  word?: string;
  run: (call: Call) => Promise<Ended>;
}

/** One call of it. */
export interface Call {
  stack: string;
  word: string | undefined;
  flag: (name: string) => boolean;
  setting: (name: string) => string | undefined;
  following: Following;
  /** The app that is meant. */
  app: (wanted: Omit<Wanted, "app">) => Promise<AppAccess>;
}

/** Runs a command. What a person can mend is in `err`, as a sentence. */
export async function runDataCommand(command: DataCommand, args: string[], surroundings: Surroundings): Promise<Ended> {
  try {
    return await call(command, args, surroundings);
  } catch (error) {
    const { code, message } = error as Error & { code?: unknown };
    if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) {
      return failed(2, `${message}. What there is: npm run ${command.name} -- --help`);
    }
    if (error instanceof Usage) return failed(2, message);
    if (error instanceof Interrupted) return failed(130, message);
    if (error instanceof UserError) return failed(1, message);
    throw error;
  }
}

const failed = (code: Ended["code"], sentence: string): Ended => ({ code, out: "", err: `${sentence}\n` });

export const done = (out: string): Ended => ({ code: 0, out, err: "" });

/** What it would do, without doing it. */
export const needsYes = (out: string): Ended => ({ code: 2, out, err: "" });

async function call(
  { name, help, flags, settings, word: called, run }: DataCommand,
  args: string[],
  surroundings: Surroundings,
): Promise<Ended> {
  const options: ParseArgsOptionsConfig = {};
  for (const each of [...flags, "help"]) options[each] = { type: "boolean" };
  for (const each of [...settings, "app", "cwd"]) options[each] = { type: "string" };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const flag = (option: string) => values[option] === true;
  const setting = (option: string) => {
    const value = values[option];
    return typeof value === "string" ? value : undefined;
  };
  if (flag("help")) return done(help);
  const [stack, word, ...more] = positionals;
  if (stack === undefined || more.length > 0 || (word !== undefined && called === undefined)) {
    throw new Usage(`Name one stack: npm run ${name} -- <stack>${called === undefined ? "" : ` ${called}`}`);
  }
  const { step, note, signal, limits } = surroundings;
  const following = { step, note, ...(signal && { signal }), ...(limits && { limits }) };
  const { find = (each, folder) => findStack(each, folder, surroundings) } = surroundings;
  const app = async (wanted: Omit<Wanted, "app">): Promise<AppAccess> => {
    const found = await find(stack, setting("cwd") ?? surroundings.folder);
    return step(`Looking at ${stack}`, async () => {
      // First: a cluster that does not answer is told before anything else, and soon.
      await clusterIdentity(found.kubeconfig);
      return chooseApp(stack, found, { ...wanted, app: setting("app") }, following);
    });
  };
  return run({ stack, word, flag, setting, following, app });
}
