/** The stack that a command is told to work on. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../lib/schema/stack";
import { parseStackFile, StackFileError } from "../lib/stackFile";
import { stacksIn } from "../lib/stackNames";
import { UserError } from "../local/steps";

/**
 * The one name among the arguments of a command, for which there is a stack file.
 *
 * @param folder Where the stack files are.
 * @param command How the command is called, for the sentence that says so.
 * @throws UserError that names the stacks there are.
 */
export function chosenStack(positionals: readonly string[], folder: string, command: string): string {
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) {
    throw new UserError(`Which stack? ${stacksIn(folder)}. For example: ${command} -- dev`);
  }
  if (!existsSync(join(folder, `Pulumi.${name}.yaml`))) {
    throw new UserError(`There is no Pulumi.${name}.yaml here. ${stacksIn(folder)}.`);
  }
  return name;
}

/**
 * Reads a stack file, with defaults filled in and what is encrypted left out.
 *
 * @throws UserError with every problem of it.
 */
export function readStack(name: string, folder: string): Stack {
  const file = `Pulumi.${name}.yaml`;
  try {
    return parseStackFile(readFileSync(join(folder, file), "utf8"), file);
  } catch (error) {
    throw error instanceof StackFileError ? new UserError(error.message) : error;
  }
}
