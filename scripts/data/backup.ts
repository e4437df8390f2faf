/** A backup of an app's database, made now. */
import type { V1CronJob } from "@kubernetes/client-node";
import { UserError } from "../../local/steps";
import { commandLine, type AppAccess, type Following } from "./appAccess";
import { AppNamespace } from "./appNamespace";
import { refuseWhenBusy } from "./busy";
import { many, size } from "./figures";
import { runTask } from "./task";
import { failureOf } from "./taskFailed";
import { taskJob } from "./taskJob";

/** The CronJob that backs an app's database up. */
export const BACKUP = "mysql-backup";

/** What a backup came to. */
export interface BackedUp {
  /** Its id. */
  snapshot: string;
  /** Size of the dump, and what of it was new to the store. */
  bytes: number;
  added: number;
  /** How many backups there are now. */
  snapshots: number;
  seconds: number;
}

/**
 * Makes a backup and waits for its end.
 *
 * @throws UserError with the task's own sentence when it fails.
 */
export async function runBackup(
  access: AppAccess,
  { kind }: { kind: "manual" | "safety" },
  following: Following,
): Promise<BackedUp> {
  const space = new AppNamespace(access, following.limits);
  const pattern = await backupPattern(space, access);
  await refuseWhenBusy(space, access);
  return backUp(space, pattern, access, kind, following);
}

/** The same when it is known that nothing else is at work. */
export async function backUp(
  space: AppNamespace,
  pattern: V1CronJob,
  { app }: AppAccess,
  kind: "manual" | "safety",
  following: Following,
): Promise<BackedUp> {
  const job = taskJob(pattern, { prefix: `${BACKUP}-${kind}`, owned: true, env: { KIND: kind } });
  const title = kind === "safety" ? `Making a safety backup of ${app}` : `Backing up ${app}`;
  const { word } = await runTask(title, space, job, following);
  if (!word.ok) throw failureOf(word);
  const { bytes = 0, added = 0, snapshots = 0, seconds = 0 } = word.figures;
  return { snapshot: (word.texts["snapshot"] ?? "").slice(0, 8), bytes, added, snapshots, seconds };
}

/** @throws UserError when the app has no backups. */
export async function backupPattern(space: AppNamespace, { stack, app }: AppAccess): Promise<V1CronJob> {
  const pattern = await space.cronJob(BACKUP);
  if (pattern === undefined) throw new UserError(noBackups(stack, app));
  return pattern;
}

/** What to do where nothing is backed up. */
export const noBackups = (stack: string, app?: string): string =>
  `${app === undefined ? `The stack "${stack}" makes no backups` : `The app ${app} has no backups`}. ` +
  `Set backup.kind in Pulumi.${stack}.yaml to spaces, s3 or volume, and run "pulumi up".`;

/** The backup in one line, and what can be done with it. */
export function backupText(access: AppAccess, { snapshot, bytes, added, snapshots }: BackedUp): string {
  return (
    `${access.app} is backed up as ${snapshot}: ${size(bytes)}, of which ${size(added)} were new to the store. ` +
    `There ${snapshots === 1 ? "is" : "are"} ${many(snapshots, "backup")}.\n` +
    `To go back to it: ${commandLine(access, "restore", `${snapshot} --yes`)}\n`
  );
}
