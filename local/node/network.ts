/** The node's own network namespace: a veth pair to the machine, and no way out of the machine. */

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { attempt, run, succeeds } from "../command";
import type { NodeSettings } from "./settings";

const namespaceFile = (node: NodeSettings): string => `/run/netns/${node.fullName}`;

/** Runs a command in the node's network. (`ip netns exec` would remount /sys and hide the cgroups.) */
export const inNode = (node: NodeSettings, command: string, ...args: string[]): Promise<string> =>
  run("nsenter", [`--net=${namespaceFile(node)}`, "--", command, ...args]);

/** The last command of `connect`: where its effect is seen, the rest is there too. */
const isConnected = async (node: NodeSettings): Promise<boolean> =>
  existsSync(namespaceFile(node)) &&
  (await succeeds("ip", ["link", "show", node.link])) &&
  (await inNode(node, "sysctl", "-n", "net.ipv4.conf.all.route_localnet").catch(() => "")) === "1" &&
  (await inNode(node, "ip", "route", "show", "default")) !== "";

export async function connectNode(node: NodeSettings): Promise<void> {
  // On a machine with loadable modules these may not be loaded yet; elsewhere they are built in, or the next lines fail.
  await attempt("modprobe", ["-a", "br_netfilter", "overlay", "veth"]);
  if (await isConnected(node)) return;
  await disconnectNode(node);
  await run("ip", ["netns", "add", node.fullName]);
  await run("ip", ["link", "add", node.link, "type", "veth", "peer", "name", "eth0", "netns", node.fullName]);
  await run("ip", ["address", "add", `${node.machineAddress}/30`, "dev", node.link]);
  await run("ip", ["link", "set", node.link, "up"]);
  await inNode(node, "ip", "link", "set", "lo", "up");
  await inNode(node, "ip", "address", "add", `${node.address}/30`, "dev", "eth0");
  await inNode(node, "ip", "link", "set", "eth0", "up");
  // Service addresses need a route before they are translated; what nothing translates ends in this dead pair.
  await inNode(node, "ip", "link", "add", "sink", "type", "veth", "peer", "name", "sink0");
  await inNode(node, "ip", "link", "set", "sink0", "up");
  await inNode(node, "ip", "link", "set", "sink", "up");
  await inNode(node, "ip", "route", "add", "default", "dev", "sink", "src", node.address);
  await inNode(node, "sysctl", "-qw", "net.ipv4.ip_forward=1");
  await inNode(node, "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1");
  await inNode(node, "sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1");
}

/**
 * The machine's side of load balancers' addresses. The packets to one that is open go to the node, where kube-proxy
 * translates the address; those to the others are answered as unreachable and never leave the machine.
 */
export const loadBalancerRoutes = {
  /** Closes what an earlier process that was killed has left open. */
  prepare: async (node: NodeSettings): Promise<void> => {
    await loadBalancerRoutes.remove(node);
    await run("ip", ["route", "add", "unreachable", node.cloud.loadBalancers.network]);
  },
  open: (node: NodeSettings, address: string): Promise<string> =>
    run("ip", ["route", "replace", `${address}/32`, "via", node.address, "dev", node.link]),
  close: async (node: NodeSettings, address: string): Promise<void> => {
    await attempt("ip", ["route", "delete", `${address}/32`, "via", node.address, "dev", node.link]);
  },
  remove: async (node: NodeSettings): Promise<void> => {
    await attempt("ip", ["address", "flush", "dev", node.link, "to", node.cloud.loadBalancers.network]);
    const { stdout } = await attempt("ip", ["route", "show", "root", node.cloud.loadBalancers.network]);
    for (const route of stdout.split("\n").filter(Boolean))
      await attempt("ip", ["route", "delete", ...route.trim().split(" ")]);
  },
};

/** Removes the namespace, and with it every link, route and firewall rule in it. */
export async function disconnectNode(node: NodeSettings): Promise<void> {
  if (existsSync(namespaceFile(node)) && !(await succeeds("ip", ["netns", "delete", node.fullName]))) {
    await rm(namespaceFile(node), { force: true }); // A file that a kill left before anything was mounted on it.
  }
  await loadBalancerRoutes.remove(node);
  await attempt("ip", ["link", "delete", node.link]);
}
