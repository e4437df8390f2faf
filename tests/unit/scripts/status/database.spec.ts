import type { V1CronJob, V1PersistentVolumeClaim, V1StatefulSet } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { labels, selector } from "../../../../lib/labels";
import { databasesOf, databaseStatus } from "../../../../scripts/status/database";
import { changed, pattern } from "../data/patterns";
import { CRASHED, facts, pod } from "./podObjects";

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

describe("The databases of an app", () => {
  const MANAGED = {
    name: "managed MySQL",
    ok: true,
    host: "private-db.test",
    note: "not asked",
    reasons: [],
  };
  const IN_CLUSTER = { name: "MySQL", ok: true, volume: "20 GiB", reasons: [] };
  const found = (cronJobs: V1CronJob[], sets = [set(1)]) =>
    databasesOf(sets, sets.length === 0 ? [] : [claim("20Gi")], cronJobs, facts());
  const elsewhere = { DB_HOST: "private-db.test" };

  it("are the one in the cluster, with or without backups of it", () => {
    assert.deepStrictEqual(
      [found([]), found([pattern("backup")])],
      [{ database: IN_CLUSTER }, { database: IN_CLUSTER }],
    );
  });
  it("are one outside of the cluster, which is not asked, where it is backed up", () => {
    assert.deepStrictEqual(found([pattern("backup", elsewhere)], []), { database: MANAGED });
  });
  it("are that one and a spare in the cluster, where its data can be moved there", () => {
    assert.deepStrictEqual(found([pattern("move", elsewhere)]), { database: MANAGED, spareDatabase: IN_CLUSTER });
  });
  it("are none where there are none, or nothing tells of one outside of the cluster", () => {
    const own = pattern("backup", elsewhere);
    const others = changed(own, { metadata: { name: "report", labels: labels("shop", "web") } });
    assert.deepStrictEqual([found([], []), found([others], [])], [{}, {}]);
  });
});
