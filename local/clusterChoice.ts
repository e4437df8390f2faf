/** Which cluster `npm run up:local` deploys to. */

import { UserError } from "./steps";

/** What is known of this machine and of the command line. */
export interface Surroundings {
  /** The context that was named. The current one is never taken unnamed: it may be somebody's production. */
  context: string | undefined;
  /** The registry that was named, for a cluster that was named. */
  registry: string | undefined;
  /** Whether a Docker engine answers and can pull images; a sentence says why not. */
  docker: true | string;
  /** Whether the command `kind` is there. */
  kind: boolean;
  platform: NodeJS.Platform;
  root: boolean;
  /** Whether the system is Debian or made from it. */
  debian: boolean;
}

/** The cluster to deploy to, and in words why it is this one. */
export type ClusterChoice =
  | { kind: "context"; context: string; registry: string; why: string }
  | { kind: "kind"; why: string }
  | { kind: "node"; why: string };

/**
 * The cluster that was named; else kind, where Docker runs and can pull; else, on Debian as root, a node from packages.
 *
 * @throws UserError when none of them can be had, with what would help.
 */
export function chooseCluster(machine: Surroundings): ClusterChoice {
  const { context, registry } = machine;
  if (context !== undefined) {
    if (registry === undefined) {
      throw new UserError(
        `With --context ${context}, name the registry that its nodes pull from too: --registry ghcr.io/my-team ` +
          "(and REGISTRY_USERNAME and REGISTRY_PASSWORD in the environment when it wants a login).",
      );
    }
    return { kind: "context", context, registry, why: `it was named; images go to ${registry}` };
  }
  if (registry !== undefined) {
    throw new UserError("--registry goes with --context: the other clusters bring a registry of their own.");
  }
  if (machine.docker === true && machine.kind) {
    return { kind: "kind", why: "Docker runs here and can pull images" };
  }
  const withoutKind = machine.docker === true ? "the command kind is not installed" : machine.docker;
  if (machine.platform === "linux" && machine.root && machine.debian) {
    return { kind: "node", why: `no kind here (${withoutKind}), and this is Debian as root` };
  }
  throw new UserError(
    [
      "There is no cluster to deploy to. One of these helps:",
      `  - kind: ${machine.docker === true ? "install it (https://kind.sigs.k8s.io)" : `start Docker, install kind (now: ${withoutKind})`}`,
      "  - a cluster of yours: npm run up:local -- --context <name> --registry <host/folder>",
      `  - a node from packages: on Debian as root${machine.debian ? " (this is Debian, and you are not root)" : ""}`,
    ].join("\n"),
  );
}
