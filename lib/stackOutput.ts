import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerAddress } from "./loadBalancerAddress";

/**
 * A text among the outputs of another stack, whose cluster is to be shared.
 *
 * @param stack Full name of that stack.
 * @throws pulumi.RunError when there is no such output: the stack was never deployed, or has no cluster of its own.
 */
export function sharedOutput(stack: string, key: string, value: unknown): string {
  if (typeof value !== "string" || value === "") {
    const remedy = "deploy it first, with a cluster of kind doks";
    throw new pulumi.RunError(`cluster.stack: the stack ${stack} has no output "${key}"; ${remedy}`);
  }
  return value;
}

/** The way in of a stack, as it stands among its outputs for those that share its cluster. */
export interface SharedEdge {
  className: string;
  namespace: string;
  /** Name of the ClusterIssuer; none where nobody issues certificates. */
  issuer?: string;
  address?: LoadBalancerAddress;
}

/**
 * The way in of another stack, whose cluster is to be shared.
 *
 * @param stack Full name of that stack.
 * @throws pulumi.RunError when it has none.
 */
export function sharedEdge(stack: string, value: unknown): SharedEdge {
  if (typeof value !== "object" || value === null) {
    const remedy = 'give it an app with expose: ingress, or expose this one with "loadBalancer"';
    throw new pulumi.RunError(`cluster.stack: the stack ${stack} has no Ingress controller; ${remedy}`);
  }
  return value as SharedEdge;
}
