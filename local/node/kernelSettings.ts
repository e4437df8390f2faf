/** Settings of the whole machine that a kubelet or a Docker engine changes, and that are put back. */

import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../cacheFolder";
import { NODE_NAMES, type NodeSettings } from "./settings";

const CHANGED_BY = {
  // With kernel.panic_on_oops a fault in some driver would restart somebody's workstation.
  kubelet: ["kernel/panic", "kernel/panic_on_oops", "vm/overcommit_memory"],
  docker: ["net/ipv4/ip_forward"],
} as const;
type Changer = keyof typeof CHANGED_BY;

const noteFile = (state: string, changer: Changer): string => join(state, `kernel-settings-${changer}.json`);

const readSettings = async (changer: Changer): Promise<[setting: string, value: string][]> =>
  Promise.all(
    CHANGED_BY[changer].map(async (setting): Promise<[string, string]> => {
      return [setting, (await readFile(`/proc/sys/${setting}`, "utf8")).trim()];
    }),
  );

/** Notes the settings before they are changed. Where a node has changed them already, what it noted is what holds. */
export async function rememberKernelSettings(node: NodeSettings, changer: Changer): Promise<void> {
  const notes = NODE_NAMES.map((name) => noteFile(join(cacheFolder(), "nodes", name), changer));
  const noted = notes.find((file) => existsSync(file));
  const values = noted === undefined ? JSON.stringify(await readSettings(changer)) : await readFile(noted, "utf8");
  await writeFile(noteFile(node.state, changer), values);
}

/** Puts them back, unless `whileNeededBy` another node they must stay. */
export async function restoreKernelSettings(
  node: NodeSettings,
  changer: Changer,
  { whileNeededBy }: { whileNeededBy: "nobody" | "others" },
): Promise<void> {
  const note = noteFile(node.state, changer);
  if (!existsSync(note)) return;
  const settings = JSON.parse(await readFile(note, "utf8")) as [string, string][];
  await rm(note);
  const others = NODE_NAMES.map((name) => noteFile(join(cacheFolder(), "nodes", name), changer)).filter(existsSync);
  if (whileNeededBy === "others" && others.length > 0) return;
  for (const [setting, value] of settings) await writeFile(`/proc/sys/${setting}`, value);
}
