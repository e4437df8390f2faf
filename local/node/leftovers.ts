/** What daemons that ended leave behind: mounts, and files in places that they cannot be told to keep off. */

import { readdir, readFile, readlink, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run } from "../command";
import type { NodeSettings } from "./settings";

/** Unmounts what containers and pods had mounted, innermost first. */
export const unmountAll = (node: NodeSettings): Promise<void> => unmountBelow([node.state, node.runtime]);

async function unmountBelow(folders: readonly string[]): Promise<void> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  const own = mounts.filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)));
  for (const path of own.reverse()) await run("umount", ["--lazy", path.replaceAll("\\040", " ")]);
}

/** Throws away what pods and Kubernetes itself have written. Nothing of either runs any more. */
export async function removeKubernetesState(node: NodeSettings): Promise<void> {
  const pods = join(node.state, "kubelet", "pods");
  await unmountBelow([pods]);
  for (const folder of [pods, join(node.state, "pod-logs"), join(node.state, "volumes"), join(node.state, "etcd")]) {
    await rm(folder, { recursive: true, force: true });
  }
}

const CNI_RESULTS = "/var/lib/cni/results";
const CONTAINER_LOGS = "/var/log/containers";

/** Notes of the library that containerd sets up a pod's network with, named `<network>-<sandbox>-<link>`. */
async function removeNetworkNotes(node: NodeSettings): Promise<void> {
  const notes = await readdir(CNI_RESULTS).catch(() => []);
  const ofThisNode = new RegExp(`^${node.fullName}-([0-9a-f]{64})-`);
  const sandboxes = new Set(notes.map((note) => ofThisNode.exec(note)?.[1]).filter((id) => id !== undefined));
  for (const note of notes) {
    const sandbox = /[0-9a-f]{64}/.exec(note)?.[0];
    if (sandbox !== undefined && sandboxes.has(sandbox)) await rm(join(CNI_RESULTS, note), { force: true });
  }
}

/** The kubelet links every container's log. */
async function removeLogLinks(node: NodeSettings): Promise<void> {
  for (const name of await readdir(CONTAINER_LOGS).catch(() => [])) {
    const target = await readlink(join(CONTAINER_LOGS, name)).catch(() => "");
    if (target.startsWith(`${node.state}/`)) await rm(join(CONTAINER_LOGS, name), { force: true });
  }
}

/** Folders that the daemons, and `ip netns`, make on their way. Whoever else uses them has something in them, or makes them again. */
const FOLDERS = [
  CNI_RESULTS,
  "/var/lib/cni",
  CONTAINER_LOGS,
  "/run/containerd/s",
  "/run/containerd/runc/k8s.io",
  "/run/containerd/runc",
  "/run/containerd",
  "/run/docker/plugins",
  "/run/docker",
  "/run/runc",
  "/run/flask-doks",
];

export async function removeStrayFiles(node: NodeSettings): Promise<void> {
  await removeNetworkNotes(node);
  await removeLogLinks(node);
  const namespaces = await readdir("/run/netns").catch(() => [""]);
  if (namespaces.length === 0) {
    await attempt("umount", ["/run/netns"]);
    await rmdir("/run/netns").catch(() => undefined);
  }
  for (const folder of FOLDERS) await rmdir(folder).catch(() => undefined);
}
