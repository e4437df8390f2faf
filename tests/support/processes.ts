/** The processes of this machine, by their ids. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A process and all that it started, by id. */
export function descendants(pid: number): number[] {
  const pairs = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // After the command's name, which may hold anything: the state, and the parent's id.
        const [, parent] =
          readFileSync(join("/proc", name, "stat"), "utf8")
            .split(") ")[1]
            ?.split(" ") ?? [];
        return [[Number(name), Number(parent)]];
      } catch {
        return [];
      }
    });
  const found = [pid];
  for (const parent of found) {
    found.push(...pairs.flatMap(([own, of]) => (own !== undefined && of === parent ? [own] : [])));
  }
  return found;
}

/**
 * Kills a pod's processes of a name as a power cut would. The node's pods are processes of this machine.
 *
 * @throws Error when there are none.
 */
export function killInPod(uid: string, name: RegExp): void {
  const of = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return ""; // It ended meanwhile.
    }
  };
  const found = readdirSync("/proc").filter(
    (pid) => /^\d+$/.test(pid) && of(pid, "cgroup").includes(uid) && name.test(of(pid, "comm").trim()),
  );
  if (uid === "" || found.length === 0) throw new Error(`no ${name.source} runs in the pod`);
  for (const pid of found) process.kill(Number(pid), "SIGKILL");
}
