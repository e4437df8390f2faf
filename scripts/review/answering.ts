/** Waits until the apps of a review app answer at their URLs, each with a certificate for its name. */
import { UserError, type Note, type Step } from "../../local/steps";
import { probe, type Answer } from "../status/probe";
import { urlStatus } from "../status/urls";

/** Made out by an issuer that asks back, a certificate may take minutes. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 2_000;

/** How long it is waited, and how it is asked. */
export interface Patience {
  waitMs?: number;
  pauseMs?: number;
  ask?: (url: string) => Promise<Answer>;
}

/**
 * Waits for each URL in turn.
 *
 * @param address Where the hosts lead; by default, whatever their names resolve to. A name that is new, and was asked for
 * too early, is unknown to name servers for half an hour.
 * @throws UserError that tells what the first one that does not answer says instead.
 */
export async function untilAnswered(
  urls: readonly [app: string, url: string][],
  { address, step, note }: { address?: string | undefined; step: Step; note: Note },
  patience: Patience = {},
): Promise<void> {
  for (const [app, url] of urls) {
    const addresses = new Map(address === undefined ? [] : [[new URL(url).hostname, address]]);
    const { waitMs = PATIENCE_MS, pauseMs = PAUSE_MS, ask = (each) => probe(each, { addresses }) } = patience;
    const doubt = await step(`Waiting for ${app} to answer`, async () => {
      const endMs = Date.now() + waitMs;
      for (;;) {
        // Whose authority is not known here need not be: the lending stack may have one of its own.
        const status = urlStatus(await ask(url), "private", new Date());
        if (status.ok) return status.note;
        if (Date.now() >= endMs)
          throw new UserError(`${url} is deployed, and does not answer: ${status.problem ?? ""}.`);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    });
    if (doubt !== undefined) note(`Its certificate is ${doubt.replace(/ \(--ca names one\)/, "")}.`);
  }
}
