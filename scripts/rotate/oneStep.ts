/** A number that may go up by one for each `up`, and how far it is above the one that was committed last. */
import { parseStackFile, StackFileError } from "../../lib/stackFile";
import { attempt } from "../../local/command";
import { UserError } from "../../local/steps";
import { secretsOf } from "./secretsOf";
import { commandFor } from "./secretsTable";
import type { StackSecret } from "./stackSecret";

/**
 * Refuses to raise a number once more that is above the committed one already. Where git knows no such file, or none that
 * can be read, nothing is known of the last `up`, and nothing is refused.
 *
 * @param folder Where the stack files are.
 * @throws UserError that names both numbers.
 */
export async function refuseSecondStep(stack: string, secret: StackSecret, folder: string): Promise<void> {
  const { change } = secret;
  if (change.kind !== "number" || change.oneStep !== true) return;
  const file = `Pulumi.${stack}.yaml`;
  const { code, stdout } = await attempt("git", ["show", `HEAD:./${file}`], { cwd: folder, timeoutSeconds: 20 });
  const committed = code === 0 ? numberIn(stdout, stack, file, secret.name) : undefined;
  if (committed === undefined || change.now <= committed) return;
  throw new UserError(
    `${secret.name} goes up by one for each up: the server knows no password but the one before. ` +
      `It is ${change.now} here, and ${committed} in the last commit.\n` +
      `Commit and deploy ${change.now} first. When it is deployed already, and not committed: ${commandFor(stack, secret)} --yes\n` +
      "Nothing was changed.",
  );
}

function numberIn(text: string, stack: string, file: string, name: string): number | undefined {
  try {
    const change = secretsOf(stack, parseStackFile(text, file)).find((secret) => secret.name === name)?.change;
    return change?.kind === "number" ? change.now : undefined;
  } catch (error) {
    if (error instanceof StackFileError) return undefined;
    throw error;
  }
}
