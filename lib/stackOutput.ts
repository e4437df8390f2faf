import * as pulumi from "@pulumi/pulumi";

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
