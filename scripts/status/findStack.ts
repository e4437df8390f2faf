/** Finds a deployed stack: its outputs, and how its cluster is reached. */
import type { KubeConfig } from "@kubernetes/client-node";
import { prepareCli } from "../../local/engine/cli";
import type { Step } from "../../local/steps";
import { clusterAccess } from "./clusterAccess";
import { readOutputs, stateHome, type StackOutputs } from "./stackOutputs";

/** A stack's outputs, and how its cluster is reached. */
export interface Found {
  outputs: StackOutputs;
  kubeconfig: KubeConfig;
  /** Of a stack of this machine's own: where that is. */
  place?: string | undefined;
}

/**
 * Finds a stack by the Pulumi CLI.
 *
 * @param folder Where Pulumi.yaml is, unless the stack is one of this machine's own.
 * @throws UserError when there is no such stack, or nothing of it is deployed.
 */
export async function findStack(
  stack: string,
  folder: string,
  { env, step }: { env: NodeJS.ProcessEnv; step: Step },
): Promise<Found> {
  const home = stateHome(stack, folder, env);
  const cli = await prepareCli(step);
  const outputs = await readOutputs(cli.path, stack, home);
  return { outputs, kubeconfig: clusterAccess(outputs, home), place: home.place };
}
