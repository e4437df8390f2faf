/** Restores a backup into a database beside the app's own, to look at it. */
import type { V1CronJob } from "@kubernetes/client-node";
import { UserError } from "../../local/steps";
import { commandLine, type AppAccess, type Following } from "./appAccess";
import { AppNamespace } from "./appNamespace";
import { backupPattern } from "./backup";
import { refuseWhenBusy } from "./busy";
import { checkNewName, countTables, makeDatabase } from "./databaseNames";
import { askServer, type AskServer } from "./databaseServer";
import { figuresOf, restoreJob } from "./restore";
import { chooseSnapshot, listSnapshots, type Snapshot } from "./snapshots";
import { runTask } from "./task";
import { failureOf } from "./taskFailed";
import { isInCluster, patternEnv, taskJob } from "./taskJob";

/** What came of it. */
export interface RestoredBeside {
  snapshot: Snapshot;
  /** Name of the database. */
  into: string;
  tables: number;
  rows: number;
  /** Whether the server is the one in the cluster. */
  inCluster: boolean;
}

/**
 * Restores a backup into a database of another name on the app's own server. The app is not touched.
 *
 * @param options.replace Whether a database of that name may have tables in it: they are lost.
 * @param ask How the server in the cluster is asked.
 * @throws UserError when nothing came of it.
 */
export async function runRestoreBeside(
  access: AppAccess,
  { snapshot, into, replace = false }: { snapshot: string; into: string; replace?: boolean },
  following: Following,
  ask: AskServer = askServer,
): Promise<RestoredBeside> {
  const space = new AppNamespace(access, following.limits);
  const pattern = await backupPattern(space, access);
  checkNewName(into, patternEnv(pattern, "DB_NAME"));
  await refuseWhenBusy(space, access);
  const chosen = chooseSnapshot(await listSnapshots(space, pattern, access, following), snapshot);
  const inCluster = isInCluster(pattern);

  const tables = inCluster
    ? Number((await ask(access, countTables(into))).trim())
    : await countByTask(space, pattern, into, following);
  if (tables > 0 && !replace) {
    const again = commandLine(access, "restore", `${chosen.id} --into ${into} --yes`);
    throw new UserError(
      `There is a database ${into} already, with ${tables} tables in it. To lose what is in it: ${again}`,
    );
  }
  // A managed server lets the app's user make databases itself.
  if (inCluster) await ask(access, makeDatabase(into, patternEnv(pattern, "DB_USERNAME")));

  const job = restoreJob(pattern, chosen.id, into);
  const end = await runTask(`Restoring ${chosen.id} into ${into}`, space, job, following);
  if (!end.word.ok) throw failureOf(end.word);
  return { snapshot: chosen, into, inCluster, ...figuresOf(end) };
}

/** Counts the tables of a database in a pod, after the pattern of the tasks: a managed server is reached from those only. */
const COUNT = [
  "set -euo pipefail",
  "cd /opt/tasks",
  "source ./report.sh",
  "source ./database.sh",
  "login_to_database",
  'wait_for_database "$client"',
  `found=$(ask "$client" "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '$1'" 2>"$errors") || fail failed "The database cannot be asked: $(last_error)"`,
  'succeed tables "$found"',
].join("\n");

async function countByTask(
  space: AppNamespace,
  pattern: V1CronJob,
  name: string,
  following: Following,
): Promise<number> {
  const job = taskJob(pattern, {
    prefix: "mysql-look",
    owned: false,
    role: "restore",
    command: ["bash", "-c", COUNT, "look", name],
    keepSeconds: 600,
  });
  const { word } = await runTask(`Looking for a database ${name}`, space, job, following);
  if (!word.ok) throw failureOf(word);
  return word.figures["tables"] ?? 0;
}
