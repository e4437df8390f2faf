import assert from "node:assert/strict";
import { ago, complete, cronJob, failed, job, pod, said, secondsOf, type Thing } from "./fakeApi";
import { MAX_AGE_SECONDS, Monitored, RESTORE_TEST_MAX_AGE_SECONDS } from "./monitored";

const DAY = 86400;
const installed = ago(30 * DAY);
const limits = {
  backup_max_age_seconds: MAX_AGE_SECONDS,
  restore_test_max_age_seconds: RESTORE_TEST_MAX_AGE_SECONDS,
};
const quiet = { backup_monitor_api_errors_total: 0 };
const backup = { ok: true, task: "backup", snapshot: "ab12", bytes: 123456, added: 2345, snapshots: 5, seconds: 3 };
const restoreTest = { ok: true, task: "restore-test", snapshot: "ab12", tables: 3, rows: 1234, seconds: 9 };
const unreachable = {
  ok: false,
  task: "backup",
  reason: "store-unreachable",
  message: "The backup store does not answer: connection refused.",
};
const figures = {
  backup_size_bytes: 123456,
  backup_added_bytes: 2345,
  backup_snapshots: 5,
  backup_duration_seconds: 3,
};

const reasonsOf = (metrics: Record<string, number>) => Object.keys(metrics).filter((name) => name.includes("_failed"));

describe("The backup monitor", () => {
  const monitored = Monitored.of();

  /** An app whose backups and restore tests are well, each last done at the time that is returned. */
  function allWell(): { backedUp: string; tested: string } {
    const [backedUp, tested] = [ago(7200), ago(2 * DAY)];
    Object.assign(monitored.api, {
      cronjobs: [cronJob("backup", installed), cronJob("restore-test", installed)],
      jobs: [
        job("backup", "b1", ago(7300), complete(backedUp)),
        job("restore-test", "r1", ago(2 * DAY + 60), complete(tested)),
      ],
      pods: [said("backup", "b1", backup, true), said("restore-test", "r1", restoreTest, true)],
    });
    return { backedUp, tested };
  }

  const add = (each: Thing, ...pods: Thing[]) => {
    monitored.api.jobs = [...monitored.api.jobs, each];
    monitored.api.pods = [...monitored.api.pods, ...pods];
  };

  it("shows the newest good backup and the newest good restore test", async () => {
    const { backedUp, tested } = allWell();
    add(job("backup", "b0", ago(DAY), complete(ago(DAY - 60))), said("backup", "b0", { ...backup, bytes: 1 }, true));
    add(job("backup", "b2", ago(10)));
    const monitor = await monitored.start();
    assert.deepStrictEqual(await monitor.metrics(), {
      ...limits,
      ...figures,
      ...quiet,
      backup_last_success_timestamp_seconds: secondsOf(backedUp),
      backup_last_attempt_succeeded: 1,
      backup_overdue: 0,
      restore_test_last_success_timestamp_seconds: secondsOf(tested),
      restore_test_last_attempt_succeeded: 1,
      restore_test_overdue: 0,
      restore_test_rows: 1234,
      restore_test_duration_seconds: 9,
    });
    assert.deepStrictEqual([monitored.api.posts, monitored.api.strange], [0, []]);
    await monitor.says();
  });

  it("knows of no attempt where none has ended yet", async () => {
    monitored.api.cronjobs = [cronJob("backup", ago(60)), cronJob("restore-test", ago(60))];
    monitored.api.jobs = [job("backup", "b1", ago(10), {})];
    const monitor = await monitored.start();
    assert.deepStrictEqual(await monitor.metrics(), {
      ...limits,
      ...quiet,
      backup_last_success_timestamp_seconds: 0,
      backup_overdue: 0,
      restore_test_last_success_timestamp_seconds: 0,
      restore_test_overdue: 0,
    });
    assert.deepStrictEqual(monitored.api.posts, 0);
  });

  it("says nothing of restore tests where none are expected", async () => {
    allWell();
    for (const RESTORE_TEST_MAX_AGE_SECONDS of [undefined, "0"]) {
      const monitor = await monitored.start({ RESTORE_TEST_MAX_AGE_SECONDS });
      assert.deepStrictEqual(
        Object.keys(await monitor.metrics()).filter((name) => name.startsWith("restore")),
        [],
      );
    }
  });

  it("takes the time of the last backup from its CronJob when its Job is gone", async () => {
    const lastSuccessfulTime = ago(3600);
    monitored.api.cronjobs = [cronJob("backup", installed, { lastSuccessfulTime })];
    monitored.api.jobs = [job("backup", "b1", ago(7300), failed(ago(7200)))];
    const metrics = await (await monitored.start()).metrics();
    assert.deepStrictEqual(metrics["backup_last_success_timestamp_seconds"], secondsOf(lastSuccessfulTime));
    assert.deepStrictEqual([metrics["backup_last_attempt_succeeded"], reasonsOf(metrics)], [1, []]);
  });

  it("tells of a failed backup by its reason, and once by an Event and a line", async () => {
    const { backedUp } = allWell();
    const monitor = await monitored.start();
    add(job("backup", "b2", ago(70), failed(ago(50))), said("backup", "b2", unreachable, false));
    await monitored.api.seen();
    const metrics = await monitor.metrics();
    assert.deepStrictEqual(reasonsOf(metrics), ['backup_failed{reason="store-unreachable"}']);
    assert.deepStrictEqual(metrics['backup_failed{reason="store-unreachable"}'], 1);
    assert.deepStrictEqual(
      [metrics["backup_last_attempt_succeeded"], metrics["restore_test_last_attempt_succeeded"]],
      [0, 1],
    );
    assert.deepStrictEqual(metrics["backup_last_success_timestamp_seconds"], secondsOf(backedUp));
    assert.deepStrictEqual(metrics["backup_size_bytes"], 123456);
    await monitored.api.seen();
    const [event = {}] = monitored.api.events;
    const { firstTimestamp, lastTimestamp } = event as Record<string, string>;
    assert.ok(Math.abs(secondsOf(firstTimestamp ?? "") - Date.now() / 1000) < 10);
    assert.deepStrictEqual(event, {
      metadata: { name: "backup-failed-b2" },
      involvedObject: {
        apiVersion: "batch/v1",
        kind: "CronJob",
        name: "backup",
        namespace: "app-blog",
        uid: "uid-of-cronjob-backup",
      },
      type: "Warning",
      reason: "BackupFailed",
      message: unreachable.message,
      source: { component: "flask-doks-backup-monitor" },
      firstTimestamp,
      lastTimestamp: firstTimestamp,
      count: 1,
    });
    assert.deepStrictEqual(lastTimestamp, firstTimestamp);
    assert.deepStrictEqual(monitored.api.posts, 1);
    assert.deepStrictEqual(
      (await monitor.lines(1)).map(({ level, message, reason }) => [level, message, reason]),
      [["warning", unreachable.message, "BackupFailed"]],
    );
  });

  it("takes a failure back when the next backup is good, and says so", async () => {
    allWell();
    add(job("backup", "b2", ago(70), failed(ago(50))), said("backup", "b2", unreachable, false));
    const monitor = await monitored.start();
    assert.deepStrictEqual((await monitor.metrics())["backup_last_attempt_succeeded"], 0);
    add(job("backup", "b3", ago(40), complete(ago(20))), said("backup", "b3", { ...backup, snapshots: 6 }, true));
    await monitored.api.seen();
    const metrics = await monitor.metrics();
    assert.deepStrictEqual(
      [metrics["backup_last_attempt_succeeded"], metrics["backup_snapshots"], reasonsOf(metrics)],
      [1, 6, []],
    );
    await monitor.says(unreachable.message, "the backup is good again");
  });

  it("tells of a failed restore test, and leaves the backups alone", async () => {
    allWell();
    const message = "What the backup store holds is damaged.";
    const result = { ok: false, task: "restore-test", reason: "corrupt", message };
    add(job("restore-test", "r2", ago(70), failed(ago(50))), said("restore-test", "r2", result, false));
    const metrics = await (await monitored.start()).metrics();
    assert.deepStrictEqual(reasonsOf(metrics), ['restore_test_failed{reason="corrupt"}']);
    assert.deepStrictEqual(
      [metrics["restore_test_last_attempt_succeeded"], metrics["backup_last_attempt_succeeded"]],
      [0, 1],
    );
    assert.deepStrictEqual(
      monitored.api.events.map(({ reason, message, involvedObject }) => [
        reason,
        message,
        (involvedObject as Thing)["name"],
      ]),
      [["RestoreTestFailed", message, "restore-test"]],
    );
  });

  it("keeps what came of a Job when its pods are gone, and the figures when it is gone as well", async () => {
    allWell();
    add(job("backup", "b2", ago(70), failed(ago(50))), said("backup", "b2", unreachable, false));
    const monitor = await monitored.start();
    const before = await monitor.metrics();
    monitored.api.pods = [];
    await monitored.api.seen();
    assert.deepStrictEqual(await monitor.metrics(), before);
    assert.deepStrictEqual([monitored.api.posts, before["backup_size_bytes"]], [1, 123456]);
    monitored.api.jobs = [];
    await monitored.api.seen();
    const after = await monitor.metrics();
    assert.deepStrictEqual([after["backup_last_attempt_succeeded"], after["backup_size_bytes"]], [1, 123456]);
  });

  it("takes the word of the pod that ended as its Job did, and the newest one's", async () => {
    monitored.api.cronjobs = [cronJob("backup", installed)];
    add(
      job("backup", "b1", ago(90), complete(ago(20))),
      said("backup", "b1", unreachable, false, ago(30)),
      said("backup", "b1", backup, true, ago(40)),
    );
    const monitor = await monitored.start();
    assert.deepStrictEqual((await monitor.metrics())["backup_size_bytes"], 123456);
    const refused = { ...unreachable, reason: "store-refused" };
    add(
      job("backup", "b2", ago(19), failed(ago(5))),
      said("backup", "b2", refused, false, ago(8)),
      said("backup", "b2", unreachable, false, ago(18)),
    );
    await monitored.api.seen();
    assert.deepStrictEqual(reasonsOf(await monitor.metrics()), ['backup_failed{reason="store-refused"}']);
  });

  it("takes a backup that says that it failed for a failure, even where its Job does not", async () => {
    monitored.api.cronjobs = [cronJob("backup", installed)];
    add(job("backup", "b1", ago(90), complete(ago(20))), said("backup", "b1", unreachable, true));
    const metrics = await (await monitored.start()).metrics();
    assert.deepStrictEqual(reasonsOf(metrics), ['backup_failed{reason="store-unreachable"}']);
    assert.deepStrictEqual(metrics["backup_last_success_timestamp_seconds"], 0);
  });

  const stopped = { ...unreachable, reason: "stopped", message: "The task was stopped before its end." };
  const deadline = failed(ago(20), "DeadlineExceeded", "Job was active longer than specified deadline");
  const pulling = { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } };
  const evicted = {
    phase: "Failed",
    reason: "Evicted",
    message: "The node was low on resource: memory.",
    containerStatuses: [],
  };
  const killed = { terminated: { exitCode: 137, reason: "OOMKilled" } };
  const limit = "The backup did not end within its time limit.";
  const mute: [title: string, status: Thing, pods: Thing[], reason: string, message: string][] = [
    ["that did not end in time", deadline, [], "deadline", limit],
    ["that was stopped at its limit", deadline, [said("backup", "b1", stopped, false)], "deadline", limit],
    ["whose image could not be pulled in time", deadline, [pod("backup", "b1", pulling)], "deadline", limit],
    [
      "that went wrong at its limit",
      deadline,
      [said("backup", "b1", unreachable, false)],
      "store-unreachable",
      unreachable.message,
    ],
    [
      "whose image cannot be pulled",
      failed(ago(20)),
      [pod("backup", "b1", pulling)],
      "failed",
      "The backup failed: ImagePullBackOff: Back-off pulling image",
    ],
    [
      "whose pod was evicted",
      failed(ago(20)),
      [pod("backup", "b1", {}, evicted)],
      "failed",
      "The backup failed: Evicted: The node was low on resource: memory.",
    ],
    [
      "that was killed for its memory",
      failed(ago(20)),
      [pod("backup", "b1", killed)],
      "failed",
      "The backup failed: OOMKilled: exit status 137",
    ],
    [
      "that failed after good words",
      failed(ago(20)),
      [said("backup", "b1", { ...unreachable, ok: true }, false)],
      "failed",
      "The backup failed: Error: exit status 1",
    ],
    ["whose pod is gone", failed(ago(20)), [], "failed", "The backup failed: BackoffLimitExceeded: too often"],
  ];
  for (const [title, status, pods, reason, message] of mute) {
    it(`finds words for a backup ${title}`, async () => {
      monitored.api.cronjobs = [cronJob("backup", installed)];
      add(job("backup", "b1", ago(600), status), ...pods);
      const metrics = await (await monitored.start({ MAX_AGE_SECONDS: String(60 * DAY) })).metrics();
      assert.deepStrictEqual(reasonsOf(metrics), [`backup_failed{reason="${reason}"}`]);
      assert.deepStrictEqual(
        monitored.api.events.map((event) => event["message"]),
        [message],
      );
    });
  }
});
