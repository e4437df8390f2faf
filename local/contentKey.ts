/** Names for what is cached: a changed recipe gets another one, so that nothing stale is ever used. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const filesOf = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesOf(join(path, name)))
    : [path];

/** A short hash of the content of files and folders, and of other texts that the result depends on. */
export function contentKey(paths: readonly string[], ...texts: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(texts));
  for (const path of paths) {
    for (const file of filesOf(path)) hash.update(file.slice(path.length)).update("\0").update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 12);
}
