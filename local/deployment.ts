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
  /** Access to the cluster that the apps come to. */
  kubeconfig: KubeConfig;
  /** Namespaces of the apps. */
  namespaces: string[];
  /** Whether to look first at what is there. */
  refresh?: boolean;
}

/**
 * Brings the stack up.
 *
 * @returns Where each app answers.
 * @throws UserError with what the pods say, and what to do about it, when it does not come up.
 */
export async function deploy(
  { stack, kubeconfig, namespaces, refresh = false }: DeploymentArgs,
  { step, note }: { step: Step; note: Note },
): Promise<[app: string, url: string][]> {
  note("Deploying:");
  const breaches = new BreachReader(kubeconfig);
  const endWatch = watchForTrouble(kubeconfig, namespaces, note, breaches);
  try {
    const { outputs } = await stack.up({ onOutput: note, refresh }).finally(endWatch);
    const urls = Object.entries((outputs["urls"]?.value ?? {}) as Record<string, string>);
    for (const [app, url] of urls) {
      await step(`Waiting for ${app} to answer`, () => answers(url));
    }
    return urls;
  } catch (error) {
    if (error instanceof OperationFailed) {
      const details = await diagnose(kubeconfig, namespaces, breaches);
      // Not from what the apps say themselves: a word there may mean anything.
      const told = details.filter((line) => !line.startsWith("    "));
      const advice = hints([error.message, ...error.errors.map(({ message }) => message), ...told]);
      throw new UserError([error.message, ...details, ...advice].join("\n"));
    }
    throw error;
  }
}

/** The lines that tell where the apps answer, for a person. */
export function urlLines(urls: readonly [app: string, url: string][]): string {
  const width = Math.max(...urls.map(([app]) => app.length));
  return urls.map(([app, url]) => `  ${app.padEnd(width)}  ${url}\n`).join("");
}

/** Waits until the URL answers with a page: a port opens a moment after the pods are ready. */
async function answers(url: string): Promise<void> {
  const endMs = Date.now() + 30_000;
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
