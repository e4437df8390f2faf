/** How the cluster of a stack is reached. */
import { KubeConfig } from "@kubernetes/client-node";
import { loadContext } from "../../local/kubeconfig";
import { UserError } from "../../local/steps";
import type { StackOutputs, StateHome } from "./stackOutputs";

/**
 * The kubeconfig of a stack's cluster.
 *
 * @throws UserError when the outputs lead to none.
 */
export function clusterAccess({ cluster, kubeconfig }: StackOutputs, { node }: StateHome): KubeConfig {
  // The sandbox's cluster is this node: its own kubeconfig needs no token of the emulated account.
  if (node !== undefined) return loadContext(node.context, node.kubeconfig);
  if (cluster.kind === "existing") {
    if (cluster.context === undefined) throw new UserError("The stack's outputs name no context of the kubeconfig.");
    return loadContext(cluster.context, cluster.kubeconfig);
  }
  if (kubeconfig === undefined) {
    throw new UserError(`The stack's outputs hold no kubeconfig, though its cluster is of the kind ${cluster.kind}.`);
  }
  const config = new KubeConfig();
  try {
    config.loadFromString(kubeconfig);
  } catch {
    // Not the parser's message: it would quote what it read.
    throw new UserError("The kubeconfig in the stack's outputs cannot be read.");
  }
  return config;
}
