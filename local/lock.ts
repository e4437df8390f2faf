/** One at a time, also across processes. */

import { readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** When a process began, in clock ticks since boot: with it a process id is never mistaken for a later one's. */
export async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the command's name in parentheses, which may hold anything.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

async function holderLives(file: string): Promise<boolean> {
  const [boot, pid, since] = (await readFile(file, "utf8").catch(() => "")).trim().split(" ");
  return boot === (await bootId()) && since !== undefined && since === (await startTime(Number(pid)));
}

const bootId = async (): Promise<string> => (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();

/** Does `work` while holding `file`. Waits for another holder to finish; one that died does not count. */
export async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine = `${await bootId()} ${process.pid} ${String(await startTime(process.pid))}`;
  for (;;) {
    try {
      await writeFile(file, mine, { flag: "wx" });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      // A file that was just created may still be empty: only one that stays so has a dead holder.
      if (await holderLives(file)) await sleep(200);
      else {
        await sleep(50);
        if (!(await holderLives(file))) await rm(file, { force: true });
      }
    }
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
