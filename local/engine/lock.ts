/** The lock that a run holds on its stack, and whether the one who holds it is still alive. */

import { existsSync, readFileSync } from "node:fs";
import { copyFile, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

export interface Lock {
  pid: number;
  /** User on that machine. */
  username?: string;
  hostname: string;
  /** When it was taken, as an ISO time. */
  timestamp: string;
}

/** `stale` when nobody works under the lock any more: its process ran on this machine and is gone. */
export function judgeLock(lock: Lock, here: string, isRunning: (pid: number) => boolean): "held" | "stale" {
  return lock.hostname === here && !isRunning(lock.pid) ? "stale" : "held";
}

/** Whether `pid` is a Pulumi CLI; a number that was given to another program since does not count. */
export function isPulumiRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi");
  } catch {
    return false;
  }
}

/** The locks on a stack in the file backend at `state`. */
export async function readLocks(state: string, project: string, stack: string): Promise<Lock[]> {
  const folder = join(state, ".pulumi", "locks", "organization", project, stack);
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names.filter((name) => name.endsWith(".json")).map((name) => readFile(join(folder, name), "utf8").catch(() => "")),
  );
  return texts.filter((text) => text !== "").map((text) => JSON.parse(text) as Lock);
}

/** The locks that the CLI names when it refuses to work on a stack; none in any other text. */
export function locksTold(text: string): Lock[] {
  if (!text.includes("is currently locked by")) return [];
  return [...text.matchAll(/created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g)].map(
    ([, username = "", host = "", pid, timestamp = ""]) => ({ pid: Number(pid), username, hostname: host, timestamp }),
  );
}

const isJson = async (file: string): Promise<boolean> => {
  try {
    JSON.parse(await readFile(file, "utf8"));
    return true;
  } catch {
    return false;
  }
};

/**
 * Repairs a state whose writing was cut off: the copy before it is put back, and a broken file of attributes beside it,
 * which nobody needs, is taken away. True if something had to be done.
 */
export async function mendState(file: string): Promise<boolean> {
  const attributes = `${file}.attrs`;
  const attributesBroken = existsSync(attributes) && !(await isJson(attributes));
  if (attributesBroken) await rm(attributes);
  const stateBroken = existsSync(file) && !(await isJson(file)) && (await isJson(`${file}.bak`));
  if (stateBroken) await copyFile(`${file}.bak`, file);
  return attributesBroken || stateBroken;
}

/** When it was, for a person: with the day only when that is not today. */
function sinceWhen(timestamp: string, now: Date): string {
  const then = new Date(timestamp);
  const time = then.toLocaleTimeString("en-GB");
  return then.toDateString() === now.toDateString() ? time : `${then.toLocaleDateString("en-CA")} ${time}`;
}

/** The sentence for a stack that is in use. */
export function lockedSentence(stack: string, lock: Lock, here = hostname(), now = new Date()): string {
  const elsewhere = lock.hostname !== here;
  const who = lock.username === undefined ? "" : `${lock.username}, `;
  const where = elsewhere ? ` on ${lock.hostname}` : "";
  const since = sinceWhen(lock.timestamp, now);
  // Of another machine's processes nothing can be known from here.
  const dead = elsewhere ? ` If it was killed there, its lock stays: take it away with "pulumi cancel ${stack}".` : "";
  return `Another run on the stack "${stack}" is under way (${who}process ${lock.pid}${where}, since ${since}). Wait until it ends.${dead}`;
}
