/** A steady reader of one page, to see whether a change loses requests. To the node's own address only, and bounded. */

export interface Traffic {
  sent: number;
  /** What went wrong, one line a request. */
  failed: string[];
}

/** A connection of its own each time: one that is kept alive would stay with its old pod. */
async function askPlainly(url: string): Promise<number> {
  const headers = { connection: "close" };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  return response.status;
}

/**
 * Requests one after the other, 50 ms apart, from the call until `stop`, for at most five minutes.
 *
 * @param ask Requests the page once, and gives the status.
 */
export function readSteadily(
  url: string,
  ask: (url: string) => Promise<number> = askPlainly,
): { stop: () => Promise<Traffic> } {
  const traffic: Traffic = { sent: 0, failed: [] };
  const endMs = Date.now() + 300_000;
  const stopped = new AbortController();
  const loop = (async () => {
    while (!stopped.signal.aborted && Date.now() < endMs) {
      traffic.sent++;
      await ask(url).then(
        (status) => {
          if (status !== 200) {
            traffic.failed.push(`status ${status}`);
          }
        },
        (error: unknown) => {
          const { message, cause } = error as Error;
          traffic.failed.push(cause instanceof Error ? `${message}: ${cause.message}` : message);
        },
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await loop;
      return traffic;
    },
  };
}
