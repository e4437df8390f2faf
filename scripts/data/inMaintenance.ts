/** Work on an app's data while the app is stopped. */
import { Interrupted } from "../../local/engine/operation";
import { UserError } from "../../local/steps";
import { commandLine, type AppAccess, type Following } from "./appAccess";
import type { AppNamespace } from "./appNamespace";
import { beginMaintenance, endMaintenance } from "./maintenance";
import { maintenanceOf } from "./maintenanceMark";
import { resumeSchedule } from "./schedule";

/** Thrown when the app must not be started: its database is not what it was, nor what it was to be. */
export class StaysDown extends UserError {}

/** How the app is afterwards. */
export interface Afterwards {
  /** The CronJob that goes on when the app does. */
  schedule: string;
  /** Whether the app stays stopped when the work was done well. */
  stopped?: boolean;
}

/** What came of work in maintenance. */
export interface Maintained<T> {
  result: T;
  /** When the app was stopped. */
  since: Date;
  /** What keeps the app from being ready, as a sentence. */
  late?: string;
}

/**
 * Stops the app, does the work, and starts the app again however that ends: unless the work throws {@link StaysDown},
 * or fails where an earlier run had left the app stopped, for which there may be a reason.
 */
export async function inMaintenance<T>(
  space: AppNamespace,
  access: AppAccess,
  following: Following,
  { schedule, stopped = false }: Afterwards,
  work: () => Promise<T>,
): Promise<Maintained<T>> {
  let wasStopped = false;
  const start = () =>
    leaveMaintenance(space, access, following, schedule).catch((error: unknown) => startLater(access, error));
  let since: Date;
  let result: T;
  try {
    wasStopped = await isInMaintenance(space, access.app);
    since = await beginMaintenance(space, access, following);
    result = await work();
  } catch (error) {
    if (error instanceof StaysDown) throw error;
    const more = wasStopped ? staysStopped(access) : await start();
    throw more === undefined ? error : worse(error as Error, more);
  }
  const late = stopped ? undefined : await start();
  return { result, since, ...(late === undefined ? {} : { late }) };
}

/**
 * Starts the app, and has its backups go on, if they did.
 *
 * @returns What keeps the app from being ready.
 */
export async function leaveMaintenance(
  space: AppNamespace,
  access: AppAccess,
  following: Following,
  schedule: string,
): Promise<string | undefined> {
  // Nothing of this is ended early: who interrupted the work wants the app back.
  const late = await endMaintenance(space, access, uninterrupted(following));
  await resumeSchedule(space, schedule);
  return late;
}

/** For what has to be done all the same when the rest was interrupted. */
export function uninterrupted({ step, note, limits }: Following): Following {
  return { step, note, ...(limits === undefined ? {} : { limits }) };
}

export async function isInMaintenance(space: AppNamespace, app: string): Promise<boolean> {
  const deployment = await space.deployment(app);
  return deployment !== undefined && maintenanceOf(deployment) !== undefined;
}

const startLater = (access: AppAccess, error: unknown): string =>
  `${access.app} could not be started again. ${(error as Error).message} ` +
  `When that is mended: ${commandLine(access, "move", "--back")}`;

const staysStopped = (access: AppAccess): string =>
  `${access.app} had been left stopped by an earlier run, and still is. To start it: ${commandLine(access, "move", "--back")}`;

const worse = (error: Error, more: string): UserError =>
  error instanceof Interrupted
    ? new Interrupted(`${error.message} ${more}`)
    : new UserError(`${error.message} ${more}`);
