/** The control groups under which everything in a node's containers runs. */

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeSettings } from "./settings";

const ROOT = "/sys/fs/cgroup";
const CONTROLLERS = ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb", "systemd"];

const unified = (): boolean => existsSync(join(ROOT, "cgroup.controllers"));

/** Every mounted hierarchy: one in cgroup v2, one for each controller in v1, where `unified` may stand beside. */
async function hierarchies(): Promise<string[]> {
  if (unified()) return [ROOT];
  return (await readdir(ROOT).catch(() => [])).map((name) => join(ROOT, name));
}

/** Makes the group that the kubelet is told to put its own under, in every hierarchy: it does not create that one. */
export async function createCgroup(node: NodeSettings): Promise<void> {
  if (unified()) {
    const controllers = (await readFile(join(ROOT, "cgroup.controllers"), "utf8")).trim().split(" ");
    await mkdir(join(ROOT, node.fullName), { recursive: true });
    for (const group of [ROOT, join(ROOT, node.fullName)]) {
      const enabled = controllers.map((controller) => `+${controller}`).join(" ");
      await writeFile(join(group, "cgroup.subtree_control"), enabled);
    }
    return;
  }
  for (const hierarchy of await hierarchies()) {
    if (!CONTROLLERS.some((name) => hierarchy.split(/[/,]/).includes(name))) continue;
    const group = join(hierarchy, node.fullName);
    await mkdir(group, { recursive: true });
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const parent = join(dirname(group), file);
      if (existsSync(parent)) await writeFile(join(group, file), await readFile(parent, "utf8"));
    }
  }
}

async function groupsBelow(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  const children = entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name));
  return [...(await Promise.all(children.map(groupsBelow))).flat(), group];
}

/** The group that the kubelet makes for pods. The Docker engine's containers are in another one. */
const PODS = "kubepods";

const nodeGroups = async (node: NodeSettings, below = ""): Promise<string[]> => {
  const roots = (await hierarchies()).map((hierarchy) => join(hierarchy, node.fullName, below)).filter(existsSync);
  return (await Promise.all(roots.map(groupsBelow))).flat();
};

async function membersOf(groups: readonly string[]): Promise<number[]> {
  const lists = await Promise.all(groups.map((group) => readFile(join(group, "cgroup.procs"), "utf8").catch(() => "")));
  return [...new Set(lists.flatMap((list) => list.split("\n")).filter((pid) => pid !== "" && pid !== "0"))].map(Number);
}

async function signal(pids: readonly number[], name: NodeJS.Signals): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended meanwhile.
    }
  }
  await sleep(100);
}

export const hasContainers = async (node: NodeSettings): Promise<boolean> =>
  (await membersOf(await nodeGroups(node))).length > 0;

/** Ends every process in the node's containers, or only in those of its pods: politely first, by force when that takes
 * longer than patience lasts. */
export async function endContainers(
  node: NodeSettings,
  patienceSeconds: number,
  which: "all" | "pods" = "all",
): Promise<void> {
  const members = async () => membersOf(await nodeGroups(node, which === "pods" ? PODS : ""));
  const startMs = Date.now();
  const seconds = () => (Date.now() - startMs) / 1000;
  await signal(patienceSeconds > 0 ? await members() : [], "SIGTERM");
  while (seconds() < patienceSeconds && (await members()).length > 0) await sleep(100);
  for (let left = await members(); left.length > 0 && seconds() < patienceSeconds + 10; left = await members()) {
    await signal(left, "SIGKILL");
  }
}

export async function removeCgroup(node: NodeSettings): Promise<void> {
  for (const group of await nodeGroups(node)) await rmdir(group).catch(() => undefined);
}
