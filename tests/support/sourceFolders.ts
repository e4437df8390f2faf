/** Folders with an app's source, for as long as a test looks at them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Writes files into a folder, by their path in it. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** What `look` sees in a folder with such files. */
export function inFolder<T>(files: Record<string, string>, look: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "source-"));
  try {
    writeFiles(folder, files);
    return look(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
