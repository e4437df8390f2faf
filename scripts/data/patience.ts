/** Requests to a cluster that may be away for a moment: what runs in it goes on meanwhile. */
import { setTimeout as sleep } from "node:timers/promises";
import { reason } from "../../local/kubeconfig";
import { UserError } from "../../local/steps";

/** The HTTP status of an answer that is an error. */
export const codeOf = (error: unknown): number | undefined => {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
};

const isPassing = (error: unknown): boolean => {
  const code = codeOf(error);
  // Without a status there was no answer. What is refused now is refused the next time.
  return code === undefined || code >= 500 || code === 429;
};

/**
 * Asks again while nobody answers.
 *
 * @param doing What is asked for, as it follows "may not" and "does not": `delete the Job x`.
 * @throws UserError when it is refused, or nobody has answered for too long.
 */
export async function patiently<T>(
  doing: string,
  { silence, pollMs }: { silence: number; pollMs: number },
  request: () => Promise<T>,
): Promise<T> {
  const endMs = Date.now() + silence * 1000;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!isPassing(error) || Date.now() > endMs) throw refusal(doing, error);
    }
    await sleep(pollMs);
  }
}

function refusal(doing: string, error: unknown): UserError {
  const code = codeOf(error);
  if (code === 403) return new UserError(`The kubeconfig's user may not ${doing}.`);
  return new UserError(`The cluster does not ${doing}: ${messageOf(error) ?? reason(error)}`);
}

/** What the API server says itself, where it does. */
function messageOf(error: unknown): string | undefined {
  const { body } = error as { body?: unknown };
  let status = body;
  if (typeof body === "string") {
    try {
      status = JSON.parse(body) as unknown;
    } catch {
      return undefined;
    }
  }
  const { message } = (status ?? {}) as { message?: unknown };
  return typeof message === "string" && message !== "" ? message : undefined;
}
