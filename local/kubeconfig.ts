/** Looks at a cluster before anything is deployed to it. */

import { CoreV1Api, KubeConfig, VersionApi } from "@kubernetes/client-node";
import { UserError } from "./steps";

/**
 * The kubeconfig with the named context chosen.
 *
 * @param path Default: `$KUBECONFIG`, or `~/.kube/config`.
 * @throws UserError when there is no such context, with those that there are.
 */
export function loadContext(context: string, path?: string): KubeConfig {
  const kubeconfig = new KubeConfig();
  try {
    if (path === undefined) {
      kubeconfig.loadFromDefault();
    } else {
      kubeconfig.loadFromFile(path);
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

/** Why a request failed, in a few words. */
export function reason(error: unknown): string {
  const { code, cause, message } = error as { code?: unknown; cause?: { code?: unknown }; message: string };
  const number = typeof code === "number" ? code : undefined;
  if (number === 401 || number === 403) {
    return "it does not accept the credentials of the kubeconfig";
  }
  const system = [code, cause?.code].find((value) => typeof value === "string");
  const words: Record<string, string> = {
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "the name does not resolve",
    EHOSTUNREACH: "the host cannot be reached",
    ETIMEDOUT: "no answer",
  };
  return (system === undefined ? undefined : words[system]) ?? message.split("\n")[0] ?? message;
}
