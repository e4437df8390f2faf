import assert from "node:assert/strict";
import { provideNextMysql } from "../../local/docker/nextMysql";
import { setTimeout as sleep } from "node:timers/promises";
import { stopDaemons } from "../../local/node/daemon";
import { startKubelet } from "../../local/node/kubelet";
import { nodeSettings } from "../../local/node/settings";
import { BlogDatabase } from "../support/blogDatabase";
import { eventually } from "../support/cluster";
import { nothingToDo } from "../support/order";
import { missing, Writers } from "../support/writers";
import { NODE } from "./lanes";
import { blogUrl, cluster, node, stage } from "./stage";

const CLIENTS = 4;
const KILLS = 10;

/** The database of the local stack with another version of its passwords. */
const withPasswords = (passwordVersion: number) => ({ database: { kind: "mysql", storageGi: 1, passwordVersion } });

describe("what was acknowledged", () => {
  const database = () => new BlogDatabase(nodeSettings(NODE), cluster());
  let writers: Writers;

  before(async function () {
    this.timeout(60_000);
    console.log(`      the database is ${node().mysqlServer.name} ${node().mysqlServer.version}, for MySQL 8.4`);
    writers = await Writers.begin(blogUrl(), CLIENTS);
    await writers.more(CLIENTS);
  });

  after(() => writers.stop());

  /** Does something while the clients write, and tells what became of their posts. */
  const during = async (what: string, work: () => Promise<void>): Promise<{ failed: string[] }> => {
    const before = { acknowledged: writers.acknowledged.length, failed: writers.failed.length };
    const startMs = Date.now();
    await work();
    await writers.more(2 * CLIENTS);
    const failed = writers.failed.slice(before.failed);
    const acknowledged = writers.acknowledged.length - before.acknowledged;
    const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
    console.log(`      ${what}: ${acknowledged} posts acknowledged, ${failed.length} not, in ${seconds} s`);
    return { failed };
  };

  it(`is there after the database was killed ${KILLS} times (SIGKILL)`, async function () {
    this.timeout(8 * 60_000);
    await during("ten kills", async () => {
      for (let kill = 1; kill <= KILLS; kill++) {
        await writers.more(CLIENTS);
        await database().kill();
      }
    });
    assert.deepEqual(missing([...writers.acknowledged], await database().posts()), []);
  });

  it("is there after the node's kubelet was restarted", async function () {
    this.timeout(3 * 60_000);
    // It takes the pods for not ready until it has asked them: on a cluster of one node nobody answers for that moment.
    await during("restart of the kubelet", async () => {
      await stopDaemons(nodeSettings(NODE), ["kubelet"]);
      await writers.more(CLIENTS);
      await startKubelet(nodeSettings(NODE));
      const asked = async () => (await cluster().core.listNode()).items[0]?.metadata?.resourceVersion;
      const before = await asked();
      await eventually("word from the node", 60, asked, (version) => version !== before);
      await sleep(15_000);
      await eventually(
        "the blog's pods",
        60,
        () => cluster().readyWebPods(),
        (count) => count === 2,
      );
    });
    assert.deepEqual(missing([...writers.acknowledged], await database().posts()), []);
  });

  it("is there while the app rolls, and no request fails (K9)", async function () {
    this.timeout(3 * 60_000);
    const { failed } = await during("roll-out", async () => {
      const { error } = await stage().run("up", { blog: { env: { GREETING: "under load" } } });
      assert.equal(error, undefined);
    });
    assert.deepEqual(failed, []);
  });

  it("is there while all passwords change by one number, and no request fails", async function () {
    this.timeout(4 * 60_000);
    const passwords = () =>
      database().ask("SELECT User, Host, authentication_string FROM mysql.user WHERE User IN ('root', 'blog')");
    const before = (await passwords()).split("\n");
    const { failed } = await during("new passwords", async () => {
      const { error, seconds } = await stage().run("up", { blog: withPasswords(2) });
      assert.equal(error, undefined);
      console.log(`      the up with new passwords took ${seconds.toFixed(1)} s`);
    });
    assert.deepEqual(failed, []);
    nothingToDo(await stage().run("preview", { blog: withPasswords(2) }));
    const after = (await passwords()).split("\n");
    assert.deepEqual(
      after.filter((account) => account !== "" && before.includes(account)),
      [],
      "accounts with their old password",
    );
    const old = await database().ask(
      "SELECT COUNT(*) FROM mysql.user WHERE JSON_EXTRACT(User_attributes, '$.additional_password') IS NOT NULL",
    );
    assert.equal(old.trim(), "0", "accounts that still take an old password");
  });

  it("is there in the end, all of it, by content", async function () {
    this.timeout(2 * 60_000);
    await writers.stop();
    const there = await database().posts();
    const lost = missing(writers.acknowledged, there);
    console.log(
      `      ${writers.acknowledged.length} posts acknowledged, ${lost.length} of them lost; ${writers.failed.length} not acknowledged; ${there.length} in the database`,
    );
    assert.ok(writers.acknowledged.length > 100, "too few to mean anything");
    assert.deepEqual(lost, []);
  });
});

describe("a patch release of the database", () => {
  it("is one line: the pod is made anew with it, and the posts stay", async function () {
    this.timeout(4 * 60_000);
    const database = new BlogDatabase(nodeSettings(NODE), cluster());
    const before = await database.digest();
    const images = {
      ...(stage().options.overrides["images"] as Record<string, string>),
      mysql: await provideNextMysql(node().registry, node().images.mysql),
    };
    const { error, changes } = await stage().run("up", { blog: withPasswords(2), config: { images } });
    assert.equal(error, undefined);
    assert.deepEqual(
      changes.filter((change) => / (StatefulSet|PersistentVolumeClaim) /.test(change)),
      ["update StatefulSet blog-database-mysql-server"],
    );
    const [pod] = await cluster().pods("database");
    assert.equal(pod?.spec?.containers[0]?.image, images.mysql);
    assert.equal(await database.digest(), before);
  });
});
