/** Moves an app's data to the database beside the one that it uses. */
import type { V1CronJob } from "@kubernetes/client-node";
import { Interrupted } from "../../local/engine/operation";
import { UserError } from "../../local/steps";
import { newestJob } from "../status/workloads";
import { commandLine, type AppAccess, type Following } from "./appAccess";
import { AppNamespace } from "./appNamespace";
import { BACKUP } from "./backup";
import { refuseWhenBusy } from "./busy";
import { inMaintenance, isInMaintenance, leaveMaintenance } from "./inMaintenance";
import { maintenanceOf } from "./maintenanceMark";
import { figuresOf, RESTORE } from "./restore";
import { INTERRUPTED, runTask } from "./task";
import { failureOf } from "./taskFailed";
import { patternEnv, taskJob } from "./taskJob";

/** The CronJob whose pattern a move's Job is made after; it never runs by itself. */
export const MOVE = "mysql-move";

/** The two databases. */
export interface MovePlan {
  from: { host: string; name: string };
  to: { host: string; name: string };
}

/** What a move came to. The app is in maintenance since. */
export interface Moved extends MovePlan {
  tables: number;
  rows: number;
  since: Date;
  /** Whether the number of the app's pods is an autoscaler's: `pulumi up` leaves it alone then. */
  autoscaled: boolean;
}

/** @throws UserError when there is no database beside. */
export async function movePlan(access: AppAccess, following: Following): Promise<MovePlan> {
  return planOf(await movePattern(new AppNamespace(access, following.limits), access));
}

const planOf = (pattern: V1CronJob): MovePlan => ({
  from: { host: patternEnv(pattern, "DB_HOST"), name: patternEnv(pattern, "DB_NAME") },
  to: { host: patternEnv(pattern, "TO_HOST"), name: patternEnv(pattern, "TO_NAME") },
});

async function movePattern(space: AppNamespace, { stack, app }: AppAccess): Promise<V1CronJob> {
  const pattern = await space.cronJob(MOVE);
  if (pattern === undefined) throw new UserError(noSpare(stack, app));
  return pattern;
}

/** What to do where there is nothing to move to. */
export const noSpare = (stack: string, app?: string): string =>
  `${app === undefined ? `No app of the stack "${stack}"` : `The app ${app}`} has ${app === undefined ? "a" : "no"} database to move to. ` +
  `Set apps[].spareDatabase in Pulumi.${stack}.yaml, run "pulumi up", and then this.`;

/**
 * Stops the app and copies its data to the database beside. The app stays stopped: what it wrote now would be lost, for
 * the next `pulumi up`, with both databases swapped in the config, starts it on the other one.
 *
 * @throws UserError when the copy fails: the app is started again, on the database that it had.
 */
export async function runMove(access: AppAccess, following: Following): Promise<Moved> {
  const space = new AppNamespace(access, following.limits);
  const pattern = await movePattern(space, access);
  await refuseWhenBusy(space, access);
  const plan = planOf(pattern);
  const { from, to } = plan;
  const copy = async () => {
    const job = taskJob(pattern, { prefix: MOVE, owned: true });
    const end = await runTask(`Copying ${from.name} from ${from.host} to ${to.host}`, space, job, following);
    if (end.word.ok) return figuresOf(end);
    const { message } = failureOf(end.word);
    const text = `${message} Nothing in the database of ${access.app} was changed.`;
    throw end.word.reason === INTERRUPTED ? new Interrupted(text) : new UserError(text);
  };
  const { result, since } = await inMaintenance(space, access, following, { schedule: BACKUP, stopped: true }, copy);
  return { ...plan, ...result, since, autoscaled: await space.isAutoscaled(access.app) };
}

/**
 * Starts an app that is in maintenance again, after whatever has put it there.
 *
 * @param options.force Whether it is started although its database may be half empty.
 * @throws UserError when it is not in maintenance, or does not get ready.
 */
export async function runBack(
  access: AppAccess,
  { force = false }: { force?: boolean },
  following: Following,
): Promise<void> {
  const space = new AppNamespace(access, following.limits);
  if (!(await isInMaintenance(space, access.app))) {
    throw new UserError(`${access.app} is not in maintenance: there is nothing to do.`);
  }
  await refuseWhenBusy(space, access);
  const failed = force ? undefined : await failedRestore(space, access);
  if (failed !== undefined) {
    throw new UserError(
      `The last restore of ${access.app}, the Job ${failed}, failed: its database may be half empty. To restore a ` +
        `backup: ${commandLine(access, "restore")}. To start it as it is: ${commandLine(access, "move", "--back --yes")}`,
    );
  }
  const late = await leaveMaintenance(space, access, following, BACKUP);
  if (late !== undefined) throw new UserError(late);
}

/** Name of the last restore since the app was stopped, if that has failed. */
async function failedRestore(space: AppNamespace, { app }: AppAccess): Promise<string | undefined> {
  const deployment = await space.deployment(app);
  const { since = new Date(0) } = (deployment && maintenanceOf(deployment)) ?? {};
  const restores = (await space.jobs()).filter(
    ({ metadata }) =>
      metadata?.name?.startsWith(`${RESTORE}-`) === true && (metadata.creationTimestamp ?? new Date(0)) >= since,
  );
  const last = newestJob(restores);
  const isBad = last?.status?.conditions?.some(({ type, status }) => type === "Failed" && status === "True");
  return isBad === true ? last?.metadata?.name : undefined;
}
