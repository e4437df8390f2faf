/** The whole program, `index.ts`, of this checkout or of another. */
import { existsSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join, sep } from "node:path";

const load = createRequire(__filename);

/** The checkout that this file is in. */
export const ROOT = join(__dirname, "..", "..");

const PACKAGES = "node_modules";

/** What in a checkout is no part of the program. */
const OTHER_FOLDERS = [PACKAGES, "tests", "local", "scripts"];

/**
 * The program, loaded afresh each time that it is run.
 *
 * @param root The checkout.
 */
export function wholeProgram(root = ROOT): () => unknown {
  return () => {
    if (!existsSync(join(root, PACKAGES))) usePackagesOf(ROOT);
    for (const path of Object.keys(load.cache)) {
      const [folder = ""] = path.slice(root.length + 1).split(sep);
      if (path.startsWith(`${root}${sep}`) && !OTHER_FOLDERS.includes(folder)) {
        Reflect.deleteProperty(load.cache, path);
      }
    }
    return (load(join(root, "index.ts")) as () => unknown)();
  };
}

/** A work tree that git has just made has no packages: Node then looks for them here. */
function usePackagesOf(checkout: string): void {
  process.env["NODE_PATH"] = join(checkout, PACKAGES);
  // Node reads the variable when it starts, and then again when it is told to.
  (Module as unknown as { _initPaths: () => void })._initPaths();
}
