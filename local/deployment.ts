/** Deploys a committed stack and waits until its apps answer, telling on the way what holds it up. */

import type { KubeConfig } from "@kubernetes/client-node";
import { BreachReader } from "./breaches/reader";
import { diagnose, watchForTrouble } from "./diagnose";
import { OperationFailed, type OpenStack } from "./engine/stack";
import { hints } from "./hints";
import { UserError, type Note, type Step } from "./steps";

/** What there is to know of a deployment before it begins. */
export interface DeploymentArgs {
  stack: OpenStack;
  /** Access to the cluster that the apps come to; none where the stack has yet to make it. */
  kubeconfig: KubeConfig | undefined;
  /** Namespaces of the apps. */
  namespaces: string[];
  /** Whether to look first at what is there. */
  refresh?: boolean;
  /** A plan of the engine's, beyond which nothing is done. */
  plan?: string | undefined;
}

/**
 * Brings the stack up, and waits until its apps answer.
 *
 * @returns Where each app answers.
 * @throws UserError with what the pods say, and what to do about it, when it does not come up.
 */
export async function deploy(
  args: DeploymentArgs,
  { step, note }: { step: Step; note: Note },
): Promise<[app: string, url: string][]> {
  const urls = await bringUp(args, note);
  for (const [app, url] of urls) {
    await step(`Waiting for ${app} to answer`, () => answers(url));
  }
  return urls;
}

/**
 * Brings the stack up.
 *
 * @returns Where each app is to be reached.
 * @throws UserError with what the pods say, and what to do about it, when it does not come up.
 */
export async function bringUp(
  { stack, kubeconfig, namespaces, refresh = false, plan }: DeploymentArgs,
  note: Note,
): Promise<[app: string, url: string][]> {
  note("Deploying:");
  const breaches = kubeconfig && new BreachReader(kubeconfig);
  const endWatch = kubeconfig && watchForTrouble(kubeconfig, namespaces, note, breaches);
  const options = { onOutput: note, refresh, ...(plan === undefined ? {} : { plan }) };
  try {
    const { outputs } = await stack.up(options).finally(endWatch);
    return Object.entries((outputs["urls"]?.value ?? {}) as Record<string, string>);
  } catch (error) {
    if (error instanceof OperationFailed) {
      const details = kubeconfig === undefined ? [] : await diagnose(kubeconfig, namespaces, breaches);
      // Not from what the apps say themselves: a word there may mean anything.
      const told = details.filter((line) => !line.startsWith("    "));
      const advice = hints([error.message, ...error.errors.map(({ message }) => message), ...told]);
      const failed = new RolloutFailed([error.message, ...details, ...advice].join("\n"));
      // What it made all the same is not to be forgotten; nor is the reason, if that fails too.
      await stack.settle().catch((trouble: unknown) => {
        note(`What is left of it could not be looked at: ${(trouble as Error).message}`);
      });
      throw failed;
    }
    throw error;
  }
}

/** The engine has begun, and did not come to its end: half of the release may be there. */
export class RolloutFailed extends UserError {}

/** The lines that tell where the apps answer, for a person. */
export function urlLines(urls: readonly [app: string, url: string][]): string {
  const width = Math.max(...urls.map(([app]) => app.length));
  return urls.map(([app, url]) => `  ${app.padEnd(width)}  ${url}\n`).join("");
}

/** Waits until the URL answers with a page: a port opens a moment after the pods are ready. */
export async function answers(url: string, patienceMs = 30_000): Promise<void> {
  const endMs = Date.now() + patienceMs;
  for (;;) {
    const status = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status !== undefined && status < 500) {
      return;
    }
    if (Date.now() > endMs) {
      throw new UserError(`${url} does not answer${status === undefined ? "" : ` (status ${status})`}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
