import type { Backup } from "./schema/backup";

/** restic's options for how many backups are kept. */
export const keepOptions = (keep: Backup["keep"]): string =>
  Object.entries(keep)
    .filter(([, count]) => count > 0)
    .map(([period, count]) => `--keep-${period} ${count}`)
    .join(" ");
