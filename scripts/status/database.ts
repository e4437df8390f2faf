/** Tells of an app's database whether it is ready, how large its volume is, and when it was backed up last. */
import type { V1CronJob, V1Job, V1PersistentVolumeClaim, V1StatefulSet } from "@kubernetes/client-node";
import { lastWarning } from "./events";
import type { BackupStatus, DatabaseStatus } from "./model";
import { componentOf, jobReasons, newestJob, statefulSetStatus, type PodFacts } from "./workloads";

const NAMES: Record<string, string> = { mysql: "MySQL", redis: "Redis", postgres: "PostgreSQL" };

/** The database of an app; none for one that has none in the cluster. */
export function databaseStatus(
  sets: readonly V1StatefulSet[],
  claims: readonly V1PersistentVolumeClaim[],
  facts: PodFacts,
): DatabaseStatus | undefined {
  const set = sets.find((each) => componentOf(each) === "database");
  if (set === undefined) return undefined;
  const own = set.metadata?.name ?? "database";
  const name = NAMES[own] ?? own;
  const claim = claims.find((each) => componentOf(each) === "database");
  const size = sizeOf(claim);
  const volume = size === undefined ? {} : { volume: size };
  const { ok, problem, reasons } = statefulSetStatus(own, set, facts);
  if (claim === undefined) return { name, ok: false, problem: "its volume is gone", reasons };
  if (claim.status?.phase !== "Bound" && !ok) {
    const warned = lastWarning(facts.warnings, [claim])?.message;
    return {
      name,
      ok,
      ...volume,
      problem: "its volume is not there yet",
      reasons: warned === undefined ? reasons : [warned],
    };
  }
  return { name, ok, ...volume, ...(problem === undefined ? {} : { problem: `not ready: ${problem}` }), reasons };
}

/** Such as `20 GiB`, and what it grows to while it grows. */
function sizeOf(claim: V1PersistentVolumeClaim | undefined): string | undefined {
  const [has, wants] = [claim?.status?.capacity?.["storage"], claim?.spec?.resources?.requests?.["storage"]].map(sized);
  if (has === undefined || wants === undefined || has === wants) return has ?? wants;
  return `${has}, to be ${wants}`;
}

const sized = (quantity: string | undefined): string | undefined => quantity?.replace(/^(\d+)([KMGT]i)$/, "$1 $2B");

/** The backups of an app's database: what the CronJob's last run came to. */
export function backupStatus(cronJobs: readonly V1CronJob[], jobs: readonly V1Job[], facts: PodFacts): BackupStatus {
  const backup = cronJobs.find((each) => componentOf(each) === "backup");
  if (backup === undefined) return { configured: false, ok: true, reasons: [] };
  const { lastSuccessfulTime: success, lastScheduleTime: begun, active = [] } = backup.status ?? {};
  const last = success === undefined ? {} : { lastSuccess: success.toISOString() };
  const good: BackupStatus = { configured: true, ok: true, ...last, reasons: [] };
  if (backup.spec.suspend === true) return { ...good, ok: false, problem: "suspended: none are made" };
  if (begun === undefined || (success !== undefined && success >= begun)) {
    return success === undefined ? { ...good, note: "none made yet: not due" } : good;
  }
  if (active.length > 0) return { ...good, note: "one runs now" };
  const run = newestJob(
    jobs.filter((job) => job.metadata?.ownerReferences?.some(({ uid }) => uid === backup.metadata?.uid)),
  );
  const reasons = run === undefined ? [] : jobReasons(run, facts);
  return { ...good, ok: false, problem: "the last run failed", reasons };
}
