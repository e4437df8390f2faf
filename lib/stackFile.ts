import { parse } from "yaml";
import { crossCheck } from "./schema/checks";
import { problemLines } from "./schema/problems";
import { stackSchema, type Stack } from "./schema/stack";

/** Name of the project, which stands before its config keys. */
export const PROJECT = "flask-doks";

/** What stands for an encrypted value, which only the engine can read: no shorter than a sound secret has to be. */
export const HIDDEN = "(encrypted in the stack file)";

/** A stack file that cannot be used; the message is for people. */
export class StackFileError extends Error {
  override readonly name = "StackFileError";
}

/**
 * Reads a stack file without an engine: checked as the program checks it, defaults filled in.
 * Encrypted values are replaced by {@link HIDDEN}.
 *
 * @param text Content of the file.
 * @param file Its name, for messages.
 * @throws {@link StackFileError} with every problem of the file, one line each.
 */
export function parseStackFile(text: string, file: string): Stack {
  const values = Object.fromEntries(
    Object.entries(configOf(text, file))
      .filter(([key]) => key.startsWith(`${PROJECT}:`))
      .map(([key, value]) => [key.slice(PROJECT.length + 1), withoutSecrets(decoded(value))]),
  );
  const parsed = stackSchema.safeParse(values, { reportInput: true });
  const problems = parsed.success
    ? crossCheck(parsed.data).map(({ key, message }) => `${key}: ${message}`)
    : problemLines(parsed.error.issues, stackSchema);
  if (!parsed.success || problems.length > 0) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw new StackFileError(`${file} has ${count}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
  return parsed.data;
}

/**
 * The config of a stack file as it stands there, by keys with their projects in front.
 *
 * @throws {@link StackFileError} when it is not YAML, or not the form of a stack file.
 */
export function configOf(text: string, file: string): object {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    const [first = ""] = (error as Error).message.split("\n");
    throw new StackFileError(`${file} is not YAML: ${first.replace(/:$/, "")}`);
  }
  const config = (document as { config?: unknown } | null | undefined)?.config ?? {};
  if (typeof config !== "object" || Array.isArray(config)) {
    throw new StackFileError(`${file}: config is not a group of keys`);
  }
  return config;
}

/** A group may also stand in the file as JSON in a string: `pulumi config set` without `--path` writes it that way. */
function decoded(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The engine writes an encrypted value as a group with the one key `secure`. */
export const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "secure";

/** A value with {@link HIDDEN} in place of all that is encrypted in it. */
export function withoutSecrets(value: unknown): unknown {
  if (isEncrypted(value)) return HIDDEN;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
