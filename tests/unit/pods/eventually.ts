/** Waits for what another process does. */
import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something holds; after five seconds it fails, and says for what it waited. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const until = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > until) throw new Error(`waited in vain: ${what}`);
    await sleep(10);
  }
}
