/** A Docker engine of the node's own: it touches neither the machine's engine nor its firewall chains. */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run, succeeds } from "../command";
import { startDaemon, untilReady } from "../node/daemon";
import { rememberKernelSettings, restoreKernelSettings } from "../node/kernelSettings";
import { registryAccess } from "../node/registry";
import type { NodeSettings } from "../node/settings";

export const dockerHost = (node: NodeSettings): string => `unix://${node.docker.socket}`;

const clientConfig = (node: NodeSettings): string => join(node.state, "secrets", "docker");

/** The file that tells docker and skopeo the registry's password. */
export const registryCredentials = (node: NodeSettings): string => join(clientConfig(node), "config.json");

/**
 * Runs the docker client on the node's engine.
 * Builds go without BuildKit, which Docker's newer clients only speak with a plugin.
 */
export const docker = (node: NodeSettings, ...args: string[]): Promise<string> =>
  run("docker", args, {
    env: {
      DOCKER_HOST: dockerHost(node),
      DOCKER_CONFIG: clientConfig(node),
      DOCKER_BUILDKIT: "0",
      DOCKER_CONTEXT: undefined,
    },
  });

/** Proxy settings of this environment, which a build needs where the machine needs them. */
export const proxyArguments = (): string[] =>
  ["http_proxy", "https_proxy", "no_proxy"]
    .flatMap((name) => [name, name.toUpperCase()])
    .filter((name) => process.env[name] !== undefined)
    .flatMap((name) => ["--build-arg", name]);

/** Containers reach the network as the machine does. iptables' arguments after the action. */
const firewallRules = ({
  docker: { bridge, network },
}: NodeSettings): { table: string; chain: string; rule: string[] }[] => [
  { table: "nat", chain: "POSTROUTING", rule: ["-s", network, "!", "-o", bridge, "-j", "MASQUERADE"] },
  { table: "filter", chain: "FORWARD", rule: ["-i", bridge, "-j", "ACCEPT"] },
  {
    table: "filter",
    chain: "FORWARD",
    rule: ["-o", bridge, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"],
  },
];

async function openFirewall(node: NodeSettings): Promise<void> {
  for (const { table, chain, rule } of firewallRules(node)) {
    if (await succeeds("iptables", ["-w", "-t", table, "-C", chain, ...rule])) continue;
    await run("iptables", ["-w", "-t", table, "-I", chain, ...rule]);
  }
}

async function closeFirewall(node: NodeSettings): Promise<void> {
  for (const { table, chain, rule } of firewallRules(node)) {
    while (await succeeds("iptables", ["-w", "-t", table, "-D", chain, ...rule]));
  }
}

async function createBridge({ docker: { bridge, bridgeAddress } }: NodeSettings): Promise<void> {
  if (!(await succeeds("ip", ["link", "show", bridge]))) await run("ip", ["link", "add", bridge, "type", "bridge"]);
  await run("ip", ["address", "replace", bridgeAddress, "dev", bridge]);
  await run("ip", ["link", "set", bridge, "up"]);
}

/** The largest packet that the machine's way out takes: a larger one of a container's may be lost on the way. */
async function packetSize(): Promise<number> {
  const { stdout } = await attempt("ip", ["-4", "route", "show", "default"]);
  const device = /\bdev (\S+)/.exec(stdout)?.[1];
  return device === undefined ? 1500 : Number(await readFile(`/sys/class/net/${device}/mtu`, "utf8"));
}

const proxyFile = (node: NodeSettings): string => join(node.state, "etc", "docker-proxy.json");

/** What the engine's environment says of the way to registries that are not on this machine. */
export interface EngineProxy {
  /** URL of the proxy. */
  url: string;
  /** Path of the certificates that the engine is to trust. */
  certificates: string;
}

/** The environment of whoever is to use a proxy: what is on the node's own addresses is reached without one. */
export function proxyEnvironment(node: NodeSettings, { url, certificates }: EngineProxy): Record<string, string> {
  const usual = process.env["no_proxy"] ?? process.env["NO_PROXY"];
  const own = ["localhost", "127.0.0.1", node.machineAddress, node.address, node.cloud.loadBalancers.network];
  const exceptions = [...(usual === undefined || usual === "" ? [] : [usual]), ...own].join(",");
  return {
    HTTPS_PROXY: url,
    https_proxy: url,
    NO_PROXY: exceptions,
    no_proxy: exceptions,
    SSL_CERT_FILE: certificates,
  };
}

/**
 * Makes the engine go through a proxy, also when it is started again later; `undefined` makes it go its own way.
 * It has no way to be told while it runs: it is started anew where this changes anything.
 */
export async function useProxy(node: NodeSettings, proxy: EngineProxy | undefined): Promise<void> {
  if (proxy === undefined) await rm(proxyFile(node), { force: true });
  else await writeFile(proxyFile(node), JSON.stringify(proxy));
  await startEngine(node);
}

async function engineEnvironment(node: NodeSettings): Promise<Record<string, string>> {
  const proxy = await readFile(proxyFile(node), "utf8").catch(() => undefined);
  return proxy === undefined ? {} : proxyEnvironment(node, JSON.parse(proxy) as EngineProxy);
}

/** Needs the node's containerd. */
export async function startEngine(node: NodeSettings): Promise<void> {
  const configFile = join(node.state, "etc", "dockerd.json");
  const settings = {
    "data-root": join(node.state, "docker"),
    "exec-root": join(node.runtime, "docker"),
    pidfile: join(node.runtime, "docker.pid"),
    hosts: [dockerHost(node)],
    // Otherwise it would take the machine's containerd if there is one, and what runs in it.
    containerd: join(node.runtime, "containerd.sock"),
    bridge: node.docker.bridge,
    mtu: await packetSize(),
    iptables: false,
    ip6tables: false,
    "insecure-registries": [node.registry],
    "cgroup-parent": `/${node.fullName}/docker`,
    "exec-opts": ["native.cgroupdriver=cgroupfs"],
    builder: { gc: { enabled: true, defaultKeepStorage: "10GB" } },
    "log-level": "warn",
  };
  const config = JSON.stringify(settings, null, 2);
  await mkdir(clientConfig(node), { recursive: true, mode: 0o700 });
  await writeFile(configFile, config);
  const { server, username, password } = await registryAccess(node);
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  await writeFile(registryCredentials(node), JSON.stringify({ auths: { [server]: { auth } } }), { mode: 0o600 });

  await createBridge(node);
  await rememberKernelSettings(node, "docker");
  await openFirewall(node);
  if (!(await answers(node))) await rm(settings.pidfile, { force: true });
  await startDaemon(node, {
    name: "docker",
    command: "dockerd",
    args: ["--config-file", configFile],
    inNode: false,
    config,
    env: await engineEnvironment(node),
  });
  await untilReady(node, "docker", () => answers(node));
}

const answers = (node: NodeSettings): Promise<boolean> =>
  docker(node, "version").then(
    () => true,
    () => false,
  );

/** Removes what the engine needed of the machine. The engine itself has been stopped. */
export async function removeEngineNetwork(node: NodeSettings): Promise<void> {
  await closeFirewall(node);
  await attempt("ip", ["link", "delete", node.docker.bridge]);
  await restoreKernelSettings(node, "docker", { whileNeededBy: "others" });
}
