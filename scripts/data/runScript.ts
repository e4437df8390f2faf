/** Runs one of the commands that work on an app's data as a process of its own. */
import { join } from "node:path";
import { stepPrinter } from "../../local/steps";
import type { Ended, Surroundings } from "./dataCommand";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Interrupted once, it comes to an end in good order; a second time, it ends at once. */
export function runScript(command: (args: string[], surroundings: Surroundings) => Promise<Ended>): void {
  const { step, note } = stepPrinter(process.stderr);
  const interruption = new AbortController();
  let lastMs = 0;
  const interrupt = () => {
    // npm passes on a signal that the terminal has sent to us already: the same key press twice.
    if (Date.now() - lastMs < 1000) return;
    lastMs = Date.now();
    if (interruption.signal.aborted) process.exit(130);
    note("Interrupted: coming to an end in good order. Once more leaves at once, and whatever is half done.");
    interruption.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const folder = join(__dirname, "..", "..");
  command(process.argv.slice(2), { env: process.env, folder, step, note, signal: interruption.signal }).then(
    ({ code, out, err }) => {
      process.stdout.write(out);
      process.stderr.write(err === "" ? "" : `\n${err}`);
      // Not at once: standard output may be a pipe that has not taken it all yet.
      process.exitCode = code;
      process.stdout.write("", () => process.exit(code));
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
