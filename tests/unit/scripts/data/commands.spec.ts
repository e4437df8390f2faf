import assert from "node:assert/strict";
import { UserError } from "../../../../local/steps";
import { backupCommand } from "../../../../scripts/data/backupCommand";
import type { Ended, Surroundings } from "../../../../scripts/data/dataCommand";
import { moveCommand } from "../../../../scripts/data/moveCommand";
import { restoreCommand } from "../../../../scripts/data/restoreCommand";
import type { StackOutputs } from "../../../../scripts/status/stackOutputs";
import { deadUrl, kubeconfigFor } from "../../../support/httpServer";
import { FakeCluster } from "./fakeCluster";

const COMMANDS = { backup: backupCommand, restore: restoreCommand, move: moveCommand };

describe("The commands for an app's data", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = new FakeCluster();
    await cluster.start();
  });
  afterEach(async () => {
    await cluster.stop();
  });

  const run = (
    name: keyof typeof COMMANDS,
    args: string[],
    apps = ["blog"],
    kubeconfig = cluster.kubeconfig,
  ): Promise<Ended> => {
    const outputs: StackOutputs = {
      apps: Object.fromEntries(apps.map((app) => [app, { namespace: app, urls: [] }])),
      cluster: { kind: "doks" },
    };
    const find: Surroundings["find"] = () => Promise.resolve({ outputs, kubeconfig });
    return COMMANDS[name](args, { env: {}, folder: "/", ...cluster.following(), find });
  };

  it("back up, and tell what came of it", async () => {
    assert.deepStrictEqual(await run("backup", ["prod"]), {
      code: 0,
      out:
        "blog is backed up as 5afe0001: 2.0 KiB, of which 512 B were new to the store. There are 9 backups.\n" +
        "To go back to it: npm run restore -- prod 5afe0001 --yes\n",
      err: "",
    });
    assert.deepStrictEqual(cluster.calls, ["backup.sh manual"]);
  });

  it("end with 1 and the task's own sentence when it fails, its progress told", async () => {
    cluster.play = () => ({
      log: ["[backup] dumping blog", "not for people"],
      word: { ok: false, reason: "store-unreachable", message: "The backup store does not answer: refused" },
    });
    const { code, err } = await run("backup", ["prod"]);
    assert.deepStrictEqual([code, err], [1, "The backup store does not answer: refused\n"]);
    assert.deepStrictEqual(cluster.told, ["[backup] dumping blog"]);
  });

  it("tell why a pod does not start, and take its Job away", async () => {
    const state = { waiting: { reason: "ErrImagePull", message: "not found" } };
    const containerStatuses = [{ name: "backup", ready: false, restartCount: 0, image: "", imageID: "", state }];
    cluster.play = () => ({ pod: { phase: "Pending", containerStatuses } });
    const { code, err } = await run("backup", ["prod"]);
    assert.deepStrictEqual(
      [code, err],
      [1, "Its pod could not start: container backup cannot start: ErrImagePull: not found.\n"],
    );
    assert.deepStrictEqual(cluster.calls, ["backup.sh manual", "backup.sh is stopped"]);
    assert.deepStrictEqual(cluster.told[0], "waiting for its pod");
  });

  it("list the backups, newest first, for people and as JSON", async () => {
    const { code, out } = await run("restore", ["prod"]);
    assert.deepStrictEqual(code, 0);
    assert.match(
      out,
      /^2 backups of blog in prod, the newest first:\n\n {2}id .*\n {2}ef56ab78 .* safety +\?\n {2}ab12cd34 .* scheduled +2\.0 KiB\n/,
    );
    const { app, snapshots } = JSON.parse((await run("restore", ["prod", "--json"])).out) as Record<string, unknown>;
    assert.deepStrictEqual(
      [app, snapshots],
      [
        "blog",
        [
          { id: "ef56ab78", time: "2026-11-26T02:17:00.000Z", kind: "safety" },
          { id: "ab12cd34", time: "2026-11-25T02:17:00.000Z", kind: "scheduled", bytes: 2048 },
        ],
      ],
    );
  });

  it("list none where nothing was ever backed up", async () => {
    cluster.play = () => ({ word: { ok: false, reason: "no-snapshot", message: "There is no backup yet." } });
    assert.deepStrictEqual(await run("restore", ["prod"]), {
      code: 0,
      out: "There is no backup of blog yet. To make one now: npm run backup -- prod\n",
      err: "",
    });
  });

  it("tell what a restore would do, end with 2, and do nothing without --yes", async () => {
    const { code, out } = await run("restore", ["prod", "latest", "--app", "blog"]);
    assert.deepStrictEqual([code, cluster.calls], [2, []]);
    assert.match(
      out,
      /^This puts the database of blog back to the backup ab12cd34, made .* \(2026-11-25 02:17 UTC, scheduled, 2\.0 KiB\):\n/,
    );
    assert.match(out, /\n {2}1\. blog is stopped\..*\n {2}2\. What is in its database now is backed up/);
    assert.match(out, /\nTo do it: +npm run restore -- prod ab12cd34 --yes --app blog\n/);
  });

  it("tell that there is no way back without a safety backup, and how to do it all the same", async () => {
    const { code, out } = await run("restore", ["prod", "ab12", "--without-safety-backup"]);
    assert.deepStrictEqual([code, cluster.calls], [2, []]);
    assert.deepStrictEqual(out.split("\n").slice(1), [
      "",
      "  1. blog is stopped. Until the last step nobody can use it, and no scheduled backup begins.",
      "  2. What is in its database now is NOT backed up: there is no way back.",
      "  3. The backup is read from end to end, and only if it is whole, it replaces what is in the database.",
      "     If that fails half-way, or is ended early, blog stays stopped.",
      "  4. blog is started again.",
      "",
      "What was written since the backup is then lost. Nothing was done yet.",
      "To do it:               npm run restore -- prod ab12cd34 --without-safety-backup --yes",
      "To look at it before:   npm run restore -- prod ab12cd34 --into look",
      "",
    ]);
    const plan = await run("restore", ["prod", "ab12", "--without-safety-backup", "--json"]);
    const { safetyBackup, done } = JSON.parse(plan.out) as Record<string, unknown>;
    assert.deepStrictEqual([safetyBackup, done], [false, false]);
  });

  it("restore without a safety backup with --yes, and tell that there is no way back", async () => {
    const { code, out } = await run("restore", ["prod", "ab12", "--without-safety-backup", "--yes"]);
    assert.deepStrictEqual([code, cluster.calls.includes("backup.sh safety")], [0, false]);
    assert.deepStrictEqual(
      out.split("\n").at(-2),
      "There is no way back to how it was before: no safety backup was made.",
    );
  });

  it("restore with --yes, and tell the way back", async () => {
    const { code, out } = await run("restore", ["prod", "ab12", "--yes"]);
    assert.deepStrictEqual(code, 0);
    assert.match(
      out,
      /^The database of blog is the backup ab12cd34, .*: 3 tables, 1,200 rows\.\nblog was in maintenance for \d+ s\.\nTo go back to how it was before: npm run restore -- prod 5afe0001 --yes\n$/,
    );
  });

  it("end with 1 when the app is not ready after a restore that went well", async () => {
    cluster.healthy = false;
    const { code, out } = await run("restore", ["prod", "ab12", "--yes"]);
    assert.deepStrictEqual(code, 1);
    assert.match(out, /1,200 rows\.\nblog is started again, but not ready after/);
  });

  it("tell what a move would do, end with 2, and do nothing without --yes", async () => {
    const { code, out } = await run("move", ["prod"]);
    assert.deepStrictEqual([code, cluster.calls], [2, []]);
    assert.match(out, /^This moves the data of blog from the database blog at mysql to blog at private-db\.test:\n/);
    assert.match(out, /\nTo do it: {2}npm run move -- prod --yes\n$/);
  });

  it("move with --yes, and start the app with --back", async () => {
    const moved = await run("move", ["prod", "--yes"]);
    assert.deepStrictEqual([moved.code, cluster.calls], [0, ["blog has 0 pods", "move.sh"]]);
    assert.deepStrictEqual(await run("move", ["prod", "--back"]), {
      code: 0,
      out: "blog is started again.\n",
      err: "",
    });
    assert.deepStrictEqual(cluster.calls.at(-1), "blog has 2 pods");
  });

  it("take the one app that can be meant, and ask which of several", async () => {
    const one = await run("backup", ["prod"], ["blog", "guestbook"]);
    // The fake cluster's CronJobs are in every namespace.
    assert.deepStrictEqual(
      [one.code, one.err],
      [2, "Which app? These have backups: blog, guestbook. Name it with --app blog\n"],
    );
    assert.deepStrictEqual((await run("backup", ["prod", "--app", "blog"], ["blog", "guestbook"])).code, 0);
  });

  it("say what to set where there are no backups, or nothing is stopped", async () => {
    cluster.cronJobs.clear();
    assert.deepStrictEqual(await run("backup", ["prod"]), {
      code: 1,
      out: "",
      err:
        'The stack "prod" makes no backups. Set backup.kind in Pulumi.prod.yaml to spaces, s3 or volume, ' +
        'and run "pulumi up".\n',
    });
    assert.match(
      (await run("move", ["prod", "--app", "blog"])).err,
      /^The app blog has no database to move to\. Set apps/,
    );
    assert.match((await run("move", ["prod", "--back"])).err, /^No app of the stack "prod" is in maintenance/);
  });

  const sentences: [string, keyof typeof COMMANDS, string[], RegExp][] = [
    ["no stack", "backup", [], /^Name one stack: npm run backup -- <stack>\n$/],
    ["two stacks", "move", ["dev", "prod"], /^Name one stack: npm run move -- <stack>\n$/],
    [
      "two snapshots",
      "restore",
      ["dev", "a", "b"],
      /^Name one stack: npm run restore -- <stack> \[snapshot \| latest\]\n$/,
    ],
    ["an unknown option", "backup", ["prod", "--kind=x"], /^Unknown option '--kind'.* npm run backup -- --help\n$/],
    [
      "--yes without a snapshot",
      "restore",
      ["prod", "--yes"],
      /^Name a backup, or "latest": npm run restore -- prod latest\n$/,
    ],
    [
      "--without-safety-backup without a snapshot",
      "restore",
      ["prod", "--without-safety-backup"],
      /^Name a backup, or "latest": npm run restore -- prod latest\n$/,
    ],
    [
      "an app that is not there",
      "backup",
      ["prod", "--app", "shop"],
      /^The stack "prod" has no app "shop"; there are: blog\.\n$/,
    ],
  ];
  for (const [what, name, args, sentence] of sentences) {
    it(`end with 2 and a sentence for ${what}`, async () => {
      const { code, out, err } = await run(name, args);
      assert.deepStrictEqual([code, out, cluster.calls], [2, "", []]);
      assert.match(err, sentence);
    });
  }

  it("end with 1 when the cluster does not answer, or the stack is not found", async () => {
    const { code, err } = await run("backup", ["prod"], ["blog"], kubeconfigFor(await deadUrl()));
    assert.deepStrictEqual(code, 1);
    assert.match(err, /^The cluster of context .* does not answer at .*: nothing listens there\n$/);
    const find = () => Promise.reject(new UserError("pulumi stack output: no stack named 'prod' found"));
    const surroundings = { env: {}, folder: "/", ...cluster.following(), find };
    assert.deepStrictEqual(await backupCommand(["prod"], surroundings), {
      code: 1,
      out: "",
      err: "pulumi stack output: no stack named 'prod' found\n",
    });
  });

  for (const name of ["backup", "restore", "move"] as const) {
    it(`have a page of help: ${name}`, async () => {
      const { code, out } = await run(name, ["--help"]);
      assert.deepStrictEqual(code, 0);
      assert.match(out, new RegExp(`^npm run ${name} -- <stack>.*\\n\\n[A-Z]`));
      assert.ok(out.split("\n").every((line) => line.length <= 120));
    });
  }
});
