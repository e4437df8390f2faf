import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { nodeSettings } from "../../local/node/settings";
import { stepPrinter } from "../../local/steps";
import { runBackup } from "../../scripts/data/backup";
import { listBackups, runRestore } from "../../scripts/data/restore";
import { runRestoreBeside } from "../../scripts/data/restoreBeside";
import { type BackupSigns, backupSigns, runRestoreTest } from "../support/backupSigns";
import { BlogClient } from "../support/blogClient";
import { BlogDatabase } from "../support/blogDatabase";
import { eventually } from "../support/cluster";
import { withLittleRoom } from "../support/littleRoom";
import { nothingToDo } from "../support/order";
import { S3Server } from "../support/s3Server";
import { NODE } from "./lanes";
import { blogUrl, cluster, kubeconfig, node, stage } from "./stage";

const BUCKET = "backups";
const KEY = "an encryption key of the test's own";
const TABLES = ["post", "user", "alembic_version"];

describe("backups to an S3 server", () => {
  const settings = nodeSettings(NODE);
  const following = stepPrinter();
  const database = () => new BlogDatabase(settings, cluster());
  const access = () => ({ stack: "local", app: "blog", namespace: "blog", kubeconfig: kubeconfig() });
  const signs = (): Promise<BackupSigns> => backupSigns(settings, cluster());
  const backUp = () => runBackup(access(), { kind: "manual" }, following);
  const ids = async () => (await listBackups(access(), following)).map(({ id }) => id);
  const answers = () =>
    eventually(
      "the front page",
      60,
      () => fetch(blogUrl()).then(({ status }) => status, String),
      (status) => status === 200,
    );
  let store: S3Server;
  /** What is in the database when all is well. */
  let whole = "";

  const config = (changes: Record<string, unknown> = {}, encryptionKey = KEY) => {
    const { endpoint, accessKeyId, secretAccessKey } = store;
    const backup = { kind: "s3", endpoint, bucket: BUCKET, accessKeyId, ...changes };
    const keys = [
      { path: "backup.encryptionKey", value: encryptionKey },
      ...(backup.kind === "s3" ? [{ path: "backup.secretAccessKey", value: secretAccessKey }] : []),
    ];
    return { config: { backup }, secrets: [...stage().options.secrets, ...keys] };
  };
  const up = async (changes: Record<string, unknown> = {}, encryptionKey = KEY) => {
    const { error } = await stage().run("up", config(changes, encryptionKey));
    assert.equal(error, undefined);
  };

  /** A failure is told to people in a sentence, by an event and by a metric; and the backups that there are stay. */
  const tells = async (reason: string, sentence: RegExp, attempt: () => Promise<unknown>, metric = "backup") => {
    await assert.rejects(attempt, ({ message }: Error) => {
      console.log(`      ${reason}: ${message}`);
      assert.match(message, sentence);
      return true;
    });
    const event = metric === "backup" ? "BackupFailed" : "RestoreTestFailed";
    await eventually(
      `the metric and the event of ${reason}`,
      60,
      signs,
      ({ metrics, events }) =>
        metrics.get(`flask_doks_${metric}_failed{app="blog",reason="${reason}"}`) === 1 &&
        events.some((each) => each.reason === event && sentence.test(each.message)),
    );
  };

  before(async function () {
    this.timeout(5 * 60_000);
    console.log(`      the database is ${node().mysqlServer.name} ${node().mysqlServer.version}, for MySQL 8.4;`);
    console.log("      restic is real, and so is the S3 server (rclone)");
    store = await S3Server.start({ buckets: [BUCKET], address: `${settings.machineAddress}:0` }, following.step);
    await up();
    const writer = new BlogClient(blogUrl());
    await writer.join("grace", "correct horse battery staple");
    for (let number = 1; number <= 20; number++) await writer.post(`Post ${number}`, `“naïve” — 日本語 ${number}`);
    whole = await database().digest();
  });
  after(async function () {
    this.timeout(3 * 60_000);
    try {
      assert.equal((await stage().run("destroy", config())).error, undefined);
    } finally {
      // It is a process of its own, and is to be gone whatever came of that.
      await store.stop();
    }
  });

  it("are made by a command, encrypted, and told by metrics", async () => {
    const { snapshots, bytes, seconds } = await backUp();
    console.log(`      a backup of ${bytes} bytes took ${seconds} s`);
    assert.equal(snapshots, 1);
    const kept = store.keys(BUCKET).map((key) => readFileSync(store.path(BUCKET, key)));
    assert.ok(kept.length > 3, "the store holds next to nothing");
    assert.ok(!kept.some((content) => content.includes("Post 1")), "a post stands in the store in clear");
    const { metrics } = await eventually(
      "the metrics of it",
      60,
      signs,
      ({ metrics }) => (metrics.get('flask_doks_backup_last_success_timestamp_seconds{app="blog"}') ?? 0) > 0,
    );
    assert.equal(metrics.get('flask_doks_backup_snapshots{app="blog"}'), 1);
    assert.equal(metrics.get('flask_doks_backup_overdue{app="blog"}'), 0);
    nothingToDo(await stage().run("preview", config()));
  });

  it("are proved by a restore into a scratch server", async () => {
    const { rows = 0, tables } = await runRestoreTest(access(), following);
    assert.deepEqual([tables, rows > 20], [TABLES.length, true]);
    const test = await eventually(
      "the metric of it",
      60,
      signs,
      ({ metrics }) => metrics.get('flask_doks_restore_test_last_attempt_succeeded{app="blog"}') === 1,
    );
    assert.equal(test.metrics.get('flask_doks_restore_test_rows{app="blog"}'), rows);
  });

  it("bring everything back after the tables were dropped: equal by checksum", async function () {
    this.timeout(4 * 60_000);
    await database().ask(`SET FOREIGN_KEY_CHECKS = 0; DROP TABLE ${TABLES.join(", ")}; CREATE TABLE stray (id INT)`);
    assert.notEqual(await database().digest(), whole);
    const { safety, rows, maintenanceSeconds } = await runRestore(access(), { snapshot: "latest" }, following);
    console.log(`      restored ${rows} rows; the app was in maintenance for ${maintenanceSeconds.toFixed(1)} s`);
    assert.equal(await database().digest(), whole);
    await answers();
    const [newest, first] = await listBackups(access(), following);
    assert.deepEqual([newest?.id, newest?.kind, first?.kind], [safety, "safety", "manual"]);
    nothingToDo(await stage().run("preview", config()));
  });

  it("can be looked at beside the database that is in use", async () => {
    const { rows } = await runRestoreBeside(access(), { snapshot: "latest", into: "looked_at" }, following);
    assert.ok(rows > 20);
    assert.equal(await database().digest("looked_at"), whole);
    assert.equal(await database().digest(), whole);
    await database().ask("DROP DATABASE looked_at");
  });

  it("say so when the store does not answer", async function () {
    this.timeout(3 * 60_000);
    await store.halt();
    await tells("store-unreachable", /^The backup store does not answer: .*/, backUp);
    await store.resume();
    assert.equal((await ids()).length, 2);
  });

  it("say so when the key is not the one that they were made with, and leave those alone", async function () {
    this.timeout(4 * 60_000);
    const before = await ids();
    await up({}, "another encryption key, of no use here");
    await tells("wrong-key", /does not open with this encryption key/, backUp);
    await up();
    assert.deepEqual(await ids(), before);
  });

  it("say so when one of them is damaged, and touch nothing that is whole", async function () {
    this.timeout(4 * 60_000);
    const { snapshot } = await backUp();
    const packs = store.keys(BUCKET).filter((key) => key.includes("/data/"));
    const contents = packs.map((key) => readFileSync(store.path(BUCKET, key)));
    packs.forEach((key, index) => {
      const damaged = Buffer.from(contents[index] ?? []);
      damaged.fill(0, damaged.length >> 2, damaged.length >> 1);
      writeFileSync(store.path(BUCKET, key), damaged);
    });
    await tells("corrupt", /damaged|not what was dumped/, () => runRestoreTest(access(), following), "restore_test");
    await assert.rejects(runRestore(access(), { snapshot }, following), /damaged/);
    packs.forEach((key, index) => {
      writeFileSync(store.path(BUCKET, key), contents[index] ?? "");
    });
    assert.equal(await database().digest(), whole);
    await answers();
    await runRestoreTest(access(), following);
  });

  it("say so when the newest one is older than allowed", async function () {
    this.timeout(3 * 60_000);
    // The clock cannot be moved, so the limit is.
    const body = {
      spec: {
        template: {
          spec: { containers: [{ name: "backup-monitor", env: [{ name: "MAX_AGE_SECONDS", value: "1" }] }] },
        },
      },
    };
    await cluster().patchDeployment("backup-monitor", body);
    const { events } = await eventually(
      "the metric and the event",
      90,
      signs,
      ({ metrics, events: found }) =>
        metrics.get('flask_doks_backup_overdue{app="blog"}') === 1 &&
        found.some(({ reason }) => reason === "BackupOverdue"),
    );
    console.log(`      overdue: ${events.find(({ reason }) => reason === "BackupOverdue")?.message ?? ""}`);
  });

  it("say so when the volume that they go to is full, and keep those that are on it", async function () {
    this.timeout(6 * 60_000);
    await up({ kind: "volume", storageGi: 1, endpoint: undefined, bucket: undefined, accessKeyId: undefined });
    await backUp();
    await database().ask(
      "CREATE TABLE filler (id INT PRIMARY KEY AUTO_INCREMENT, bytes BLOB); " +
        "INSERT INTO filler (bytes) SELECT RANDOM_BYTES(1024) FROM information_schema.COLUMNS LIMIT 400",
    );
    await withLittleRoom(settings, "mysql-backups", () => tells("store-full", /no room left/, backUp));
    assert.equal((await ids()).length, 1);
    await database().ask("DROP TABLE filler");
    await backUp();
    assert.equal((await ids()).length, 2);
  });
});
