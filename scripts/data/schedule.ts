/** The schedule of backups, which rests while a restore is at work. */
import { UserError } from "../../local/steps";
import type { AppNamespace } from "./appNamespace";

/** Whether it rested before: a run that was cut short, and is made again, finds it resting. */
const SUSPENDED_BEFORE = "flask-doks/suspended-before-maintenance";

/** Suspends a CronJob, unless it is suspended already. */
export async function pauseSchedule(space: AppNamespace, name: string): Promise<void> {
  const { metadata, spec } = (await space.cronJob(name)) ?? {};
  const isMarked = metadata?.annotations?.[SUSPENDED_BEFORE] !== undefined;
  // A mark on one that does not rest is stale.
  if (spec?.suspend === true && isMarked) return;
  const annotations = { [SUSPENDED_BEFORE]: String(spec?.suspend ?? false) };
  await change(space, name, { metadata: { annotations }, spec: { suspend: true } });
}

/** Has it go on, if it did before. */
export async function resumeSchedule(space: AppNamespace, name: string): Promise<void> {
  const before = (await space.cronJob(name))?.metadata?.annotations?.[SUSPENDED_BEFORE];
  if (before === undefined) return;
  const annotations = { [SUSPENDED_BEFORE]: null };
  await change(space, name, { metadata: { annotations }, spec: { suspend: before === "true" } });
}

async function change(space: AppNamespace, name: string, patch: object): Promise<void> {
  if (!(await space.patchCronJob(name, patch))) {
    throw new UserError(`The cluster does not take a change of the CronJob ${space.name}/${name}.`);
  }
}
