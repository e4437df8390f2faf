/** What was built or learned once and is kept for the next time, outside the repository. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder } from "../cacheFolder";

/** `$PULUMI_HOME`, or `~/.pulumi`. */
export function pulumiHome(): string {
  return process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether something that was `remember`ed under this name failed less than a day ago. */
export async function failedToday(name: string, nowMs = Date.now()): Promise<boolean> {
  const text = await readFile(join(cacheFolder(), "failed", name), "utf8").catch(() => "0");
  return nowMs - Number(text) < DAY_MS;
}

/** Notes a failed attempt, so that no one waits for it again today. */
export async function rememberFailure(name: string): Promise<void> {
  const file = join(cacheFolder(), "failed", name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, String(Date.now()));
}
