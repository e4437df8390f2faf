/** Where a node's things lie and how they are called. Nodes of different names share nothing but the cache. */

import { join } from "node:path";
import { cacheFolder } from "../cacheFolder";

/**
 * `local` is for people (`npm run up:local`), `lifecycle` and its like for the test suite, `sandbox` for the emulated
 * DigitalOcean (`npm run sandbox`). They can stand side by side.
 */
export type NodeName = "local" | "lifecycle" | "lifecycle-2" | "lifecycle-3" | "sandbox";

/** No longer names than these: a network link has 15 letters, four of them taken. */
const NUMBERS: Record<NodeName, number> = { local: 0, lifecycle: 1, sandbox: 2, "lifecycle-2": 3, "lifecycle-3": 4 };
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
  /** What stands for DigitalOcean, where the node is under an emulated cluster. */
  cloud: {
    /** host:port of the API. Plain http. */
    api: string;
    /** host:port of the API as DigitalOcean has it: encrypted, at https's own port. */
    apiTls: string;
    /** host:port of what stands for DigitalOcean's name servers, at the port that nobody can change. */
    nameServer: string;
    /** host:port of what stands for registry.digitalocean.com. Plain http. */
    registry: string;
    /** host:port of the proxy that leads DigitalOcean's names to it. */
    proxy: string;
    /** The load balancers' addresses, as address/prefix, and as a list of those that are given away. */
    loadBalancers: { network: string; addresses: string[] };
    /** What the emulated account holds, and the certificate authority of its names. */
    state: string;
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
    cloud: {
      api: `10.99.${third}.1:5070`,
      apiTls: `10.99.${third}.1:443`,
      nameServer: `10.99.${third}.1:53`,
      registry: `10.99.${third}.1:5081`,
      proxy: `10.99.${third}.1:5082`,
      loadBalancers: {
        network: `10.99.${third + 1}.0/24`,
        addresses: Array.from({ length: 241 }, (_, index) => `10.99.${third + 1}.${index + 10}`),
      },
      state: join(state, "cloud"),
    },
    volatile: name.startsWith("lifecycle"),
  };
}
