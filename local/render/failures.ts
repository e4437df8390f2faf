/**
 * The failures of a Pulumi program. That of a resource's input, or of an output that nothing awaits, is not thrown: the SDK
 * leaves it as an unhandled rejection, for which the engine's language host listens, and so does this (P4).
 */
import { setImmediate } from "node:timers/promises";

/** Runs `work` to its end and returns the first thing that failed in it or because of it. */
export async function failureOf(work: () => Promise<void>): Promise<Error | undefined> {
  const failures: Error[] = [];
  const gather = (failure: unknown) => {
    failures.push(failure instanceof Error ? failure : new Error(String(failure)));
  };
  // In place of the test runner's own, which would put the failure down to whatever test runs by then.
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", gather);
  try {
    await work();
  } catch (failure) {
    gather(failure);
  }
  // Rejections count as unhandled when the promises at hand are worked off.
  await setImmediate();
  await setImmediate();
  process.off("unhandledRejection", gather);
  for (const other of others) {
    process.on("unhandledRejection", other);
  }
  return failures[0];
}
