/** Where the pods of a stack's apps are. */
import { KubeConfig } from "@kubernetes/client-node";
import type { OutputMap } from "@pulumi/pulumi/automation";
import { sharedNamespace } from "../../lib/namespaceName";
import { UserError } from "../../local/steps";
import { readStack } from "../chosenStack";
import { clusterAccess } from "../status/clusterAccess";
import { parseOutputs } from "../status/stackOutputs";

/** The namespaces of the apps that a stack file names, deployed already or not. */
export function appNamespaces(stack: string, folder: string): string[] {
  const { apps, cluster } = readStack(stack, folder);
  return apps.map(({ name }) => (cluster.kind === "shared" ? sharedNamespace(stack, name) : name));
}

/**
 * Access to the cluster of a stack, to look at its pods.
 *
 * @param outputs Of the last deployment that came to its end.
 * @returns Nothing before the first one.
 */
export function clusterOf(stack: string, outputs: OutputMap, folder: string): KubeConfig | undefined {
  const values = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
  try {
    return clusterAccess(parseOutputs(stack, JSON.stringify(values)), { folder, env: {} });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
