/** Puts an app's database back to a backup. */
import type { V1CronJob } from "@kubernetes/client-node";
import { Interrupted } from "../../local/engine/operation";
import { UserError } from "../../local/steps";
import { commandLine, type AppAccess, type Following } from "./appAccess";
import { AppNamespace } from "./appNamespace";
import { BACKUP, backUp, backupPattern } from "./backup";
import { refuseWhenBusy } from "./busy";
import { inMaintenance, StaysDown, uninterrupted } from "./inMaintenance";
import { failedWord, type LastWord } from "./lastWord";
import { pauseSchedule, resumeSchedule } from "./schedule";
import { chooseSnapshot, listSnapshots, type Snapshot } from "./snapshots";
import { INTERRUPTED, runTask, stopTask, type TaskEnd } from "./task";
import { failureOf, TaskFailed } from "./taskFailed";
import { patternEnv, taskJob } from "./taskJob";
import { closed } from "./taskVerdict";

/** How the names of the Jobs that restore begin. */
export const RESTORE = "mysql-restore";

/** How long a restore may take, in seconds. */
const RESTORE_SECONDS = 6 * 3600;

/** How long what came of it can be looked at, in seconds. */
const KEEP_SECONDS = 7 * 86_400;

/** The reason of an end that nobody has seen. */
const UNKNOWN = "unknown";

/** What a restore came to. */
export interface Restored {
  snapshot: Snapshot;
  tables: number;
  rows: number;
  /** Id of the backup that was made right before; none where that was not wanted. */
  safety?: string;
  /** How long the app was stopped. */
  maintenanceSeconds: number;
  /** What keeps the app from being ready since, as a sentence. */
  late?: string;
}

/** The Job that restores a backup into a database. */
export const restoreJob = (pattern: V1CronJob, snapshot: string, database: string) =>
  taskJob(pattern, {
    prefix: RESTORE,
    owned: false,
    role: "restore",
    command: ["bash", "/opt/tasks/restore.sh", snapshot, database],
    deadlineSeconds: RESTORE_SECONDS,
    keepSeconds: KEEP_SECONDS,
  });

/** The backups of an app, the newest first. */
export async function listBackups(access: AppAccess, following: Following): Promise<Snapshot[]> {
  const space = new AppNamespace(access, following.limits);
  return listSnapshots(space, await backupPattern(space, access), access, following);
}

/** What is restored, and how. */
export interface RestoreOptions {
  /** Id, its beginning, or `latest`. */
  snapshot: string;
  /** Whether what is in the database is backed up before. Default: true. */
  safetyBackup?: boolean;
}

/** For the command line. */
export const WITHOUT_SAFETY = "without-safety-backup";

/**
 * Restores a backup into the app's own database, after a safety backup, while the app is stopped. When it fails half-way,
 * the safety backup is restored: the app is never started on half a database. Without one it stays stopped then.
 *
 * @throws UserError when nothing came of it, with what became of the app.
 */
export async function runRestore(
  access: AppAccess,
  { snapshot, safetyBackup = true }: RestoreOptions,
  following: Following,
): Promise<Restored> {
  const space = new AppNamespace(access, following.limits);
  const pattern = await backupPattern(space, access);
  await refuseWhenBusy(space, access);
  // Its id, not `latest`: that will be the safety backup.
  const chosen = chooseSnapshot(await listSnapshots(space, pattern, access, following), snapshot);
  await pauseSchedule(space, BACKUP);
  try {
    // One may have begun since it was looked.
    await refuseWhenBusy(space, access);
  } catch (error) {
    await resumeSchedule(space, BACKUP);
    throw error;
  }
  const work = async () => {
    const kept = safetyBackup ? await keep(space, pattern, access, chosen.id, following) : {};
    following.note(
      kept.safety === undefined
        ? "What is there now is not kept: there is no way back."
        : `What is there now is kept as ${kept.safety}.`,
    );
    const figures = await replace(space, pattern, access, { wanted: chosen.id, ...kept }, following);
    return { ...figures, ...kept };
  };
  const { result, since, late } = await inMaintenance(space, access, following, { schedule: BACKUP }, work);
  const maintenanceSeconds = (Date.now() - since.getTime()) / 1000;
  return { snapshot: chosen, ...result, maintenanceSeconds, ...(late === undefined ? {} : { late }) };
}

/** Makes the safety backup. One that fails is told with what can be done where none can be made. */
async function keep(
  space: AppNamespace,
  pattern: V1CronJob,
  access: AppAccess,
  wanted: string,
  following: Following,
): Promise<{ safety?: string }> {
  try {
    return { safety: (await backUp(space, pattern, access, "safety", following)).snapshot };
  } catch (error) {
    if (!(error instanceof TaskFailed)) throw error;
    const again = commandLine(access, "restore", `${wanted} --${WITHOUT_SAFETY} --yes`);
    const text = `${error.message} So there is no safety backup, and nothing was changed.`;
    throw new TaskFailed(`${text} To restore without one, and with no way back: ${again}`, error.reason);
  }
}

/** Replaces what is in the database by a backup, or puts it back. */
async function replace(
  space: AppNamespace,
  pattern: V1CronJob,
  access: AppAccess,
  { wanted, safety }: { wanted: string; safety?: string },
  following: Following,
): Promise<{ tables: number; rows: number }> {
  const database = patternEnv(pattern, "DB_NAME");
  const job = restoreJob(pattern, wanted, database);
  const { name = "" } = job.metadata ?? {};
  const end = await runTask(`Restoring ${wanted}`, space, job, following).catch(unknownEnd);
  if (end.word.ok) return figuresOf(end);
  const failure = failureOf(end.word);
  const interrupted = end.word.reason === INTERRUPTED;
  const isUnknown = end.word.reason === UNKNOWN;
  const what = isUnknown
    ? `What came of the restore of ${wanted} is not known.`
    : `The backup ${wanted} was not restored.`;
  const why = interrupted ? "The restore was interrupted." : `${what} ${failure.message}`;
  const ending = (text: string) => (interrupted ? new Interrupted(text) : new UserError(text));
  if (!mayHaveTouched(end)) throw ending(`${why} Nothing was changed.`);
  if (safety === undefined) throw noWayBack(access, wanted, name, { ...end.word, message: why });

  following.note(`${why} Going back to what was there before.`);
  // Whoever has interrupted this wants the app back, and waits for that.
  const unstoppable = uninterrupted(following);
  const back = await stopTask(space, name, unstoppable)
    .then(() => runTask(`Going back to ${safety}`, space, restoreJob(pattern, safety, database), unstoppable))
    .catch(unknownEnd);
  if (back.word.ok) throw ending(`${why} The database is again what it was before: ${safety} was restored.`);
  throw new StaysDown(
    `${why} The safety backup ${safety} could not be restored either: ${back.word.message} ${access.app} stays ` +
      `stopped, for its database may be half empty, and its scheduled backups rest. When that is mended: ` +
      commandLine(access, "restore", `${safety} --yes`),
  );
}

/** What became of an app whose database may be half empty, when there is nothing to put back. */
function noWayBack(
  access: AppAccess,
  wanted: string,
  job: string,
  { reason, message }: LastWord & { ok: false },
): StaysDown {
  const stays = `${access.app} stays stopped, for its database may be half empty, and its scheduled backups rest.`;
  const again = commandLine(access, "restore", `${wanted} --${WITHOUT_SAFETY} --yes`);
  const mend = `When that is mended: ${again}`;
  // It is not stopped: it may still come to a good end.
  const look =
    `The Job ${job} may still be at work: kubectl --namespace ${access.namespace} logs --follow job/${job} tells. ` +
    `If that ends well: ${commandLine(access, "move", "--back")}. If not: ${again}`;
  return new StaysDown(
    `${message} There is no safety backup to go back to. ${stays} ${reason === UNKNOWN ? look : mend}`,
  );
}

/** Of a cluster that does not answer any more: what its pods do is not known. */
const unknownEnd = (error: unknown): TaskEnd => ({
  word: failedWord(UNKNOWN, closed((error as Error).message)),
  lines: [],
  complete: false,
});

/** What it says right before it empties the database. */
const BEGINS = "[restore] restoring the backup";

/** Whether a restore that failed may have changed the database. */
export const mayHaveTouched = ({ lines, complete }: TaskEnd): boolean =>
  !complete || lines.some((line) => line.startsWith(BEGINS));

export function figuresOf({ word }: TaskEnd): { tables: number; rows: number } {
  const { tables = 0, rows = 0 } = word.ok ? word.figures : {};
  return { tables, rows };
}
