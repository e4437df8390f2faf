/** Tells of an app's database whether it is ready, and how large its volume is. */
import type { V1CronJob, V1PersistentVolumeClaim, V1StatefulSet } from "@kubernetes/client-node";
import { isInCluster, patternEnv } from "../data/taskJob";
import { lastWarning } from "./events";
import type { DatabaseStatus } from "./model";
import { componentOf, statefulSetStatus, type PodFacts } from "./workloads";

const NAMES: Record<string, string> = { mysql: "MySQL", redis: "Redis", postgres: "PostgreSQL" };

/** Parts whose CronJobs are told which database the app uses. */
const TASKS = ["backup", "move"];

/**
 * The database that an app uses, and the one beside it in the cluster that it does not. Of one outside of the cluster
 * only the tasks that work on it tell: there is none for an app that has neither.
 */
export function databasesOf(
  sets: readonly V1StatefulSet[],
  claims: readonly V1PersistentVolumeClaim[],
  cronJobs: readonly V1CronJob[],
  facts: PodFacts,
): { database?: DatabaseStatus; spareDatabase?: DatabaseStatus } {
  const inCluster = databaseStatus(sets, claims, facts);
  const task = cronJobs.find((each) => TASKS.includes(componentOf(each) ?? "") && patternEnv(each, "DB_HOST") !== "");
  if (task === undefined || isInCluster(task)) return inCluster === undefined ? {} : { database: inCluster };
  const host = patternEnv(task, "DB_HOST");
  return {
    database: { name: "managed MySQL", ok: true, host, note: "not asked", reasons: [] },
    ...(inCluster === undefined ? {} : { spareDatabase: inCluster }),
  };
}

/** The database in the cluster; none where there is none. */
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
