/** Installs the system packages that a node needs, when the user agrees. */

import { createInterface } from "node:readline/promises";
import { installPackages, missingPackages } from "./node/node";
import { UserError, type Note, type Step } from "./steps";

/**
 * @param command The command to run again with `--yes`, when nobody can be asked.
 * @throws UserError when packages are missing and may not be installed.
 */
export async function providePackages(
  yes: boolean,
  command: string,
  { step, note }: { step: Step; note: Note },
): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) {
    return;
  }
  note(`These Debian packages are needed and missing: ${missing.join(" ")}`);
  if (!yes) {
    if (!process.stdin.isTTY) {
      throw new UserError(`Nobody is there to be asked. To have them installed: ${command} -- --yes`);
    }
    const prompt = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await prompt.question("  Install them with apt-get? [y/N] ");
    prompt.close();
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new UserError("Nothing was installed and nothing was started.");
    }
  }
  await installPackages(missing, step);
}
