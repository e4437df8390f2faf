/** The config of a stack file, as an engine hands it to the program, but with nothing of what is encrypted in it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { HIDDEN } from "../../lib/stackFile";
import { UserError } from "../steps";
import { PROJECT } from "./underMocks";

/** The config of a stack, for a program under mocks. */
export interface StackConfig {
  /** The file's text. */
  text: string;
  /** By keys with their projects in front; what is encrypted is {@link HIDDEN}. */
  config: Record<string, unknown>;
  /** Keys that hold something encrypted. */
  secretKeys: string[];
}

/**
 * Reads a stack's file.
 *
 * @param folder Where the stack files are.
 * @throws UserError when there is none, or when it is no stack file.
 */
export function readStackConfig(stack: string, folder: string): StackConfig {
  const file = `Pulumi.${stack}.yaml`;
  const path = join(folder, file);
  if (!existsSync(path)) {
    throw new UserError(`There is no ${file} here. ${stacksIn(folder)}.`);
  }
  const text = readFileSync(path, "utf8");
  const config = Object.entries(configOf(text, file));
  const whole = config
    .filter(([key, value]) => key.startsWith(`${PROJECT}:`) && isEncrypted(value))
    .map(([key]) => key);
  if (whole.length > 0) {
    throw new UserError(
      `${file}: ${whole.join(", ")}: encrypted as a whole, so that only the engine can read it; ` +
        "encrypt the secret values alone: pulumi config set --secret --path '<key>.<name>'",
    );
  }
  return {
    text,
    config: Object.fromEntries(config.map(([key, value]) => [key, withoutSecrets(value)])),
    secretKeys: config.filter(([, value]) => holdsSecret(value)).map(([key]) => key),
  };
}

/** The stacks that have a file in a folder, by name. */
export const stacksOf = (folder: string): string[] =>
  readdirSync(folder)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();

/** Which they are, as a sentence. */
export function stacksIn(folder: string): string {
  const stacks = stacksOf(folder);
  return stacks.length === 0 ? "There are no stack files here" : `There are: ${stacks.join(", ")}`;
}

function configOf(text: string, file: string): object {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    const [first = ""] = (error as Error).message.split("\n");
    throw new UserError(`${file} is not YAML: ${first.replace(/:$/, "")}`);
  }
  const config = (document as { config?: unknown } | null | undefined)?.config ?? {};
  if (typeof config !== "object" || Array.isArray(config)) {
    throw new UserError(`${file}: config is not a group of keys`);
  }
  return config;
}

/** The engine writes an encrypted value as a group with the one key `secure`. */
const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "secure";

const holdsSecret = (value: unknown): boolean =>
  isEncrypted(value) || (typeof value === "object" && value !== null && Object.values(value).some(holdsSecret));

function withoutSecrets(value: unknown): unknown {
  if (isEncrypted(value)) return HIDDEN;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
