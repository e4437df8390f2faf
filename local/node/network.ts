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

/** Removes the namespace, and with it every link, route and firewall rule in it. */
export async function disconnectNode(node: NodeSettings): Promise<void> {
  if (existsSync(namespaceFile(node)) && !(await succeeds("ip", ["netns", "delete", node.fullName]))) {
    await rm(namespaceFile(node), { force: true }); // A file that a kill left before anything was mounted on it.
  }
  await attempt("ip", ["link", "delete", node.link]);
}
