/** Waits for the API to get something done. */

import { Stopped, type Work } from "./kind";

const FIRST_PAUSE_SECONDS = 0.2;

/**
 * Looks until there is something to see. Looks often at first, then every `everySeconds`, so that what takes no time,
 * as in tests, costs none.
 */
export async function waitFor<T>(
  work: Work,
  options: { seconds: number; everySeconds: number; what: string; timeout: string },
  look: () => Promise<T | undefined>,
): Promise<T> {
  const start = Date.now();
  const elapsed = () => (Date.now() - start) / 1000;
  for (let pause = FIRST_PAUSE_SECONDS; ; pause = Math.min(options.everySeconds, pause * 1.5)) {
    const found = await look();
    if (found !== undefined) return found;
    if (work.stopped()) throw new Stopped(`Stopped while waiting: ${options.what}`);
    if (elapsed() >= options.seconds) throw new Error(options.timeout);
    work.status(`${options.what} (${Math.round(elapsed())} s)`);
    await work.client.pause(Math.min(pause, Math.max(FIRST_PAUSE_SECONDS, options.seconds - elapsed())));
  }
}
