import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAuthority, createCertificate } from "../../../local/node/certificates";
import { deadUrl } from "../../support/httpServer";
import { eventually } from "./eventually";
import { ago, complete, cronJob, failed, forbid, job, pod, said, secondsOf } from "./fakeApi";
import { Monitored } from "./monitored";

const HOUR = 3600;
const installed = ago(30 * 24 * HOUR);
const backup = { ok: true, task: "backup", bytes: 123456 };
const failure = { ok: false, task: "backup", reason: "store-full", message: "There is no room left." };
const NO_RESTORE_TESTS = { RESTORE_TEST_MAX_AGE_SECONDS: "0" };

describe("The backup monitor", () => {
  const monitored = Monitored.of();

  function backedUp(seconds: number): string {
    const ended = ago(seconds);
    monitored.api.cronjobs = [cronJob("backup", installed), cronJob("restore-test", ago(HOUR))];
    monitored.api.jobs = [job("backup", "b1", ago(seconds + 60), complete(ended))];
    monitored.api.pods = [said("backup", "b1", backup, true)];
    return ended;
  }
  function failedOnce(): void {
    backedUp(2 * HOUR);
    monitored.api.jobs.push(job("backup", "b2", ago(70), failed(ago(50))));
    monitored.api.pods.push(said("backup", "b2", failure, false));
  }
  const messages = () => monitored.api.events.map(({ reason, message }) => [reason, message]);

  it("tells when the last backup is too old, again every six hours, and when there is a newer one", async () => {
    const ended = backedUp(33 * HOUR);
    const monitor = await monitored.start();
    await monitored.api.seen();
    assert.deepStrictEqual((await monitor.metrics())["backup_overdue"], 1);
    const sentence = `The last good backup ended at ${ended}; the limit is 26 hours.`;
    assert.deepStrictEqual(messages(), [["BackupOverdue", sentence]]);
    // Due for seven hours: this is the second time.
    const name = `backup-overdue-uid-of-cronjob-backup-${secondsOf(ended) + 26 * HOUR}-1`;
    assert.deepStrictEqual([monitored.api.events[0]?.["metadata"], monitored.api.posts], [{ name }, 1]);
    monitored.api.jobs.push(job("backup", "b2", ago(70), complete(ago(50))));
    await monitored.api.seen();
    assert.deepStrictEqual((await monitor.metrics())["backup_overdue"], 0);
    await monitor.says(sentence, "the backup is good again");
  });

  it("tells when there has been none since its CronJob was made, for longer than the limit", async () => {
    monitored.api.cronjobs = [cronJob("backup", installed), cronJob("restore-test", installed)];
    const metrics = await (await monitored.start()).metrics();
    assert.deepStrictEqual([metrics["backup_overdue"], metrics["restore_test_overdue"]], [1, 1]);
    assert.deepStrictEqual(messages(), [
      ["BackupOverdue", `There has been no good backup since ${installed}; the limit is 26 hours.`],
      ["RestoreTestOverdue", `There has been no good restore test since ${installed}; the limit is 192 hours.`],
    ]);
  });

  it("tells, without a CronJob, when it has seen none for longer than the limit", async () => {
    const monitor = await monitored.start({ ...NO_RESTORE_TESTS, MAX_AGE_SECONDS: "0.4" });
    const [line] = await monitor.lines(1);
    assert.deepStrictEqual([(await monitor.metrics())["backup_overdue"], monitored.api.posts], [1, 0]);
    assert.match(line?.message ?? "", /^There has been no good backup since /);
  });

  it("does not tell a second time after its own restart", async () => {
    failedOnce();
    const first = await monitored.start();
    await first.end();
    const second = await monitored.start();
    await monitored.api.seen();
    assert.deepStrictEqual([monitored.api.events.length, monitored.api.posts], [1, 2]);
    assert.deepStrictEqual((await second.metrics())["backup_monitor_api_errors_total"], 0);
  });

  it("makes no Event of a failure that is older than Events live", async () => {
    monitored.api.cronjobs = [cronJob("backup", ago(2 * HOUR))];
    monitored.api.jobs = [job("backup", "b1", ago(1.5 * HOUR), failed(ago(1.2 * HOUR)))];
    const metrics = await (await monitored.start()).metrics();
    assert.deepStrictEqual([metrics["backup_last_attempt_succeeded"], monitored.api.posts], [0, 0]);
  });

  it("makes an Event later when it may not make it now", async () => {
    failedOnce();
    monitored.api.instead = forbid("events");
    const monitor = await monitored.start();
    const metrics = await monitor.metrics();
    assert.deepStrictEqual(metrics["backup_last_attempt_succeeded"], 0);
    assert.ok((metrics["backup_monitor_api_errors_total"] ?? 0) > 0);
    monitored.api.instead = () => false;
    await monitored.api.seen();
    assert.deepStrictEqual(messages(), [["BackupFailed", failure.message]]);
    await monitor.says(failure.message, "the Kubernetes API cannot be used", "the Kubernetes API can be used again");
  });

  it("puts a long message on one line of a thousand characters", async () => {
    backedUp(HOUR);
    monitored.api.jobs.push(job("backup", "b2", ago(70), failed(ago(50))));
    // With a control character as it stands, which JSON does not allow.
    const words = JSON.stringify({ ok: false, message: `one\ntwo TAB ${"ä".repeat(2000)}` }).replace("TAB", "\t");
    monitored.api.pods.push(said("backup", "b2", `a line before\n${words}`, false));
    await monitored.start();
    assert.deepStrictEqual(messages(), [["BackupFailed", `one two ${"ä".repeat(992)}`]]);
  });

  it("escapes what stands in labels", async () => {
    failedOnce();
    monitored.api.pods = [said("backup", "b2", { ...failure, reason: 'a "b" \\ c\n\td' }, false)];
    const { text } = await (await monitored.start({ ...NO_RESTORE_TESTS, APP: 'the "app"\\\nhere' })).get("/metrics");
    const label = 'app="the \\"app\\"\\\\\\nhere"';
    assert.ok(text.split("\n").includes(`flask_doks_backup_failed{${label},reason="a \\"b\\" \\\\ c d"} 1`), text);
  });

  it("comes with the token that its file holds at the time", async () => {
    await monitored.start();
    monitored.account.write("token", "second\n");
    await monitored.api.seen();
    assert.deepStrictEqual([...monitored.api.tokens], ["Bearer first", "Bearer second"]);
  });

  it("keeps what it knows, and lives, while the API refuses it; says so once", async () => {
    backedUp(HOUR);
    const monitor = await monitored.start();
    const before = await monitor.metrics();
    monitored.api.instead = forbid("cronjobs");
    await monitored.api.seen();
    await monitored.api.seen();
    const { backup_monitor_api_errors_total: errors = 0, ...known } = await monitor.metrics();
    assert.ok(errors > 2);
    assert.deepStrictEqual({ ...known, backup_monitor_api_errors_total: 0 }, before);
    assert.deepStrictEqual((await monitor.get("/healthz")).status, 200);
    monitored.api.instead = () => false;
    await monitored.api.seen();
    await monitor.says("the Kubernetes API cannot be used", "the Kubernetes API can be used again");
    const [line] = await monitor.lines(2);
    assert.match(String(line?.["error"]), /cronjobs.* 403 .*cronjobs is forbidden/);
    assert.ok(!monitor.out.includes("first"), "the token is in no line");
  });

  it("claims nothing, and lives, while the API has never been reached", async () => {
    const monitor = monitored.launch({ ...NO_RESTORE_TESTS, API_URL: await deadUrl() });
    await monitor.started();
    const [line] = await monitor.lines(1);
    assert.deepStrictEqual(Object.keys(await monitor.metrics()), [
      "backup_max_age_seconds",
      "backup_monitor_api_errors_total",
    ]);
    assert.deepStrictEqual((await monitor.get("/healthz")).status, 200);
    assert.match(String(line?.["error"]), /Connection refused/);
  });

  it("bears whatever the API and the pods say", async () => {
    const ended = backedUp(HOUR);
    const monitor = await monitored.start(NO_RESTORE_TESTS);
    const before = await monitor.metrics();
    for (const words of [
      "",
      "no JSON",
      "[1]",
      '"text"',
      "{",
      '{"bytes":NaN,"added":1e999,"seconds":"3"}',
      "[".repeat(5000),
    ]) {
      monitored.api.jobs.push(job("backup", `b${words}`, ago(HOUR + 60), complete(ago(HOUR + 10))));
      monitored.api.pods.push(said("backup", `b${words}`, words, true));
    }
    const label = { "app.kubernetes.io/component": "backup" };
    const odd = [null, 7, "text", [], {}, { metadata: null, status: [] }, { metadata: { labels: label } }];
    monitored.api.cronjobs.push(...odd);
    monitored.api.jobs.push(...odd, {
      metadata: { labels: label, uid: 7 },
      status: { conditions: [null, { type: 1 }] },
    });
    monitored.api.pods.push(...odd, pod("backup", "b1", { terminated: [] }, { containerStatuses: { a: 1 } }));
    await monitored.api.seen();
    assert.deepStrictEqual(await monitor.metrics(), before);
    await monitor.says();
    assert.deepStrictEqual(before["backup_last_success_timestamp_seconds"], secondsOf(ended));
    for (const body of ["{", "null", '{"items":{}}', "\xff", "[".repeat(5000)]) {
      monitored.api.instead = (_, response) => Boolean(response.end(body, "latin1"));
      await monitored.api.seen();
    }
    monitored.api.instead = (_, response) => Boolean(response.destroy());
    await monitored.api.seen();
    monitored.api.instead = () => false;
    await monitored.api.seen();
    const { backup_monitor_api_errors_total: errors = 0, ...known } = await monitor.metrics();
    assert.deepStrictEqual({ ...known, backup_monitor_api_errors_total: 0 }, before);
    assert.ok(errors > 3);
  });

  it("is found dead when its loop stands still", async () => {
    const monitor = await monitored.start({ API_TIMEOUT_SECONDS: "0.3" });
    assert.deepStrictEqual((await monitor.get("/healthz")).status, 200);
    // A byte at a time: no single wait is too long.
    monitored.api.instead = (_, response) => {
      const drip = setInterval(() => response.write(" "), 50);
      response.on("close", () => {
        clearInterval(drip);
      });
      return true;
    };
    for (let status = 200; status !== 503;) ({ status } = await monitor.get("/healthz"));
    assert.deepStrictEqual((await monitor.get("/")).status, 404);
    const { code, ms } = await monitor.end();
    assert.deepStrictEqual([code, ms < 500], [0, true]);
  });

  it("ends at once when it is told to", async () => {
    const monitor = monitored.launch({ INTERVAL_SECONDS: "60" });
    await monitor.started();
    const { code, ms } = await monitor.end();
    assert.deepStrictEqual([code, ms < 500], [0, true]);
  });

  it("trusts the cluster's authority, and no other", async () => {
    const { authorities, account, api } = monitored;
    await createCertificate(authorities, {
      file: "api",
      subject: "/CN=api",
      authority: "ca",
      reachedBy: ["127.0.0.1"],
    });
    const read = (file: string) => readFileSync(join(authorities, file), "utf8");
    const server = createServer({ key: read("api.key"), cert: read("api.crt") }, api.listener).listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const KUBERNETES_SERVICE_PORT = String((server.address() as AddressInfo).port);
      const env = { API_URL: undefined, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT };
      const monitor = await monitored.start(env);
      await createAuthority(authorities, "other", "elsewhere");
      account.write("ca.crt", read("other.crt"));
      const [line] = await monitor.lines(1);
      assert.match(String(line?.["error"]), /certificate verify failed/i);
    } finally {
      server.close().closeAllConnections();
    }
  });

  for (const [name, value] of [["APP"], ["MAX_AGE_SECONDS"], ["INTERVAL_SECONDS", "often"]] as const) {
    it(`does not start when ${name} is missing or wrong, and says why in one line`, async () => {
      const monitor = monitored.launch({ [name]: value });
      await eventually(() => monitor.child.exitCode !== null, "its end");
      assert.deepStrictEqual([monitor.child.exitCode, monitor.out], [1, ""]);
      assert.match(monitor.err, new RegExp(`^monitor: a setting is missing or wrong: .*${value ?? name}.*\n$`));
    });
  }
});
