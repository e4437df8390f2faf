/** Where the local stack runs, remembered between `up:local` and `down:local`. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, SecretSetting } from "./engine/stack";
import { KIND_CONTEXT, startKind } from "./kind";
import { startNode, type RunningNode } from "./node/node";
import { nodeSettings } from "./node/settings";
import type { ClusterChoice } from "./clusterChoice";
import { UserError, type Step } from "./steps";

/** The folder of everything that the local stack leaves on the disk: state, passphrase, work. */
export const HOME = join(__dirname, "..", ".local");

/** What has to be known of the cluster in order to operate on it. */
export interface Place {
  kind: ClusterChoice["kind"];
  context: string;
  /** Path; default: the user's own kubeconfig. */
  kubeconfig?: string;
  /** Tells this cluster from one that was made anew under the same name. */
  identity?: string;
}

const FILE = join(HOME, "place.json");

const NODE_CONTEXT = nodeSettings("local").fullName;

/** Where the local stack ran last; none when it has never run. */
export function rememberedPlace(): Place | undefined {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Place) : undefined;
}

export function rememberPlace(place: Place): void {
  writeFileSync(FILE, JSON.stringify(place, null, 2));
}

/**
 * Refuses to deploy elsewhere while the stack is still somewhere: what it made there would be left behind.
 *
 * @throws UserError when the stack was deployed to another cluster and not taken away since.
 */
export function refuseMove(before: Place | undefined, choice: ClusterChoice): void {
  const next = choice.kind === "context" ? choice.context : choice.kind === "kind" ? KIND_CONTEXT : NODE_CONTEXT;
  if (before !== undefined && before.context !== next) {
    throw new UserError(
      `The local stack is on the cluster of context "${before.context}". Take it away there first: npm run down:local`,
    );
  }
}

/** A cluster that is ready to be deployed to, and what the stack's config must say of it. */
export interface ReadyCluster {
  place: Place;
  overrides: JsonObject;
  secrets: SecretSetting[];
  /** For the engine. */
  env: Record<string, string>;
}

/** Starts what does not run of the chosen cluster. */
export async function readyCluster(choice: ClusterChoice, nodePorts: number[], step: Step): Promise<ReadyCluster> {
  switch (choice.kind) {
    case "context": {
      const login = registryLogin();
      return {
        place: { kind: "context", context: choice.context },
        overrides: {
          cluster: { kind: "existing", context: choice.context },
          registry: { kind: "external", server: choice.registry, ...(login && { username: login.username }) },
        },
        secrets: login === undefined ? [] : [{ path: "registry.password", value: login.password }],
        env: {},
      };
    }
    case "kind": {
      const { context, registry } = await startKind(nodePorts, step);
      return {
        place: { kind: "kind", context },
        overrides: {
          cluster: { kind: "existing", context, address: "localhost" },
          registry: { kind: "external", server: registry },
        },
        secrets: [],
        env: {},
      };
    }
    case "node":
      return onNode(await startNode("local", step));
  }
}

/** What the stack's config must say of a node from packages. */
export function onNode({ address, context, dockerHost, images, kubeconfig, registry }: RunningNode): ReadyCluster {
  return {
    place: { kind: "node", context, kubeconfig },
    overrides: {
      cluster: { kind: "existing", context, kubeconfig, address },
      registry: { kind: "external", server: registry.server, username: registry.username },
      images,
    },
    secrets: [{ path: "registry.password", value: registry.password }],
    env: { DOCKER_HOST: dockerHost },
  };
}

function registryLogin(): { username: string; password: string } | undefined {
  const { REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = process.env;
  if ((username === undefined) !== (password === undefined)) {
    throw new UserError("REGISTRY_USERNAME and REGISTRY_PASSWORD go together; only one of them is set.");
  }
  return username === undefined || password === undefined ? undefined : { username, password };
}
