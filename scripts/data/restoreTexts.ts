/** What `npm run restore` tells. */
import { commandLine, type AppAccess } from "./appAccess";
import { duration, many } from "./figures";
import { type Restored, WITHOUT_SAFETY } from "./restore";
import type { RestoredBeside } from "./restoreBeside";
import { described, snapshotTable, type Snapshot } from "./snapshots";

/** The backups that there are. */
export function listText(access: AppAccess, snapshots: readonly Snapshot[], now: Date): string {
  const { app, stack } = access;
  const [first] = snapshots;
  if (first === undefined) {
    return `There is no backup of ${app} yet. To make one now: ${commandLine(access, "backup")}\n`;
  }
  return [
    `${many(snapshots.length, "backup")} of ${app} in ${stack}, the newest first:`,
    "",
    ...snapshotTable(snapshots, now),
    "",
    `To go back to one:      ${commandLine(access, "restore", first.id)}`,
    `To look at one beside:  ${commandLine(access, "restore", `${first.id} --into look`)}`,
    "",
  ].join("\n");
}

/** What a restore would do, with a safety backup or without. */
export function planText(access: AppAccess, snapshot: Snapshot, safetyBackup: boolean, now: Date): string {
  const { app } = access;
  const option = safetyBackup ? "" : ` --${WITHOUT_SAFETY}`;
  return [
    `This puts the database of ${app} back to the backup ${described(snapshot, now)}:`,
    "",
    `  1. ${app} is stopped. Until the last step nobody can use it, and no scheduled backup begins.`,
    safetyBackup
      ? `  2. What is in its database now is backed up, so that there is a way back.`
      : `  2. What is in its database now is NOT backed up: there is no way back.`,
    `  3. The backup is read from end to end, and only if it is whole, it replaces what is in the database.`,
    ...(safetyBackup ? [] : [`     If that fails half-way, or is ended early, ${app} stays stopped.`]),
    `  4. ${app} is started again.`,
    "",
    `What was written since the backup is then ${safetyBackup ? "in the safety backup only" : "lost"}. Nothing was done yet.`,
    `To do it:               ${commandLine(access, "restore", `${snapshot.id}${option} --yes`)}`,
    `To look at it before:   ${commandLine(access, "restore", `${snapshot.id} --into look`)}`,
    "",
  ].join("\n");
}

/** What a restore did. */
export function restoredText(access: AppAccess, restored: Restored, now: Date): string {
  const { snapshot, tables, rows, safety, maintenanceSeconds, late } = restored;
  const { app } = access;
  return [
    `The database of ${app} is the backup ${described(snapshot, now)}: ${many(tables, "table")}, ${many(rows, "row")}.`,
    ...(late === undefined
      ? [`${app} was in maintenance for ${duration(maintenanceSeconds)}.`]
      : [late, `If its release wants a newer schema than the backup has, its migrations have to run.`]),
    safety === undefined
      ? `There is no way back to how it was before: no safety backup was made.`
      : `To go back to how it was before: ${commandLine(access, "restore", `${safety} --yes`)}`,
    "",
  ].join("\n");
}

/** How to look at what was restored beside, and how to get rid of it. */
export function besideText(access: AppAccess, restored: RestoredBeside, now: Date): string {
  const { snapshot, into, tables, rows, inCluster } = restored;
  const { namespace, app } = access;
  const figures = `${many(tables, "table")}, ${many(rows, "row")}`;
  const inPod = `kubectl --namespace ${namespace} exec --stdin --tty mysql-0 --container mysql -- sh -c`;
  const client = `MYSQL_PWD="$(cat /run/secrets/mysql/root-password)" mysql --user=root`;
  return [
    `The database ${into} is the backup ${described(snapshot, now)}: ${figures}. ${app} was not touched.`,
    ...(inCluster
      ? [
          `To look at it:  ${inPod} '${client} ${into}'`,
          `To drop it:     ${inPod} '${client} --execute="DROP DATABASE ${into}"'`,
        ]
      : [
          `To look at it: any MySQL client that the database lets in, as the app's user, with the database ${into}.`,
          `To drop it:    DROP DATABASE ${into}`,
        ]),
    "",
  ].join("\n");
}
