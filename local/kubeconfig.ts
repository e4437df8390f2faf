/** Looks at a cluster before anything is deployed to it. */

import { CoreV1Api, KubeConfig, VersionApi } from "@kubernetes/client-node";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { UserError } from "./steps";

/**
 * The kubeconfig with the named context chosen.
 *
 * @param path Default: `$KUBECONFIG`, or `~/.kube/config`.
 * @throws UserError when there is no such context, with those that there are.
 */
export function loadContext(context: string, path?: string): KubeConfig {
  const file = path ?? process.env["KUBECONFIG"] ?? join(homedir(), ".kube", "config");
  const kubeconfig = new KubeConfig();
  try {
    // Not the client's own default: without a kubeconfig it makes one up, for localhost.
    for (const each of file.split(delimiter).filter((name) => name !== "")) {
      const part = new KubeConfig();
      part.loadFromFile(each);
      kubeconfig.mergeConfig(part);
    }
  } catch (error) {
    const missing = (error as { code?: string }).code === "ENOENT";
    throw new UserError(
      missing ? `There is no kubeconfig at ${file}.` : `The kubeconfig cannot be read: ${(error as Error).message}`,
    );
  }
  const names = kubeconfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const known = names.length === 0 ? "there is none at all" : `there are: ${names.join(", ")}`;
    throw new UserError(`The kubeconfig has no context "${context}"; ${known}.`);
  }
  kubeconfig.setCurrentContext(context);
  return kubeconfig;
}

/**
 * Waits for the cluster to answer.
 *
 * @returns What tells this cluster from one that was made anew under the same name.
 * @throws UserError when it does not answer within 10 seconds, or does not let us in.
 */
export async function clusterIdentity(kubeconfig: KubeConfig): Promise<string> {
  const server = kubeconfig.getCurrentCluster()?.server ?? "an unknown address";
  const context = kubeconfig.getCurrentContext();
  try {
    await within(10, kubeconfig.makeApiClient(VersionApi).getCode());
    const namespace = await within(10, kubeconfig.makeApiClient(CoreV1Api).readNamespace({ name: "kube-system" }));
    return namespace.metadata?.uid ?? "";
  } catch (error) {
    throw new UserError(`The cluster of context "${context}" does not answer at ${server}: ${reason(error)}`);
  }
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
