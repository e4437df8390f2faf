/** A steady reader of one page, to see whether a change loses requests. To the node's own address only, and bounded. */

export interface Traffic {
  sent: number;
  /** What went wrong, one line a request. */
  failed: string[];
}

/** Requests one after the other, 50 ms apart, from the call until `stop`, for at most five minutes. */
export function readSteadily(url: string): { stop: () => Promise<Traffic> } {
  const traffic: Traffic = { sent: 0, failed: [] };
  const endMs = Date.now() + 300_000;
  const stopped = new AbortController();
  const loop = (async () => {
    while (!stopped.signal.aborted && Date.now() < endMs) {
      traffic.sent++;
      // A connection of its own each time: one that is kept alive would stay with its old pod.
      const headers = { connection: "close" };
      await fetch(url, { headers, signal: AbortSignal.timeout(10_000) }).then(
        async (response) => {
          await response.arrayBuffer();
          if (response.status !== 200) {
            traffic.failed.push(`status ${response.status}`);
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
