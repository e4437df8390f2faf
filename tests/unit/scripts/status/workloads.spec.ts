import type { V1Job } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { labels } from "../../../../lib/labels";
import {
  daemonSetStatus,
  deploymentStatus,
  migrationStatus,
  statefulSetStatus,
} from "../../../../scripts/status/workloads";
import { ago, CRASHED, deployment, facts, pod } from "./podObjects";

const QUIET = { lastHour: 0, exact: true };
const common = { name: "web", kind: "Deployment", wanted: 2 };

describe("The status of a Deployment", () => {
  it("is good when all its pods are ready", () => {
    const pods = [pod("shop-1", "web"), pod("shop-2", "web")];
    assert.deepStrictEqual(
      deploymentStatus("web", deployment({ readyReplicas: 2, updatedReplicas: 2 }), facts({ pods })),
      { ...common, ok: true, ready: 2, restarts: QUIET, reasons: [] },
    );
  });
  it("is good while a new release rolls out, and says so", () => {
    const { ok, note } = deploymentStatus("web", deployment({ readyReplicas: 2, updatedReplicas: 1 }), facts());
    assert.deepStrictEqual([ok, note], [true, "a new release is coming: 1 of 2 pods are new"]);
  });
  it("is bad when a pod is missing, with what that pod says and the last line of its log", () => {
    const pods = [pod("shop-1", "web"), pod("shop-2", "web", CRASHED), pod("mysql-0", "database", CRASHED)];
    const logs = new Map([["shop-2", "KeyError: 'SECRET_KEY'"]]);
    assert.deepStrictEqual(
      deploymentStatus("web", deployment({ readyReplicas: 1, updatedReplicas: 2 }), facts({ pods, logs })),
      {
        ...common,
        ok: false,
        ready: 1,
        restarts: { lastHour: 1, exact: false },
        problem: "1 of 2 pods ready",
        reasons: ["shop-2: container shop ended (exit code 1)", "| KeyError: 'SECRET_KEY'"],
      },
    );
  });
  it("has the breach of what an app must do, and where to read on", () => {
    const pods = [pod("shop-1", "web", CRASHED), pod("shop-2", "web", CRASHED)];
    const breaches = new Map([["shop-2", { name: "exits-at-once", text: "It ended at once." } as const]]);
    const logs = new Map([["shop-1", "bye"]]);
    assert.deepStrictEqual(deploymentStatus("web", deployment({}), facts({ pods, logs, breaches })).reasons, [
      "shop-1: container shop ended (exit code 1) (and 1 more pod)",
      "exits-at-once: It ended at once. See docs/your-app.md#exits-at-once",
      "| bye",
    ]);
  });
  it("has the pod's last warning where there is no log", () => {
    const pods = [pod("shop-1", "web", { ready: false, state: { waiting: { reason: "ContainerCreating" } } })];
    const about = { kind: "Pod", name: "shop-1", uid: "uid-of-shop-1" };
    const warnings = [{ about, reason: "FailedMount", message: 'secret "shop" not found', lastMs: 1 }];
    assert.deepStrictEqual(deploymentStatus("web", deployment({}, 1), facts({ pods, warnings })).reasons, [
      "shop-1: container shop has not started yet: ContainerCreating",
      '| secret "shop" not found',
    ]);
  });
  it("counts pods with the same trouble, and names no more than three troubles", () => {
    const ended = (exitCode: number) => ({ ready: false, state: { terminated: { exitCode } } });
    const pods = [1, 1, 1, 2, 3, 4].map((code, index) => pod(`shop-${index}`, "web", ended(code)));
    assert.deepStrictEqual(deploymentStatus("web", deployment({}, 6), facts({ pods })).reasons, [
      "shop-0: container shop ended (exit code 1) (and 2 more pods)",
      "shop-3: container shop ended (exit code 2)",
      "shop-4: container shop ended (exit code 3)",
      "and 1 more",
    ]);
  });
  it("has the warning of its ReplicaSet where no pod could be made", () => {
    const about = { kind: "ReplicaSet", name: "shop-5d9", uid: "u" };
    const warnings = [{ about, reason: "FailedCreate", message: "exceeded quota: small", lastMs: 1 }];
    const { problem, reasons } = deploymentStatus("web", deployment({}), facts({ warnings }));
    assert.deepStrictEqual([problem, reasons], ["0 of 2 pods ready", ["exceeded quota: small"]]);
  });
  it("is bad when a new release does not get ready in its time, though the old one serves", () => {
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    const { ok, problem } = deploymentStatus(
      "web",
      deployment({ readyReplicas: 2, updatedReplicas: 1, conditions }),
      facts(),
    );
    assert.deepStrictEqual([ok, problem], [false, "the new release does not get ready; the old one serves on"]);
  });
  it("is good at no pods, when none are wanted", () => {
    assert.deepStrictEqual(deploymentStatus("web", deployment({}, 0), facts()).ok, true);
  });
});

describe("The restarts of the last hour", () => {
  const restarts = (restartCount: number, finished: Date, started: Date) => {
    const lastState = { terminated: { exitCode: 1, finishedAt: finished } };
    const pods = [pod("shop-1", "web", { restartCount, lastState }, started)];
    return deploymentStatus("web", deployment({ readyReplicas: 1 }, 1), facts({ pods })).restarts;
  };
  it("are all those of a pod that is younger", () => {
    assert.deepStrictEqual(restarts(3, ago(5), ago(30)), { lastHour: 3, exact: true });
  });
  it("are at least the last one of an older pod, and exactly that where there was no other", () => {
    assert.deepStrictEqual(
      [restarts(3, ago(5), ago(300)), restarts(1, ago(5), ago(300))],
      [
        { lastHour: 1, exact: false },
        { lastHour: 1, exact: true },
      ],
    );
  });
  it("are none where the last one is longer ago", () => {
    assert.deepStrictEqual(restarts(3, ago(90), ago(300)), QUIET);
  });
});

describe("The status of a set", () => {
  const selector = { matchLabels: labels("shop", "database") };
  it("counts the pods of a StatefulSet, and has its own warning where none could be made", () => {
    const set = {
      metadata: { name: "cache", uid: "u" },
      spec: { replicas: 3, selector, serviceName: "", template: {} },
    };
    const warnings = [
      { about: { kind: "StatefulSet", name: "cache", uid: "u" }, reason: "F", message: "no quota", lastMs: 1 },
    ];
    const { ok, ready, wanted, reasons } = statefulSetStatus("cache", set, facts({ warnings }));
    assert.deepStrictEqual([ok, ready, wanted, reasons], [false, 0, 3, ["no quota"]]);
    const good = statefulSetStatus("cache", { ...set, status: { replicas: 3, readyReplicas: 3 } }, facts());
    assert.deepStrictEqual([good.ok, good.kind], [true, "StatefulSet"]);
  });
  it("counts the nodes of a DaemonSet", () => {
    const counts = { currentNumberScheduled: 3, numberMisscheduled: 0, desiredNumberScheduled: 3, numberReady: 2 };
    const { ok, problem, kind } = daemonSetStatus("traefik", { status: counts }, facts());
    assert.deepStrictEqual([ok, problem, kind], [false, "2 of 3 pods ready", "DaemonSet"]);
  });
});

describe("The status of the migration", () => {
  const job = (minutes: number, status: V1Job["status"]): V1Job => ({
    metadata: { creationTimestamp: ago(minutes), labels: labels("shop", "migration") },
    spec: { selector: { matchLabels: labels("shop", "migration") }, template: {} },
    ...(status === undefined ? {} : { status }),
  });
  const FAILED = { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] };
  it("is that of the newest one: failed, with the last line of its log", () => {
    const pods = [pod("m-1", "migration", { ready: false, state: { terminated: { exitCode: 1 } } })];
    const logs = new Map([["m-1", "Table 'posts' already exists"]]);
    const { ok, problem, reasons } =
      migrationStatus([job(90, { succeeded: 1 }), job(5, FAILED)], facts({ pods, logs })) ?? {};
    assert.deepStrictEqual(
      [ok, problem, reasons],
      [
        false,
        "failed: BackoffLimitExceeded",
        ["m-1: container shop ended (exit code 1)", "| Table 'posts' already exists"],
      ],
    );
  });
  it("says that one runs", () => {
    const { ok, note } = migrationStatus([job(1, { active: 1 })], facts()) ?? {};
    assert.deepStrictEqual([ok, note], [true, "runs"]);
  });
  it("is none when the newest one is done, or there is none", () => {
    assert.deepStrictEqual(
      [migrationStatus([job(5, FAILED), job(1, { succeeded: 1 })], facts()), migrationStatus([], facts())],
      [undefined, undefined],
    );
  });
});
