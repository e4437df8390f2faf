/** Looks at a cluster before anything is deployed to it. */

import { CoreV1Api, KubeConfig, VersionApi } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { UserError } from "./steps";

/**
 * The kubeconfig with the named context chosen.
 *
 * @param path Default: `$KUBECONFIG`, or `~/.kube/config`. As for kubectl these may be several files, of which some
 *   are missing; where they use the same name, the first one's counts.
 * @throws UserError when there is no such context, with those that there are.
 */
export function loadContext(context: string, path?: string): KubeConfig {
  const named = path ?? process.env["KUBECONFIG"] ?? "";
  const file = named === "" ? join(homedir(), ".kube", "config") : named;
  // Not the client's own default: without a kubeconfig it makes one up, for localhost.
  const files = file.split(delimiter).filter((name) => name !== "" && existsSync(name));
  if (files.length === 0) {
    throw new UserError(`There is no kubeconfig at ${file}.`);
  }
  const kubeconfig = new KubeConfig();
  try {
    for (const each of files) {
      const part = new KubeConfig();
      part.loadFromFile(each);
      part.clusters = unknownOf(part.clusters, kubeconfig.clusters);
      part.users = unknownOf(part.users, kubeconfig.users);
      part.contexts = unknownOf(part.contexts, kubeconfig.contexts);
      kubeconfig.mergeConfig(part);
    }
  } catch (error) {
    throw new UserError(`The kubeconfig cannot be read: ${(error as Error).message}`);
  }
  const names = kubeconfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const known = names.length === 0 ? "there is none at all" : `there are: ${names.join(", ")}`;
    throw new UserError(`The kubeconfig has no context "${context}"; ${known}.`);
  }
  kubeconfig.setCurrentContext(context);
  return kubeconfig;
}

/** The client refuses to merge what has the same name. */
const unknownOf = <T extends { name: string }>(entries: T[], known: readonly T[]): T[] =>
  entries.filter(({ name }) => known.every((other) => other.name !== name));

/**
 * Waits for the cluster to answer.
 *
 * @param seconds How long.
 * @returns What tells this cluster from one that was made anew under the same name.
 * @throws UserError when it does not answer in time, or does not let us in.
 */
export async function clusterIdentity(kubeconfig: KubeConfig, seconds = 10): Promise<string> {
  const server = kubeconfig.getCurrentCluster()?.server ?? "an unknown address";
  const context = kubeconfig.getCurrentContext();
  try {
    return await within(seconds, askIdentity(kubeconfig));
  } catch (error) {
    throw new UserError(`The cluster of context "${context}" does not answer at ${server}: ${reason(error)}`);
  }
}

async function askIdentity(kubeconfig: KubeConfig): Promise<string> {
  await kubeconfig.makeApiClient(VersionApi).getCode();
  const namespace = await kubeconfig.makeApiClient(CoreV1Api).readNamespace({ name: "kube-system" });
  return namespace.metadata?.uid ?? "";
}

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${seconds} s`));
    }, seconds * 1000);
  });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}

const SYSTEM_ERRORS: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the name does not resolve",
  EAI_AGAIN: "the name does not resolve",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "no answer",
};

/** Why a request failed, in a few words. The reason may lie several causes deep. */
export function reason(error: unknown): string {
  const { code, cause, message } = error as { code?: unknown; cause?: unknown; message: string };
  if (code === 401 || code === 403) {
    return "it does not accept the credentials of the kubeconfig";
  }
  const known = typeof code === "string" ? SYSTEM_ERRORS[code] : undefined;
  return known ?? (cause instanceof Error ? reason(cause) : (message.split("\n")[0] ?? message));
}
