/** Whether something is at work on an app's data already. */
import type { V1Job } from "@kubernetes/client-node";
import { UserError } from "../../local/steps";
import { componentOf } from "../status/workloads";
import type { AppAccess } from "./appAccess";
import type { AppNamespace } from "./appNamespace";
import { hasEnded } from "./taskVerdict";

/** By the part that their pods play. */
const WORK: Record<string, string> = {
  backup: "a backup",
  restore: "a restore",
  // It has the backups' store to itself for a while.
  "restore-test": "a test of the backups",
  move: "a move",
  migration: "a migration",
};

/** Only looks, and does not get in anybody's way. */
export const LISTING = "mysql-snapshots";

/** The Job that is at work on the data, if there is one. */
export function workingJob(jobs: readonly V1Job[]): V1Job | undefined {
  return jobs.find(
    (job) =>
      WORK[componentOf(job) ?? ""] !== undefined &&
      job.metadata?.name?.startsWith(`${LISTING}-`) !== true &&
      job.metadata?.deletionTimestamp === undefined &&
      job.spec?.suspend !== true &&
      !hasEnded(job),
  );
}

/** @throws UserError when something is. */
export async function refuseWhenBusy(space: AppNamespace, { app }: AppAccess): Promise<void> {
  const job = workingJob(await space.jobs());
  if (job === undefined) return;
  const { name = "" } = job.metadata ?? {};
  throw new UserError(
    `Something is at work on the data of ${app} already: ${WORK[componentOf(job) ?? ""] ?? ""}, the Job ${name}. Try ` +
      `again when it has ended. To follow it: kubectl --namespace ${space.name} logs --follow job/${name}`,
  );
}
