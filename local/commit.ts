/** Which commit the project's folder is at. */

import { attempt } from "./command";

/** The commit's id, or forty zeros in a folder that is no git repository. */
export async function commitOf(folder: string): Promise<string> {
  const { code, stdout } = await attempt("git", ["rev-parse", "HEAD"], { cwd: folder });
  return code === 0 ? stdout.trim() : "0".repeat(40);
}
