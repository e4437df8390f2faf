import assert from "node:assert/strict";
import { Interrupted } from "../../../../local/engine/operation";
import { UserError } from "../../../../local/steps";
import { REPLICAS_BEFORE } from "../../../../scripts/data/maintenanceMark";
import { runBack, runMove } from "../../../../scripts/data/move";
import { movedText } from "../../../../scripts/data/moveTexts";
import { FakeCluster } from "./fakeCluster";

const STOPPED = "blog has 0 pods";
const COPY = "move.sh";
const STARTED = "blog has 2 pods";

describe("Moving an app's data", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = new FakeCluster();
    await cluster.start();
  });
  afterEach(async () => {
    await cluster.stop();
  });

  const run = (signal?: AbortSignal) => runMove(cluster.access, cluster.following(signal));

  it("stops the app and copies; the app stays stopped", async () => {
    const { from, to, tables, rows, autoscaled } = await run();
    assert.deepStrictEqual(cluster.calls, [STOPPED, COPY]);
    assert.deepStrictEqual(
      [from.host, to.host, tables, rows, autoscaled],
      ["mysql", "private-db.test", 3, 1200, false],
    );
    assert.deepStrictEqual(cluster.deployment.metadata?.annotations?.[REPLICAS_BEFORE], "2");
  });

  it("starts the app again when the copy fails", async () => {
    cluster.play = () => ({ word: { ok: false, reason: "copy-differs", message: "Is somebody writing?" } });
    await assert.rejects(run(), new UserError("Is somebody writing? Nothing in the database of blog was changed."));
    assert.deepStrictEqual(cluster.calls, [STOPPED, COPY, STARTED]);
    assert.deepStrictEqual(cluster.deployment.metadata?.annotations, {});
  });

  it("starts the app again when it is interrupted, after the copy was stopped", async () => {
    const interruption = new AbortController();
    cluster.play = () => ({
      then: () => {
        interruption.abort();
      },
    });
    await assert.rejects(run(interruption.signal), Interrupted);
    assert.deepStrictEqual(cluster.calls, [STOPPED, COPY, "move.sh is stopped", STARTED]);
  });

  it("does nothing without a database to move to, and says what to set", async () => {
    cluster.cronJobs.delete("mysql-move");
    await assert.rejects(
      run(),
      /^UserError: The app blog has no database to move to\. Set apps\[\]\.spareDatabase in Pulumi\.prod\.yaml/,
    );
    assert.deepStrictEqual(cluster.calls, []);
  });

  it("tells what is to be done next; for one with an autoscaler, how it is started", async () => {
    const since = new Date("2026-11-26T10:00:00Z");
    const now = new Date("2026-11-26T10:01:12Z");
    const moved = { ...(await run()), since };
    const text = movedText(cluster.access, moved, now);
    assert.match(text, /^The data of blog is at private-db\.test, the same as at mysql: 3 tables, 1,200 rows\.\n/);
    assert.match(
      text,
      /blog is stopped, for 1 min 12 s by now.*\n\n {2}1\. Swap .* Pulumi\.prod\.yaml\.\n {2}2\. pulumi up --stack prod\n\n/,
    );
    assert.match(
      movedText(cluster.access, { ...moved, autoscaled: true }, now),
      /\n {2}3\. npm run move -- prod --back {3}\(starts it/,
    );
  });

  describe("and back", () => {
    const back = (force = false) => runBack(cluster.access, { force }, cluster.following());

    it("starts an app that is in maintenance", async () => {
      await run();
      await back();
      assert.deepStrictEqual(cluster.calls, [STOPPED, COPY, STARTED]);
    });
    it("does nothing for one that is not", async () => {
      await assert.rejects(back(), new UserError("blog is not in maintenance: there is nothing to do."));
    });
    it("does not start one whose last restore failed, unless it is forced", async () => {
      await run();
      cluster.jobs.set("mysql-restore-x", {
        metadata: { name: "mysql-restore-x", creationTimestamp: new Date(Date.now() + 1000) },
        status: { conditions: [{ type: "Failed", status: "True" }] },
      });
      await assert.rejects(
        back(),
        /The last restore of blog, the Job mysql-restore-x, failed: its database may be half empty/,
      );
      assert.deepStrictEqual(cluster.calls, [STOPPED, COPY]);
      await back(true);
      assert.deepStrictEqual(cluster.calls, [STOPPED, COPY, STARTED]);
    });
  });
});
