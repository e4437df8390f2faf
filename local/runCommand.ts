import { Interrupted } from "./engine/operation";
import { UserError } from "./steps";

/**
 * Runs a command of the project to its end and ends the process: 0 when it went well, 130 when it was interrupted,
 * otherwise 1. What a user can act on is shown as a sentence, a stack trace only for what is a defect of ours.
 *
 * @param main What it gives, if that is a number, is the code of one that went well.
 * @param help The command that tells how it is used.
 * @param failed The code of one that failed. Default: 1.
 */
export function runCommand(main: (() => Promise<void>) | (() => Promise<number>), help: string, failed = 1): void {
  (main as () => Promise<number | undefined>)().then(
    (code) => process.exit(code ?? 0),
    (error: unknown) => {
      process.stderr.write(`\n${explain(error as Error & { code?: unknown }, help)}\n`);
      process.exit(error instanceof Interrupted ? 130 : failed);
    },
  );
}

function explain(error: Error & { code?: unknown }, help: string): string {
  if (String(error.code).startsWith("ERR_PARSE_ARGS")) {
    return `${error.message}. What there is: ${help}`;
  }
  return error instanceof UserError ? error.message : (error.stack ?? error.message);
}
