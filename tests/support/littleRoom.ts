/** A volume of the suite's node that has become full: what is on it, on a file system that has no more room. */
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../local/command";
import type { NodeSettings } from "../../local/node/settings";

/** Room that is left, in bytes. */
const ROOM = 64 * 1024;

/** Does something while the volume of a claim is full. What was on it before, and what came on it, is there after. */
export async function withLittleRoom(node: NodeSettings, claim: string, work: () => Promise<unknown>): Promise<void> {
  const volumes = join(node.state, "volumes");
  const [folder] = readdirSync(volumes).filter((name) => name.endsWith(`_${claim}`));
  if (folder === undefined) throw new Error(`the claim ${claim} has no volume yet`);
  const path = join(volumes, folder);
  const kept = mkdtempSync(join(tmpdir(), "flask-doks-volume-"));
  const copy = (from: string, to: string) => run("cp", ["-a", `${from}/.`, to]);
  await copy(path, kept);
  await run("mount", ["-t", "tmpfs", "-o", "size=8m,mode=777", "tmpfs", path]);
  try {
    await copy(kept, path);
    const { bavail, bsize } = statfsSync(path);
    writeFileSync(join(path, "filler"), Buffer.alloc(Math.max(0, bavail * bsize - ROOM)));
    await work();
    rmSync(join(path, "filler"));
    await copy(path, kept);
  } finally {
    await run("umount", [path]);
  }
  await copy(kept, path);
  rmSync(kept, { recursive: true });
}
