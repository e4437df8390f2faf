import { isUtf8 } from "node:buffer";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { AppName } from "./appName";

/** What running or testing the template leaves in it. */
const LEFTOVERS = /^(__pycache__|\.venv|\.coverage|\.\w+_cache|.*\.egg-info)$/;

/** Files of a folder, relative to it, without what tools have left there. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split(sep).some((part) => LEFTOVERS.test(part)));
}

/**
 * Copies the template to a folder that is not there yet, named anew: `myapp`, its package, and `Myapp`, its title.
 * The folder appears when it is complete.
 */
export async function makeAppFolder(template: string, folder: string, { module, title }: AppName): Promise<void> {
  const renamed = (text: string) => text.replaceAll("myapp", module).replaceAll("Myapp", title);
  await mkdir(dirname(folder), { recursive: true });
  // Beside it, for a folder cannot be renamed into another file system.
  const draft = await mkdtemp(`${folder}.new-`);
  try {
    for (const path of await filesOf(template)) {
      const source = join(template, path);
      const target = join(draft, "app", renamed(path));
      const content = await readFile(source);
      await mkdir(dirname(target), { recursive: true });
      const { mode } = await stat(source);
      await writeFile(target, isUtf8(content) ? renamed(content.toString()) : content, { mode });
    }
    await rename(join(draft, "app"), folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
