/**
 * Runs one operation on a stack in a process of its own, so that the program starts from nothing:
 * `tsx local/engine/main.ts up < request.json`. What it says goes to standard output, its result to a file.
 */

import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stepPrinter, UserError } from "../steps";
import { prepareCli } from "./cli";
import { preparePlugins } from "./plugins";
import { Interrupted, openStack, type OpenStack, OperationFailed, type StackOptions } from "./stack";

/** What stands on standard input: an argument list could be read by every user of the machine. */
export interface Request extends Pick<StackOptions, "stack" | "home" | "overrides" | "secrets"> {
  /** The folder with index.ts, Pulumi.yaml and the stack files. Default: this repository. */
  repository?: string;
  /** For the providers and the engine, such as `DOCKER_HOST`. */
  env?: Record<string, string>;
  refresh?: boolean;
  /** Takes the result as JSON: an `OperationResult`, the outputs, or `{ error, errors }`. Secrets stand in it in clear. */
  resultFile?: string;
}

const OPERATIONS = ["up", "preview", "destroy", "refresh", "outputs"] as const;
type Operation = (typeof OPERATIONS)[number];

const isOperation = (word: string | undefined): word is Operation => OPERATIONS.some((each) => each === word);

/** The exports of the unchanged program are the stack's outputs. */
function programOf(repository: string) {
  return (): Promise<Record<string, unknown>> => {
    const exported = createRequire(__filename)(join(repository, "index.ts")) as Record<string, unknown>;
    return Promise.resolve({ ...exported });
  };
}

function operate(stack: OpenStack, operation: Operation, refresh: boolean): Promise<unknown> {
  if (operation === "outputs") return stack.outputs();
  return stack[operation]({ onOutput: (line) => process.stdout.write(`${line}\n`), refresh });
}

async function main(): Promise<void> {
  const [operation] = process.argv.slice(2);
  if (!isOperation(operation)) throw new UserError(`Say one of: ${OPERATIONS.join(", ")}.`);
  const request = JSON.parse(await text(process.stdin)) as Request;
  const { repository = join(__dirname, "..", ".."), env = {}, refresh = false, resultFile } = request;
  const { step, note } = stepPrinter();
  const cli = await prepareCli(step);
  const plugins = await preparePlugins(cli, step, { env });
  note(plugins.summary);
  const save = async (result: unknown) => {
    if (resultFile !== undefined) await writeFile(resultFile, JSON.stringify(result), { mode: 0o600 });
  };
  try {
    const { stack: name, home, overrides, secrets } = request;
    const program = programOf(repository);
    const options = { stack: name, home, overrides, secrets, repository, program, env: plugins.env, cli, note };
    await save(await operate(await openStack(options), operation, refresh));
  } catch (error) {
    const errors = error instanceof OperationFailed ? error.errors : [];
    await save({ error: error instanceof Error ? error.message : String(error), errors });
    throw error;
  } finally {
    plugins.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(error instanceof Interrupted ? 130 : 1);
});
