/** Progress that a person can follow: one line a step, with the seconds it took. */

/** Runs `work` as a named step; prints its name at the start, and its time at the end. */
export type Step = <T>(title: string, work: () => Promise<T> | T) => Promise<T>;

/** A line under the running step, such as the reason why something is done. */
export type Note = (text: string) => void;

const seconds = (sinceMs: number): string => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/**
 * Prints each step as `… title` and, when it ends, `✓ title  12.3 s` or `✗ title  12.3 s`.
 * On a terminal the second line replaces the first.
 */
export function stepPrinter(out: NodeJS.WriteStream = process.stdout): { step: Step; note: Note } {
  const interactive = out.isTTY;
  const step: Step = async (title, work) => {
    const startMs = Date.now();
    // With room for the mark and the time: a line that a terminal wraps could not be replaced.
    const width = Math.max((out.columns > 0 ? out.columns : 80) - 12, 20);
    const short = title.slice(0, width);
    out.write(interactive ? `… ${short}` : `… ${title}\n`);
    // On a terminal the time runs along, so that a long step is seen to be alive.
    const tick = () => out.write(`\r… ${short.padEnd(Math.min(60, width))} ${seconds(startMs).padStart(8)}`);
    const timer = interactive ? setInterval(tick, 1_000) : undefined;
    const close = (mark: string) => {
      clearInterval(timer);
      out.write(`${interactive ? "\r\u001b[K" : ""}${mark} ${title.padEnd(60)} ${seconds(startMs).padStart(8)}\n`);
    };
    try {
      const result = await work();
      close("✓");
      return result;
    } catch (error) {
      close("✗");
      throw error;
    }
  };
  const note: Note = (text) => {
    out.write(`${interactive ? "\r\u001b[K" : ""}  ${text}\n`);
  };
  return { step, note };
}

/** What a step that may fail without harm throws, so that it is marked as failed. */
const NOTHING = new Error("nothing came of it");

/** A step of which nothing may come, without harm: it is then marked as failed, and gives `undefined`. */
export async function tryStep<T>(
  step: Step,
  title: string,
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const tried = step(title, async () => {
    const result = await work();
    if (result === undefined) {
      throw NOTHING;
    }
    return result;
  });
  return tried.catch((error: unknown) => {
    if (error === NOTHING) {
      return undefined;
    }
    throw error;
  });
}

/** A failure that a user can act on: its message is a sentence, and is all that is shown of it. */
export class UserError extends Error {
  override readonly name = "UserError";
}
