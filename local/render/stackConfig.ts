/** The config of a stack file, as an engine hands it to the program, but with nothing of what is encrypted in it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { configOf, isEncrypted, PROJECT, StackFileError, withoutSecrets } from "../../lib/stackFile";
import { stacksIn, stacksOf } from "../../lib/stackNames";
import { UserError } from "../steps";

export { stacksIn, stacksOf };

/** The config of a stack, for a program under mocks. */
export interface StackConfig {
  /** The file's text. */
  text: string;
  /** By keys with their projects in front; what is encrypted is a text that stands for it. */
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
  const config = Object.entries(readable(text, file));
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

function readable(text: string, file: string): object {
  try {
    return configOf(text, file);
  } catch (error) {
    throw error instanceof StackFileError ? new UserError(error.message) : error;
  }
}

const holdsSecret = (value: unknown): boolean =>
  isEncrypted(value) || (typeof value === "object" && value !== null && Object.values(value).some(holdsSecret));
