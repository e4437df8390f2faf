import type {
  V1CronJob,
  V1CronJobStatus,
  V1Job,
  V1PersistentVolumeClaim,
  V1StatefulSet,
} from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { labels, selector } from "../../../../lib/labels";
import { backupStatus, databaseStatus } from "../../../../scripts/status/database";
import { ago, CRASHED, facts, pod } from "./podObjects";

const set = (readyReplicas: number): V1StatefulSet => ({
  metadata: { name: "mysql", uid: "uid-of-mysql", labels: labels("shop", "database") },
  spec: { replicas: 1, selector: { matchLabels: selector("shop", "database") }, serviceName: "mysql", template: {} },
  status: { replicas: 1, readyReplicas },
});
const claim = (capacity: string | undefined, wanted = "20Gi"): V1PersistentVolumeClaim => ({
  metadata: { name: "mysql-data", uid: "uid-of-claim", labels: labels("shop", "database") },
  spec: { resources: { requests: { storage: wanted } } },
  status: capacity === undefined ? { phase: "Pending" } : { phase: "Bound", capacity: { storage: capacity } },
});

describe("The status of the database", () => {
  it("is good when it is ready, with its volume's size", () => {
    assert.deepStrictEqual(databaseStatus([set(1)], [claim("20Gi")], facts()), {
      name: "MySQL",
      ok: true,
      volume: "20 GiB",
      reasons: [],
    });
  });
  it("tells what its volume grows to", () => {
    assert.deepStrictEqual(databaseStatus([set(1)], [claim("20Gi", "30Gi")], facts())?.volume, "20 GiB, to be 30 GiB");
  });
  it("is bad when it is not ready, with what its pod says", () => {
    const pods = [pod("mysql-0", "database", CRASHED)];
    const logs = new Map([["mysql-0", "No space left on device"]]);
    const { ok, problem, reasons } = databaseStatus([set(0)], [claim("20Gi")], facts({ pods, logs })) ?? {};
    assert.deepStrictEqual(
      [ok, problem, reasons],
      [
        false,
        "not ready: 0 of 1 pod ready",
        ["mysql-0: container shop ended (exit code 1)", "| No space left on device"],
      ],
    );
  });
  it("is bad when its volume is not there yet, with the last warning about it, or gone", () => {
    const about = { kind: "PersistentVolumeClaim", name: "mysql-data", uid: "uid-of-claim" };
    const warnings = [{ about, reason: "ProvisioningFailed", message: "volume limit exceeded", lastMs: 1 }];
    const waiting = databaseStatus([set(0)], [claim(undefined)], facts({ warnings }));
    assert.deepStrictEqual(
      [waiting?.problem, waiting?.reasons, databaseStatus([set(0)], [], facts())?.problem],
      ["its volume is not there yet", ["volume limit exceeded"], "its volume is gone"],
    );
  });
  it("is none for an app without one", () => {
    assert.deepStrictEqual(databaseStatus([], [], facts()), undefined);
  });
});

describe("The status of the backups", () => {
  const cron = (status: V1CronJobStatus, suspend = false): V1CronJob => ({
    metadata: { name: "backup", uid: "uid-of-backup", labels: { "app.kubernetes.io/component": "backup" } },
    spec: { schedule: "0 3 * * *", suspend, jobTemplate: {} },
    status,
  });
  const backup = (status: V1CronJobStatus, suspend?: boolean, jobs: V1Job[] = [], given = facts()) =>
    backupStatus([cron(status, suspend)], jobs, given);

  it("is that none are configured", () => {
    assert.deepStrictEqual(backupStatus([], [], facts()), { configured: false, ok: true, reasons: [] });
  });
  it("is good when the last run came to its end, with its time", () => {
    assert.deepStrictEqual(backup({ lastScheduleTime: ago(600), lastSuccessfulTime: ago(598) }), {
      configured: true,
      ok: true,
      lastSuccess: ago(598).toISOString(),
      reasons: [],
    });
  });
  it("is good before the first run is due, and while one runs", () => {
    const running = { lastScheduleTime: ago(1), lastSuccessfulTime: ago(1441), active: [{}] };
    assert.deepStrictEqual([backup({}).note, backup(running).note], ["none made yet: not due", "one runs now"]);
  });
  it("is bad when the last run failed, with the last line of its log and the last success", () => {
    const matchLabels = { "batch.kubernetes.io/controller-uid": "run" };
    const ownerReferences = [{ apiVersion: "batch/v1", kind: "CronJob", name: "backup", uid: "uid-of-backup" }];
    const job: V1Job = {
      metadata: { creationTimestamp: ago(60), ownerReferences },
      spec: { selector: { matchLabels }, template: {} },
    };
    const run = pod("backup-1", "web", { ready: false, state: { terminated: { exitCode: 2 } } });
    run.metadata = { name: "backup-1", labels: matchLabels };
    const logs = new Map([["backup-1", "AccessDenied"]]);
    const status = { lastScheduleTime: ago(60), lastSuccessfulTime: ago(1500) };
    assert.deepStrictEqual(backup(status, false, [job], facts({ pods: [run], logs })), {
      configured: true,
      ok: false,
      lastSuccess: ago(1500).toISOString(),
      problem: "the last run failed",
      reasons: ["backup-1: container shop ended (exit code 2)", "| AccessDenied"],
    });
  });
  it("is bad when they are suspended", () => {
    assert.deepStrictEqual(backup({}, true).problem, "suspended: none are made");
  });
});
