import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Finding } from "./schema/finding";

/**
 * What is missing in the apps' source folders.
 *
 * @param root Folder that the sources are relative to.
 */
export function sourceFindings(apps: readonly { source?: string | undefined }[], root: string): Finding[] {
  return apps.flatMap(({ source }, index) => {
    if (source === undefined) {
      return [];
    }
    const key = `apps[${index}].source`;
    const folder = resolve(root, source);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
      return [{ key, message: `there is no folder ${source}` }];
    }
    return existsSync(join(folder, "Dockerfile")) ? [] : [{ key, message: `there is no Dockerfile in ${source}` }];
  });
}
