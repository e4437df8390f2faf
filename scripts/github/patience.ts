import { setTimeout as sleep } from "node:timers/promises";
import { GitHubFailure } from "./failure";

/** How long a failure is waited for. Times are in milliseconds. */
export interface Patience {
  /** For all tries and pauses. Default: 2 min, as GitHub's limit against haste lasts one. */
  totalMs?: number;
  /** Default: 4. */
  tries?: number;
  /** How it waits between tries. */
  pause?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Does something again after a failure that may be gone then: a rate limit, a fault of GitHub's, no answer.
 *
 * @param work May have been done although its answer was lost: it looks at what is there before it makes anything.
 */
export async function patiently<T>(
  work: () => Promise<T>,
  { totalMs = 120_000, tries = 4, pause = sleep }: Patience,
): Promise<T> {
  const endMs = Date.now() + totalMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GitHubFailure) || error.retryAfterMs === undefined) throw error;
      const waitMs = Math.max(error.retryAfterMs, 500 * 2 ** (attempt - 1));
      if (attempt >= tries || Date.now() + waitMs >= endMs) throw error;
      await pause(waitMs);
    }
  }
}
