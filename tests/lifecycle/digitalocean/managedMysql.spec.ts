import assert from "node:assert/strict";
import { nodeSettings } from "../../../local/node/settings";
import type { JsonObject } from "../../../local/engine/stack";
import { stepPrinter } from "../../../local/steps";
import { runMove } from "../../../scripts/data/move";
import { BlogClient } from "../../support/blogClient";
import { BlogDatabase, type Post } from "../../support/blogDatabase";
import { eventually } from "../../support/cluster";
import { nothingToDo } from "../../support/order";
import { missing, Writers } from "../../support/writers";
import { NODE } from "../lanes";
import { cluster, kubeconfig } from "../stage";
import { freshAccount, takesAway, whatExists } from "./cloud";

const POD = { kind: "mysql", storageGi: 5 };
const LARGER = { ...POD, storageGi: 7 };
const MANAGED = { kind: "managed-mysql" };

describe("a database that outgrows its pod", () => {
  const account = freshAccount("dev", {
    provisioningSeconds: { cluster: 2, node: 1, loadBalancer: 2, volume: 1, database: 3 },
  });
  const pod = () => new BlogDatabase(nodeSettings(NODE), cluster());
  const following = stepPrinter();

  const run = (
    operation: "up" | "preview" | "destroy",
    database: JsonObject,
    spareDatabase?: JsonObject,
    replicas = 2,
  ) =>
    account.stage.run(operation, {
      blog: { database, replicas, ...(spareDatabase === undefined ? {} : { spareDatabase }) },
    });
  const up = async (...args: [database: JsonObject, spare?: JsonObject]) => {
    const outcome = await run("up", ...args);
    assert.equal(outcome.error, undefined);
    return outcome;
  };
  const url = (): string => {
    const address = account.emulator.inventory.loadBalancer[0]?.details.match(/\d+\.\d+\.\d+\.\d+/)?.[0] ?? "";
    return `http://${address}/`;
  };
  const status = () => fetch(url()).then((answer) => answer.status, String);
  const answers = () => eventually("the front page", 60, status, (found) => found === 200);
  const managedPosts = async () => {
    const [database] = account.emulator.state.databases;
    const rows = await account.askDatabase(
      database?.id ?? "",
      "SELECT HEX(JSON_OBJECT('title', title, 'body', body)) FROM blog.post",
    );
    return rows
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(Buffer.from(line, "hex").toString()) as Post);
  };
  let posts: Post[] = [];

  it("begins in a pod, on a volume", async () => {
    await up(POD);
    await answers();
    const writers = await Writers.begin(url(), 2);
    await writers.more(20);
    await writers.stop();
    posts = [...writers.acknowledged];
  });

  it("grows its volume while it serves, by one number", async () => {
    const before = (await cluster().pods("database"))[0]?.metadata?.uid;
    const writers = await Writers.begin(url(), 2);
    const { changes } = await up(LARGER);
    await writers.more(4);
    await writers.stop();
    assert.deepEqual(writers.failed, []);
    posts.push(...writers.acknowledged);
    assert.deepEqual(changes.filter(takesAway), []);
    await eventually(
      "the volume's size",
      60,
      async () =>
        (await cluster().core.readNamespacedPersistentVolumeClaim({ namespace: "blog", name: "mysql-data" })).status
          ?.capacity?.["storage"],
      (size) => size === "7Gi",
    );
    assert.match(account.emulator.inventory.volume[0]?.details ?? "", /^7 GB\b/);
    assert.equal((await cluster().pods("database"))[0]?.metadata?.uid, before, "the pod goes on");
    nothingToDo(await run("preview", LARGER));
  });

  it("gets a managed database beside it, which changes nothing for the app", async () => {
    const before = await cluster().podNames("web");
    const { changes, seconds } = await up(LARGER, MANAGED);
    console.log(
      `      the up with a managed database beside took ${seconds.toFixed(1)} s; the API is emulated, the server is real`,
    );
    assert.deepEqual(changes.filter(takesAway), []);
    assert.deepEqual(await cluster().podNames("web"), before);
    assert.deepEqual(account.emulator.inventory.database.length, 1);
    const [database] = account.emulator.state.databases;
    assert.deepEqual(
      database?.rules.map(({ type, value }) => [type, value]),
      [["k8s", account.emulator.inventory.cluster[0]?.id]],
    );
  });

  it("moves there: the same app on the same data, and the downtime is told", async function () {
    this.timeout(5 * 60_000);
    const writers = await Writers.begin(url(), 2);
    await writers.more(6);
    const access = { stack: "dev", app: "blog", namespace: "blog", kubeconfig: kubeconfig() };
    // They write on until the app stops, and whatever was acknowledged has to be there.
    const { rows, since } = await runMove(access, following);
    await writers.stop();
    posts.push(...writers.acknowledged);
    await up(MANAGED, LARGER);
    await answers();
    const downtime = (Date.now() - since.getTime()) / 1000;
    console.log(`      ${rows} rows moved; the app was away for ${downtime.toFixed(1)} s, the up among them`);
    assert.deepEqual(missing(posts, await managedPosts()), []);
    const { text } = await new BlogClient(url()).get("/");
    assert.ok(text.includes(posts.at(-1)?.title ?? "no post"));
    await eventually(
      "two pods",
      60,
      () => cluster().readyWebPods(),
      (count) => count === 2,
    );
    nothingToDo(await run("preview", MANAGED, LARGER));
  });

  it("writes there from then on, and the one in the pod is left as it was", async () => {
    const before = await pod().digest();
    const writers = await Writers.begin(url(), 2);
    await writers.more(10);
    await writers.stop();
    posts.push(...writers.acknowledged);
    assert.deepEqual(missing(posts, await managedPosts()), []);
    assert.equal(await pod().digest(), before);
  });

  it("lets the one in the pod go when the config does, with its volume", async () => {
    await up(MANAGED);
    await eventually(
      "no volume",
      60,
      () => Promise.resolve(account.emulator.inventory.volume.length),
      (count) => count === 0,
    );
    assert.deepEqual(await cluster().podNames("database"), []);
    await answers();
  });

  it("changes its password by one number, and no request fails", async function () {
    this.timeout(4 * 60_000);
    const rotated = { ...MANAGED, passwordVersion: 2 };
    const writers = await Writers.begin(url(), 2);
    await up(rotated);
    await writers.more(6);
    await writers.stop();
    assert.deepEqual(writers.failed, []);
    posts.push(...writers.acknowledged);
    assert.deepEqual(missing(posts, await managedPosts()), []);
    const users = account.emulator.state.databases[0]?.users.map(({ name }) => name);
    assert.deepEqual(users, ["doadmin", "blog_2"]);
    nothingToDo(await run("preview", rotated));
  });

  it("gets a standby node, a read replica and backups to a Space in place, and gives them back", async function () {
    this.timeout(4 * 60_000);
    const highlyAvailable = { ...MANAGED, passwordVersion: 2, size: "db-s-1vcpu-2gb", nodes: 2, readReplicas: 1 };
    const more = {
      blog: { database: highlyAvailable, replicas: 2 },
      config: { backup: { kind: "spaces", bucket: "blog-backups" } },
      secrets: [{ path: "backup.encryptionKey", value: "an encryption key of the test's own" }],
    };
    const [before] = account.emulator.inventory.database;
    const { error, changes } = await account.stage.run("up", more);
    assert.equal(error, undefined);
    assert.deepEqual(
      changes.filter((change) => takesAway(change) && !/ (ConfigMap|Job) /.test(change)),
      [],
    );
    const { database, databaseReplica, spacesKey } = account.emulator.inventory;
    assert.deepEqual([database.map(({ id }) => id), databaseReplica.length], [[before?.id], 1]);
    assert.match(database[0]?.details ?? "", /\b2 /);
    assert.deepEqual(account.emulator.state.spacesKeys[0]?.grants, [
      { bucket: "blog-backups", permission: "readwrite" },
    ]);
    assert.equal(spacesKey.length, 1);
    const [web] = await cluster().pods("web");
    const name = web?.spec?.containers[0]?.envFrom?.[0]?.configMapRef?.name ?? "";
    const { data } = await cluster().core.readNamespacedConfigMap({ name, namespace: "blog" });
    assert.match(data?.["DB_REPLICA_HOSTS"] ?? "", /^private-.*replica-1.*\.db\.ondigitalocean\.com$/);
    nothingToDo(await account.stage.run("preview", more));
    assert.equal((await run("up", { ...highlyAvailable, readReplicas: 0 })).error, undefined);
    assert.deepEqual([account.emulator.inventory.databaseReplica, account.emulator.inventory.spacesKey], [[], []]);
    assert.deepEqual(missing(posts, await managedPosts()), []);
  });

  it("is destroyed to nothing", async () => {
    const { error } = await run("destroy", { ...MANAGED, passwordVersion: 2 });
    assert.equal(error, undefined);
    await account.emulator.settled();
    assert.deepEqual(whatExists(account.emulator), {});
  });

  it("made no call, and got no answer, that is not as DigitalOcean's OpenAPI file says", () => {
    assert.deepEqual(account.emulator.violations, []);
    // The real provider sends these two as well, empty.
    const ours = account.emulator.requestViolations.filter(
      ({ call, problem }) => call !== "POST /v2/databases" || !/^\/(project_id|rules) /.test(problem),
    );
    assert.deepEqual(ours, []);
    assert.deepEqual(account.emulator.failures, []);
  });
});
