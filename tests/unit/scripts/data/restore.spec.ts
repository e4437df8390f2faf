import assert from "node:assert/strict";
import { Interrupted } from "../../../../local/engine/operation";
import { UserError } from "../../../../local/steps";
import { StaysDown } from "../../../../scripts/data/inMaintenance";
import { REPLICAS_BEFORE } from "../../../../scripts/data/maintenanceMark";
import { runRestore, type Restored, type RestoreOptions } from "../../../../scripts/data/restore";
import { FakeCluster, type Outcome, type Play } from "./fakeCluster";
import { changed } from "./patterns";

const failed = (reason: string, message: string): Outcome => ({ word: { ok: false, reason, message } });
/** A restore that fails when the database is empty. */
const half: Outcome = {
  ...failed("failed", "Broken pipe."),
  log: ["[restore] restoring the backup ab12cd34 into blog"],
};

/** Where no safety backup can be made. */
const full: Play = (script) => (script === "backup.sh" ? failed("store-full", "There is no room left.") : undefined);
const WITHOUT =
  "So there is no safety backup, and nothing was changed. To restore without one, and with no way back: " +
  "npm run restore -- prod ab12cd34 --without-safety-backup --yes";

const SAFETY = "backup.sh safety";
const RESTORE = "restore.sh ab12cd34 blog";
const BACK = "restore.sh 5afe0001 blog";
const DOWN = ["mysql-backup rests", "blog has 0 pods"];
const UP = ["blog has 2 pods", "mysql-backup goes on"];

describe("Restoring a backup", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = new FakeCluster();
    await cluster.start();
  });
  afterEach(async () => {
    await cluster.stop();
  });

  const run = (signal?: AbortSignal, options: Partial<RestoreOptions> = {}): Promise<Restored> =>
    runRestore(cluster.access, { snapshot: "latest", ...options }, cluster.following(signal));

  /** The error that comes of it. */
  async function failure(play: Play, signal?: AbortSignal, options?: Partial<RestoreOptions>): Promise<Error> {
    cluster.play = play;
    return run(signal, options).then(
      () => assert.fail("it did not fail"),
      (error: unknown) => error as Error,
    );
  }

  const annotations = () => cluster.deployment.metadata?.annotations ?? {};

  it("stops the app, backs up, restores and starts the app, in this order", async () => {
    const { snapshot, tables, rows, safety, late } = await run();
    assert.deepStrictEqual(cluster.calls, [...DOWN, SAFETY, RESTORE, ...UP]);
    assert.deepStrictEqual(
      [snapshot.id, tables, rows, safety, late, annotations()],
      ["ab12cd34", 3, 1200, "5afe0001", undefined, {}],
    );
  });

  it("gives the number of pods back to whoever applies the Deployment, or the next change of it were refused", async () => {
    const applied = { manager: "pulumi", operation: "Apply", fieldsV1: { "f:spec": { "f:selector": {} } } };
    cluster.deployment = changed(cluster.deployment, {
      metadata: changed(cluster.deployment.metadata ?? {}, { managedFields: [applied] }),
    });
    await run();
    assert.deepStrictEqual(cluster.deployment.metadata?.managedFields, [
      { ...applied, fieldsV1: { "f:spec": { "f:selector": {}, "f:replicas": {} } } },
    ]);
  });

  it("does nothing for a backup that is not there, or while something else is at work", async () => {
    await assert.rejects(
      run(undefined, { snapshot: "0000" }),
      new UserError('There is no backup "0000". There are: ef56ab78, ab12cd34.'),
    );
    cluster.jobs.set("mysql-backup-1", {
      metadata: { name: "mysql-backup-1", labels: { "app.kubernetes.io/component": "backup" } },
      status: { active: 1 },
    });
    await assert.rejects(
      run(),
      /^UserError: Something is at work on the data of blog already: a backup, the Job mysql-backup-1\./,
    );
    assert.deepStrictEqual(cluster.calls, []);
  });

  it("has backups go on when one has begun at the last moment", async () => {
    const error = await failure((script) => {
      if (script !== "snapshots.sh") return undefined;
      cluster.jobs.set("mysql-backup-1", {
        metadata: { name: "mysql-backup-1", labels: { "app.kubernetes.io/component": "backup" } },
        status: { active: 1 },
      });
      return undefined;
    });
    assert.match(error.message, /the Job mysql-backup-1/);
    assert.deepStrictEqual(cluster.calls, ["mysql-backup rests", "mysql-backup goes on"]);
  });

  it("starts the app again when the safety backup fails, and says how to do without", async () => {
    const error = await failure(full);
    assert.deepStrictEqual(
      [error.message, cluster.calls],
      [`There is no room left. ${WITHOUT}`, [...DOWN, SAFETY, ...UP]],
    );
  });

  it("starts the app again when its pods do not end", async () => {
    cluster.ends = false;
    const error = await failure(() => undefined);
    assert.match(error.message, /^blog does not stop: blog-0, blog-1 still runs/);
    assert.deepStrictEqual(cluster.calls, [...DOWN, ...UP]);
  });

  it("starts the app again when the restore fails before anything is changed", async () => {
    const error = await failure((script) =>
      script === "restore.sh"
        ? { ...failed("corrupt", "It is damaged."), log: ["[restore] reading the backup"] }
        : undefined,
    );
    assert.deepStrictEqual(error.message, "The backup ab12cd34 was not restored. It is damaged. Nothing was changed.");
    assert.deepStrictEqual(cluster.calls, [...DOWN, SAFETY, RESTORE, ...UP]);
  });

  it("restores the safety backup when the restore fails half-way, and only then starts the app", async () => {
    const error = await failure((script, [snapshot]) =>
      script === "restore.sh" && snapshot === "ab12cd34" ? half : undefined,
    );
    assert.deepStrictEqual(
      error.message,
      "The backup ab12cd34 was not restored. Broken pipe. The database is again what it was before: 5afe0001 was restored.",
    );
    assert.deepStrictEqual(cluster.calls, [...DOWN, SAFETY, RESTORE, "restore.sh is stopped", BACK, ...UP]);
  });

  it("restores it as well when it is not known how far the restore was", async () => {
    const error = await failure((script, [snapshot]) =>
      script === "restore.sh" && snapshot === "ab12cd34"
        ? { ...failed("stopped", "It was stopped."), silent: true }
        : undefined,
    );
    assert.match(error.message, /It was stopped\. The database is again what it was before/);
    assert.deepStrictEqual(cluster.calls.slice(-3), [BACK, ...UP]);
  });

  it("leaves the app stopped when that fails as well, with the command to go on with", async () => {
    const error = await failure((script) => (script === "restore.sh" ? half : undefined));
    assert.match(error.message, /5afe0001 could not be restored either: Broken pipe\. blog stays stopped/);
    assert.match(error.message, /npm run restore -- prod 5afe0001 --yes$/);
    assert.deepStrictEqual(cluster.calls, [...DOWN, SAFETY, RESTORE, "restore.sh is stopped", BACK]);
    assert.deepStrictEqual(annotations()[REPLICAS_BEFORE], "2");
  });

  it("knows when it is run again how many pods there were, and that backups went on", async () => {
    await failure((script) => (script === "restore.sh" ? half : undefined));
    cluster.calls.length = 0;
    cluster.play = () => undefined;
    await run();
    assert.deepStrictEqual(cluster.calls, [SAFETY, RESTORE, ...UP]);
    assert.deepStrictEqual(annotations(), {});
  });

  it("does not start an app that an earlier run has left stopped when it fails itself", async () => {
    await failure((script) => (script === "restore.sh" ? half : undefined));
    cluster.calls.length = 0;
    const error = await failure((script) => (script === "backup.sh" ? failed("locked", "Locked.") : undefined));
    assert.deepStrictEqual(
      error.message,
      `Locked. ${WITHOUT} blog had been left stopped by an earlier run, and still is. To start it: ` +
        "npm run move -- prod --back",
    );
    assert.deepStrictEqual(cluster.calls, [SAFETY]);
  });

  it("takes a mark for stale on an app that has pods", async () => {
    const metadata = changed(cluster.deployment.metadata ?? {}, { annotations: { [REPLICAS_BEFORE]: "7" } });
    cluster.deployment = changed(cluster.deployment, { metadata });
    await run();
    assert.deepStrictEqual(cluster.calls, [...DOWN, SAFETY, RESTORE, ...UP]);
  });

  it("leaves backups suspended that were before", async () => {
    const backup = cluster.cronJobs.get("mysql-backup");
    assert.ok(backup);
    cluster.cronJobs.set("mysql-backup", changed(backup, { spec: changed(backup.spec, { suspend: true }) }));
    await run();
    assert.deepStrictEqual(cluster.cronJobs.get("mysql-backup")?.spec.suspend, true);
  });

  it("tells of an app that is not ready since, with what its pods say", async () => {
    cluster.healthy = false;
    const { late } = await run();
    assert.match(late ?? "", /^blog is started again, but not ready after .* container blog ended \(exit code 3\)\.$/);
    assert.deepStrictEqual(cluster.calls.slice(-2), UP);
  });

  describe("without a safety backup", () => {
    const ALONE = { safetyBackup: false };
    const DOWN_STILL =
      "There is no safety backup to go back to. blog stays stopped, for its database may be half empty, and its " +
      "scheduled backups rest.";
    const AGAIN = "npm run restore -- prod ab12cd34 --without-safety-backup --yes";

    it("makes none, though none could be made, and says so", async () => {
      cluster.play = full;
      const { tables, safety } = await run(undefined, ALONE);
      assert.deepStrictEqual([tables, safety, cluster.calls], [3, undefined, [...DOWN, RESTORE, ...UP]]);
      assert.ok(cluster.told.includes("What is there now is not kept: there is no way back."));
    });

    it("starts the app again when it fails before anything is changed", async () => {
      const damaged = { ...failed("corrupt", "It is damaged."), log: ["[restore] reading the backup"] };
      const error = await failure((script) => (script === "restore.sh" ? damaged : undefined), undefined, ALONE);
      assert.deepStrictEqual(
        error.message,
        "The backup ab12cd34 was not restored. It is damaged. Nothing was changed.",
      );
      assert.deepStrictEqual(cluster.calls, [...DOWN, RESTORE, ...UP]);
    });

    it("leaves the app stopped when it fails half-way, with the command to go on with", async () => {
      const error = await failure((script) => (script === "restore.sh" ? half : undefined), undefined, ALONE);
      assert.ok(error instanceof StaysDown);
      assert.deepStrictEqual(
        error.message,
        `The backup ab12cd34 was not restored. Broken pipe. ${DOWN_STILL} When that is mended: ${AGAIN}`,
      );
      assert.deepStrictEqual([cluster.calls, annotations()[REPLICAS_BEFORE]], [[...DOWN, RESTORE], "2"]);
      cluster.calls.length = 0;
      cluster.play = full;
      await run(undefined, ALONE);
      assert.deepStrictEqual([cluster.calls, annotations()], [[RESTORE, ...UP], {}]);
    });

    it("leaves it stopped as well when it is interrupted: how far it was is not known", async () => {
      const interruption = new AbortController();
      const then = () => {
        interruption.abort();
      };
      const error = await failure(
        (script) => (script === "restore.sh" ? { then } : undefined),
        interruption.signal,
        ALONE,
      );
      assert.deepStrictEqual(error.message, `The restore was interrupted. ${DOWN_STILL} When that is mended: ${AGAIN}`);
      assert.deepStrictEqual(cluster.calls, [...DOWN, RESTORE, "restore.sh is stopped"]);
    });

    it("does not end a restore that nobody can see any more, which may still come to a good end", async () => {
      const error = await failure(
        (script) => (script === "restore.sh" ? { silent: true, away: true } : undefined),
        undefined,
        ALONE,
      );
      const [job = ""] = [...cluster.jobs.keys()].filter((name) => name.startsWith("mysql-restore-"));
      assert.deepStrictEqual(
        error.message,
        "What came of the restore of ab12cd34 is not known. The cluster does not tell of the Job " +
          `blog/${job}: HTTP-Code: 503. ${DOWN_STILL} The Job ${job} may still be at work: ` +
          `kubectl --namespace blog logs --follow job/${job} tells. If that ends well: ` +
          `npm run move -- prod --back. If not: ${AGAIN}`,
      );
      assert.deepStrictEqual(cluster.calls, [...DOWN, RESTORE]);
    });
  });

  describe("that is interrupted", () => {
    /** Interrupted while a script runs. */
    async function interruptedAt(name: string): Promise<Error> {
      const interruption = new AbortController();
      const then = () => {
        interruption.abort();
      };
      return failure(
        (script, [snapshot]) => (script === name && snapshot !== "5afe0001" ? { then } : undefined),
        interruption.signal,
      );
    }

    it("starts the app again after the safety backup was stopped", async () => {
      assert.ok((await interruptedAt("backup.sh")) instanceof Interrupted);
      assert.deepStrictEqual(cluster.calls, [...DOWN, SAFETY, "backup.sh is stopped", ...UP]);
    });

    it("goes back to the safety backup after the restore was stopped: how far it was is not known", async () => {
      const error = await interruptedAt("restore.sh");
      assert.ok(error instanceof Interrupted);
      assert.deepStrictEqual(
        error.message,
        "The restore was interrupted. The database is again what it was before: 5afe0001 was restored.",
      );
      assert.deepStrictEqual(cluster.calls, [...DOWN, SAFETY, RESTORE, "restore.sh is stopped", BACK, ...UP]);
    });
  });
});
