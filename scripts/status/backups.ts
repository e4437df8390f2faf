/** Tells of an app's backups when the newest good one was made, and whether it is proved that they can be restored. */
import type { V1CronJob, V1Job } from "@kubernetes/client-node";
import { lastWord } from "../data/lastWord";
import { hasEnded, held, newestPod, verdict } from "../data/taskVerdict";
import type { BackupStatus, RestoreTestStatus, RunStatus } from "./model";
import { counted, DAY_MS, HOUR_MS } from "./spans";
import { componentOf, jobReasons, newestJob, podsOf, type PodFacts } from "./workloads";

/** An annotation of the CronJob, as components/data/mysqlBackup.ts sets it. */
const MAX_AGE_HOURS = "flask-doks/max-age-hours";

/** A restore test is due once a week: two that are missing are a fault, to components/data/backupMonitor.ts as well. */
const RESTORE_TEST_MAX_AGE_DAYS = 15;

/** How long ago the newest good run may be. */
interface Limit {
  ms: number;
  text: string;
}

export function backupStatus(cronJobs: readonly V1CronJob[], jobs: readonly V1Job[], facts: PodFacts): BackupStatus {
  const cron = cronJobs.find((each) => componentOf(each) === "backup");
  if (cron === undefined) return { configured: false, ok: true, reasons: [] };
  const hours = Number(cron.metadata?.annotations?.[MAX_AGE_HOURS]);
  // A stack that was deployed before there was one.
  const limit = hours > 0 ? { ms: hours * HOUR_MS, text: counted(hours, "hour") } : undefined;
  const { status, figures } = runsOf(cron, jobs, facts, limit);
  return {
    configured: true,
    ...status,
    ...(limit === undefined ? {} : { maxAgeHours: hours }),
    ...(figures["bytes"] === undefined ? {} : { bytes: figures["bytes"] }),
  };
}

/** None for an app whose backups are not tested. */
export function restoreTestStatus(
  cronJobs: readonly V1CronJob[],
  jobs: readonly V1Job[],
  facts: PodFacts,
): RestoreTestStatus | undefined {
  const cron = cronJobs.find((each) => componentOf(each) === "restore-test");
  if (cron === undefined) return undefined;
  const limit = { ms: RESTORE_TEST_MAX_AGE_DAYS * DAY_MS, text: counted(RESTORE_TEST_MAX_AGE_DAYS, "day") };
  const { status, figures } = runsOf(cron, jobs, facts, limit);
  return { ...status, ...(figures["rows"] === undefined ? {} : { rows: figures["rows"] }) };
}

/** What the runs of a CronJob came to, those that were started by hand included; figures are of the newest good one. */
function runsOf(
  cron: V1CronJob,
  jobs: readonly V1Job[],
  facts: PodFacts,
  limit: Limit | undefined,
): { status: RunStatus; figures: Readonly<Record<string, number>> } {
  const { lastSuccessfulTime, lastScheduleTime, active = [] } = cron.status ?? {};
  const runs = jobs.filter(({ metadata }) => metadata?.ownerReferences?.some(({ uid }) => uid === cron.metadata?.uid));
  const ended = runs.filter(hasEnded).sort((a, b) => endMs(b) - endMs(a));
  const [last] = ended;
  const good = ended.find(isGood);
  // The CronJob remembers it for longer than its Jobs are kept, and learns of it a moment later.
  const successMs = Math.max(lastSuccessfulTime?.getTime() ?? 0, good === undefined ? 0 : endMs(good));
  const failed = last !== undefined && !isGood(last) && endMs(last) >= successMs ? last : undefined;
  const running = newestJob(runs.filter((job) => !hasEnded(job)));
  const isRunning = running !== undefined || active.length > 0;
  const isGone = failed === undefined && !isRunning && (lastScheduleTime?.getTime() ?? 0) > successMs;
  const failure = failed && failureOf(failed, facts);
  const isOverdue =
    limit && isOlder(successMs > 0 ? successMs : cron.metadata?.creationTimestamp?.getTime(), limit, facts);

  const problems = [
    ...(cron.spec.suspend === true ? ["suspended: none are made"] : []),
    ...(isOverdue === true ? [`overdue: none for more than ${limit.text}`] : []),
    ...(failure === undefined ? [] : [`the last run failed: ${failure.sentence}`]),
    ...(isGone ? ["the last run failed: its Job is gone"] : []),
  ];
  const notes = [...(successMs > 0 ? [] : ["none yet"]), ...(isRunning ? ["one runs now"] : [])];
  const status: RunStatus = {
    ok: problems.length === 0,
    ...(successMs > 0 ? { lastSuccess: new Date(successMs).toISOString() } : {}),
    ...(isOverdue === undefined ? {} : { overdue: isOverdue }),
    ...(notes.length === 0 ? {} : { note: notes.join(", ") }),
    ...(problems.length === 0 ? {} : { problem: problems.join("; ") }),
    reasons: [...(failure?.reasons ?? []), ...(running === undefined ? [] : jobReasons(running, facts))],
  };
  // Those of an older one would pass for its own.
  return { status, figures: good !== undefined && endMs(good) === successMs ? figuresOf(good, facts) : {} };
}

const isGood = (job: V1Job): boolean => held(job, "Complete") !== undefined;

const endMs = (job: V1Job): number =>
  (
    job.status?.completionTime ??
    held(job, "Failed")?.lastTransitionTime ??
    job.metadata?.creationTimestamp
  )?.getTime() ?? 0;

const isOlder = (sinceMs: number | undefined, { ms }: Limit, { now }: PodFacts): boolean =>
  sinceMs !== undefined && now.getTime() - sinceMs > ms;

function figuresOf(job: V1Job, { pods }: PodFacts): Readonly<Record<string, number>> {
  const words = podsOf(job.spec?.selector, pods).map((pod) => verdict(job, pod));
  return words.find((word) => word?.ok === true)?.figures ?? {};
}

/** Why a run failed: the sentence that it has said itself, or else what Kubernetes knows, and the last line of its log. */
function failureOf(job: V1Job, { pods, logs }: PodFacts): { sentence: string; reasons: string[] } {
  const pod = newestPod(podsOf(job.spec?.selector, pods).filter(({ status }) => status?.phase !== "Succeeded"));
  const word = verdict(job, pod);
  const sentence = (word?.ok === false ? word.message : "unknown reason").replace(/\.$/, "");
  const said = pod?.status?.containerStatuses?.some(({ state }) => lastWord(state?.terminated?.message) !== undefined);
  const line = said === true ? undefined : logs.get(pod?.metadata?.name ?? "");
  return { sentence, reasons: line === undefined ? [] : [`| ${line}`] };
}
