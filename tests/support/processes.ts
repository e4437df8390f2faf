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
