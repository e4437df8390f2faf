import type { V1CronJob, V1CronJobStatus, V1Job, V1Pod } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { AppDatabase } from "../../../../components/data/appDatabase";
import { labels } from "../../../../lib/labels";
import { backupStatus, restoreTestStatus } from "../../../../scripts/status/backups";
import { BACKUP_PLAN, DATABASE_ARGS } from "../../../support/databases";
import { manifests } from "../../../support/manifests";
import { deploy } from "../../../support/mocks";
import { workloads } from "../../../support/pods";
import { ago, facts } from "./podObjects";

type Role = "backup" | "restore-test";
const HOUR = 60;
const DAY = 24 * HOUR;

/** A CronJob as the stack makes it, 30 days old if not said otherwise. */
function cron(
  role: Role,
  {
    status = {},
    suspend = false,
    made = 30 * DAY,
  }: { status?: V1CronJobStatus; suspend?: boolean; made?: number } = {},
): V1CronJob {
  const annotations: Record<string, string> = role === "backup" ? { "flask-doks/max-age-hours": "36" } : {};
  const metadata = { name: `mysql-${role}`, uid: `uid-of-${role}`, labels: labels("shop", role) };
  return {
    metadata: { ...metadata, annotations, creationTimestamp: ago(made) },
    spec: { schedule: "0 3 * * *", suspend, jobTemplate: {} },
    status,
  };
}

/** A run that ended so many minutes ago, or has not. */
function run(role: Role, name: string, end?: { minutes: number; type: "Complete" | "Failed"; reason?: string }): V1Job {
  const job: V1Job = {
    metadata: {
      name,
      creationTimestamp: ago((end?.minutes ?? 0) + 1),
      labels: labels("shop", role),
      ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: `mysql-${role}`, uid: `uid-of-${role}` }],
    },
    spec: { selector: { matchLabels: { job: name } }, template: {} },
    status: {},
  };
  if (end === undefined) return job;
  const { minutes, type, reason } = end;
  const condition = { type, status: "True", lastTransitionTime: ago(minutes), ...(reason && { reason }) };
  job.status = { conditions: [condition], ...(type === "Complete" ? { completionTime: ago(minutes) } : {}) };
  return job;
}

/** Its pod, which has said this at its end. */
function podOf(job: string, said: object | undefined, exitCode = 0, reason = "Completed"): V1Pod {
  const message = said === undefined ? {} : { message: `${JSON.stringify(said)}\n` };
  const state = { terminated: { exitCode, reason, ...message } };
  return {
    metadata: { name: `${job}-x`, labels: { job } },
    status: {
      phase: exitCode === 0 ? "Succeeded" : "Failed",
      containerStatuses: [{ name: "backup", ready: false, restartCount: 0, image: "", imageID: "", state }],
    },
  };
}

const GOOD = { ok: true, task: "backup", snapshot: "ab12cd34", bytes: 1_468_006, added: 2048, seconds: 4 };
const REFUSED = {
  ok: false,
  task: "backup",
  reason: "store-refused",
  message: "The backup store refuses the key pair.",
};

describe("The status of the backups", () => {
  const backup = (options: Parameters<typeof cron>[1], jobs: V1Job[] = [], given = facts()) =>
    backupStatus([cron("backup", options)], jobs, given);
  const success = { lastSuccessfulTime: ago(9 * HOUR), lastScheduleTime: ago(9 * HOUR + 1) };
  const made = { configured: true, maxAgeHours: 36, overdue: false, lastSuccess: ago(9 * HOUR).toISOString() };

  it("is that none are configured", () => {
    assert.deepStrictEqual(backupStatus([], [], facts()), { configured: false, ok: true, reasons: [] });
  });
  it("is good when the newest came to its end, with its time and size", () => {
    const jobs = [run("backup", "old", { minutes: 33 * HOUR, type: "Complete" })];
    jobs.push(run("backup", "new", { minutes: 9 * HOUR, type: "Complete" }));
    const pods = [podOf("old", { ...GOOD, bytes: 1 }), podOf("new", GOOD)];
    assert.deepStrictEqual(backup({ status: success }, jobs, facts({ pods })), {
      ...made,
      ok: true,
      bytes: 1_468_006,
      reasons: [],
    });
  });
  it("has no size when the newest one's pod, or all of its Job, is gone", () => {
    const jobs = [run("backup", "old", { minutes: 33 * HOUR, type: "Complete" })];
    const pods = [podOf("old", GOOD)];
    const gone = { ...made, ok: true, reasons: [] };
    assert.deepStrictEqual(backup({ status: success }, jobs, facts({ pods })), gone);
    jobs.push(run("backup", "new", { minutes: 9 * HOUR, type: "Complete" }));
    assert.deepStrictEqual(backup({ status: success }, jobs, facts({ pods })), gone);
  });
  it("counts one that was made by hand, before its CronJob has noted it down", () => {
    const jobs = [run("backup", "mysql-backup-manual-1", { minutes: 2, type: "Complete" })];
    const pods = [podOf("mysql-backup-manual-1", GOOD)];
    const { lastSuccess, bytes } = backup({ status: success }, jobs, facts({ pods }));
    assert.deepStrictEqual([lastSuccess, bytes], [ago(2).toISOString(), 1_468_006]);
  });
  it("is good while a stack that has just got them has none yet", () => {
    const none = { configured: true, ok: true, maxAgeHours: 36, overdue: false, note: "none yet", reasons: [] };
    assert.deepStrictEqual(backup({ made: 35 * HOUR }), none);
  });
  it("is good while one runs, with what keeps that from running", () => {
    const about = { kind: "Job", name: "new" };
    const warnings = [{ about, reason: "FailedCreate", message: "exceeded quota", lastMs: 1 }];
    const jobs = [run("backup", "new")];
    assert.deepStrictEqual(backup({ status: success }, jobs, facts({ warnings })), {
      ...made,
      ok: true,
      note: "one runs now",
      reasons: ["exceeded quota"],
    });
    const running = { lastScheduleTime: ago(1), active: [{}] };
    assert.deepStrictEqual(backup({ status: running, made: 2 }).note, "none yet, one runs now");
  });

  describe("is bad", () => {
    it("when the last run failed, with the sentence that it said", () => {
      const jobs = [run("backup", "old", { minutes: 9 * HOUR, type: "Complete" })];
      jobs.push(run("backup", "new", { minutes: 20, type: "Failed", reason: "BackoffLimitExceeded" }));
      const pods = [podOf("old", GOOD), podOf("new", REFUSED, 1, "Error")];
      const logs = new Map([["new-x", JSON.stringify(REFUSED)]]);
      assert.deepStrictEqual(backup({ status: success }, jobs, facts({ pods, logs })), {
        ...made,
        ok: false,
        bytes: 1_468_006,
        problem: "the last run failed: The backup store refuses the key pair",
        reasons: [],
      });
    });
    it("when it had no time for a sentence, with what Kubernetes knows and the last line of its log", () => {
      const jobs = [run("backup", "new", { minutes: 20, type: "Failed" })];
      const pods = [podOf("new", undefined, 137, "OOMKilled")];
      const logs = new Map([["new-x", "[backup] dumping shop"]]);
      const { problem, reasons } = backup({ status: success }, jobs, facts({ pods, logs }));
      assert.deepStrictEqual(
        [problem, reasons],
        [
          "the last run failed: Its pod failed: container backup was killed: it used more memory than its limit (exit code 137)",
          ["| [backup] dumping shop"],
        ],
      );
    });
    it("when it did not end in time, and its pod with it", () => {
      const jobs = [run("backup", "new", { minutes: 20, type: "Failed", reason: "DeadlineExceeded" })];
      const { problem, reasons } = backup({ status: success }, jobs);
      assert.deepStrictEqual([problem, reasons], ["the last run failed: It did not end within its time limit", []]);
    });
    it("when its Job was taken away before its end", () => {
      const status = { ...success, lastScheduleTime: ago(60) };
      assert.deepStrictEqual(backup({ status }).problem, "the last run failed: its Job is gone");
    });
    it("until the next one is good, and not any longer", () => {
      const jobs = [run("backup", "bad", { minutes: 20, type: "Failed", reason: "DeadlineExceeded" })];
      const running = backup({ status: success }, [...jobs, run("backup", "new")]);
      const good = backup({ status: success }, [...jobs, run("backup", "new", { minutes: 1, type: "Complete" })]);
      assert.deepStrictEqual(
        [running.ok, running.note, good.ok, good.problem],
        [false, "one runs now", true, undefined],
      );
    });
    it("when the newest one is too old, or there has been none for as long", () => {
      const status = { lastSuccessfulTime: ago(37 * HOUR), lastScheduleTime: ago(37 * HOUR) };
      const problem = "overdue: none for more than 36 hours";
      assert.deepStrictEqual(
        [backup({ status }), backup({ made: 37 * HOUR })],
        [
          { ...made, ok: false, overdue: true, lastSuccess: ago(37 * HOUR).toISOString(), problem, reasons: [] },
          { configured: true, maxAgeHours: 36, ok: false, overdue: true, note: "none yet", problem, reasons: [] },
        ],
      );
    });
    it("when it is overdue and failed and is suspended, all at once", () => {
      const jobs = [run("backup", "new", { minutes: 20, type: "Failed", reason: "DeadlineExceeded" })];
      assert.deepStrictEqual(
        backup({ suspend: true }, jobs).problem,
        "suspended: none are made; overdue: none for more than 36 hours; the last run failed: It did not end within its time limit",
      );
    });
  });

  it("knows no limit where the stack has written none down", () => {
    for (const annotations of [{}, { "flask-doks/max-age-hours": "soon" }]) {
      const old = cron("backup", { status: { lastSuccessfulTime: ago(90 * DAY) } });
      old.metadata = Object.assign({}, old.metadata, { annotations });
      assert.deepStrictEqual(backupStatus([old], [], facts()), {
        configured: true,
        ok: true,
        lastSuccess: ago(90 * DAY).toISOString(),
        reasons: [],
      });
    }
  });
});

describe("The status of the restore test", () => {
  const test = (options: Parameters<typeof cron>[1], jobs: V1Job[] = [], given = facts()) =>
    restoreTestStatus([cron("backup"), cron("restore-test", options)], jobs, given);
  const success = { lastSuccessfulTime: ago(9 * DAY), lastScheduleTime: ago(9 * DAY + 1) };
  const passed = { overdue: false, lastSuccess: ago(9 * DAY).toISOString() };
  const PASSED = { ok: true, task: "restore-test", snapshot: "ab12cd34", tables: 3, rows: 1200, seconds: 30 };

  it("is none where nothing is tested", () => {
    assert.deepStrictEqual(restoreTestStatus([cron("backup")], [], facts()), undefined);
  });
  it("is good when the newest one was, with its time and rows, whatever became of backups", () => {
    const jobs = [run("restore-test", "good", { minutes: 9 * DAY, type: "Complete" })];
    jobs.push(run("backup", "new", { minutes: 20, type: "Failed" }));
    const pods = [podOf("good", PASSED)];
    assert.deepStrictEqual(test({ status: success }, jobs, facts({ pods })), {
      ...passed,
      ok: true,
      rows: 1200,
      reasons: [],
    });
  });
  it("is good while there was none yet", () => {
    assert.deepStrictEqual(test({ made: 14 * DAY }), { ok: true, overdue: false, note: "none yet", reasons: [] });
  });
  it("is bad when the newest one failed, with the sentence that it said", () => {
    const message = "What was restored from the backup ab12cd34 is not what was dumped.";
    const jobs = [run("restore-test", "good", { minutes: 9 * DAY, type: "Complete" })];
    jobs.push(run("restore-test", "bad", { minutes: 2 * DAY, type: "Failed" }));
    const pods = [podOf("good", PASSED), podOf("bad", { ok: false, reason: "restore-differs", message }, 1, "Error")];
    assert.deepStrictEqual(test({ status: success }, jobs, facts({ pods })), {
      ...passed,
      ok: false,
      rows: 1200,
      problem: "the last run failed: What was restored from the backup ab12cd34 is not what was dumped",
      reasons: [],
    });
  });
  it("is bad when two of them are missing", () => {
    const { ok, overdue, problem } = test({ made: 16 * DAY }) ?? {};
    assert.deepStrictEqual([ok, overdue, problem], [false, true, "overdue: none for more than 15 days"]);
  });
});

describe("The limits of the status", () => {
  it("are the stack's: that of backups as config has it, that of restore tests as the monitor has it", async () => {
    const deployed = await deploy(
      () => new AppDatabase("db", { ...DATABASE_ARGS, backup: { ...BACKUP_PLAN, maxAgeHours: 7 } }),
    );
    const cronJobs = manifests(deployed).filter(({ kind }) => kind === "CronJob") as unknown as V1CronJob[];
    assert.deepStrictEqual(backupStatus(cronJobs, [], facts()).maxAgeHours, 7);
    const monitor = workloads(manifests(deployed)).find(({ name }) => name === "backup-monitor")?.pod.containers[0];
    const seconds = Number(monitor?.env?.find(({ name }) => name === "RESTORE_TEST_MAX_AGE_SECONDS")?.value);
    const overdue = (made: number) => restoreTestStatus([cron("restore-test", { made })], [], facts())?.overdue;
    assert.deepStrictEqual([overdue(seconds / 60), overdue(seconds / 60 + 1)], [false, true]);
  });
});
