/** The node's container runtime, and the images that the node itself needs. */

import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import { nodeProcesses, startDaemon, untilReady } from "./daemon";
import { allNodeImages, nodeImage, nodeImagesArchive } from "./images";
import { CLUSTER_NETWORK, type NodeSettings } from "./settings";
import { fill } from "./template";

const ctr = (node: NodeSettings, ...args: string[]): Promise<string> =>
  run("ctr", ["--address", `${node.runtime}/containerd.sock`, "--namespace", "k8s.io", ...args]);

const podNetwork = (node: NodeSettings) => ({
  cniVersion: "0.4.0",
  name: node.fullName,
  plugins: [
    {
      type: "bridge",
      bridge: "cni0",
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: "host-local",
        dataDir: join(node.runtime, "addresses"),
        ranges: [[{ subnet: CLUSTER_NETWORK.nodePods }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
});

/**
 * By name of a registry, who answers for it. They speak plain http: they are only reached over the veth pair.
 * DigitalOcean's registry, where it is emulated, is one of them; nothing of the outside can be reached anyway.
 */
const registryHosts = ({ registry, cloud }: NodeSettings): Record<string, string> => ({
  [registry]: registry,
  [cloud.registry]: cloud.registry,
  "registry.digitalocean.com": cloud.registry,
});

export async function startContainerd(node: NodeSettings): Promise<void> {
  const etc = join(node.state, "etc");
  const configFile = join(etc, "containerd.toml");
  const config = fill(readFileSync(join(__dirname, "containerd.toml"), "utf8"), {
    STATE: node.state,
    RUNTIME: node.runtime,
    PAUSE_IMAGE: nodeImage("pause"),
  });
  await mkdir(join(etc, "cni"), { recursive: true });
  await writeFile(configFile, config);
  await writeFile(join(etc, "cni", "10-bridge.conflist"), JSON.stringify(podNetwork(node)));
  for (const [name, host] of Object.entries(registryHosts(node))) {
    await mkdir(join(etc, "certs.d", name), { recursive: true });
    const hosts = `server = "http://${host}"\n\n[host."http://${host}"]\n`;
    await writeFile(join(etc, "certs.d", name, "hosts.toml"), hosts);
  }
  // Without any process of it, addresses that pods of the last run had are free again.
  const left = (await nodeProcesses(node)).some((process) => process.daemon === "containerd");
  if (!left) await rm(join(node.runtime, "addresses"), { recursive: true, force: true });
  await startDaemon(node, {
    name: "containerd",
    command: "containerd",
    args: ["--config", configFile],
    inNode: true,
    config,
  });
  await untilReady(node, "containerd", () => ctr(node, "version").then(() => true));
}

/** Loads the node's own images from the cache, if the ones of this recipe are not there yet. */
export const importNodeImages = (node: NodeSettings): Promise<void> =>
  importImages(node, allNodeImages(), nodeImagesArchive());

/** Loads images from an archive, unless they are all there. They stay over a reset of the node's Kubernetes. */
export async function importImages(node: NodeSettings, images: readonly string[], archive: string): Promise<void> {
  const present = (await ctr(node, "images", "ls", "-q")).split("\n");
  if (images.every((image) => present.includes(image))) return;
  await ctr(node, "images", "import", archive);
}
