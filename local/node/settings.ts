/** Where a node's things lie and how they are called. Nodes of different names share nothing but the cache. */

import { join } from "node:path";
import { cacheFolder } from "../cacheFolder";

/** `local` is for people (`npm run up:local`), `lifecycle` for the test suite. They can stand side by side. */
export type NodeName = "local" | "lifecycle";

const NUMBERS: Record<NodeName, number> = { local: 0, lifecycle: 1 };
export const NODE_NAMES = Object.keys(NUMBERS) as NodeName[];

export const isNodeName = (name: string): name is NodeName => name in NUMBERS;

/** What is the same on every node: each has a network namespace of its own, so nothing of it clashes. */
export const CLUSTER_NETWORK = {
  pods: "10.244.0.0/16",
  nodePods: "10.244.0.0/24",
  services: "10.96.0.0/16",
  apiService: "10.96.0.1",
  dnsService: "10.96.0.10",
} as const;

export interface NodeSettings {
  name: NodeName;
  /** The node's, the kubeconfig context's, the network namespace's and the cgroup's name. */
  fullName: string;
  /** What outlives a stop: etcd, volumes, images, registry, passwords, logs. */
  state: string;
  /** What does not: sockets, and the mounts and namespaces of containers. Short, as a socket's path must be. */
  runtime: string;
  kubeconfig: string;
  /** The machine's end of the veth pair. */
  link: string;
  /** The machine's address on it: the registry listens here. */
  machineAddress: string;
  /** The node's address on it: API server and node ports. */
  address: string;
  /** host:port */
  registry: string;
  docker: {
    socket: string;
    bridge: string;
    bridgeAddress: string;
    /** The containers' network, as address/prefix. */
    network: string;
  };
  /** Whether a power cut may lose what was written last, which makes everything that waits for etcd quicker. */
  volatile: boolean;
}

export function nodeSettings(name: NodeName): NodeSettings {
  const third = NUMBERS[name] * 4;
  const state = join(cacheFolder(), "nodes", name);
  const runtime = `/run/flask-doks/${name}`;
  return {
    name,
    fullName: `flask-doks-${name}`,
    state,
    runtime,
    kubeconfig: join(state, "kubeconfig"),
    link: `fdk-${name}`,
    machineAddress: `10.99.${third}.1`,
    address: `10.99.${third}.2`,
    registry: `10.99.${third}.1:5080`,
    docker: {
      socket: `${runtime}/docker.sock`,
      bridge: `fdd-${name}`,
      bridgeAddress: `10.99.${third + 2}.1/24`,
      network: `10.99.${third + 2}.0/24`,
    },
    volatile: name === "lifecycle",
  };
}
