import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import type { JsonObject } from "../../local/engine/stack";
import { nodeSettings } from "../../local/node/settings";
import { stepPrinter } from "../../local/steps";
import type { Post } from "../support/blogDatabase";
import { openBrowser, openPage, provideBrowser, seen, takePicture } from "../support/browser";
import { eventually } from "../support/cluster";
import { GUESTBOOK } from "../support/guestbook";
import { GuestbookClient } from "../support/guestbookClient";
import { nothingToDo } from "../support/order";
import { RedisServer } from "../support/redisServer";
import { missing, Writers } from "../support/writers";
import { NODE } from "./lanes";
import { blogUrl, cluster, node, stage } from "./stage";

const SINGLE_FILE = join(__dirname, "..", "support", "apps", "single-file");
const KILLS = 4;

/** An app that knows nothing of this project: one file, and a requirements.txt. */
const HELLO: JsonObject = {
  name: "hello",
  source: SINGLE_FILE,
  expose: "nodePort",
  nodePort: 30426,
  replicas: 1,
  health: { live: "/", ready: "/" },
};

const guestbookUrl = () => `http://${node().address}:${GUESTBOOK.nodePort}/`;
const guestbook = () => new GuestbookClient(guestbookUrl());
const redis = () => new RedisServer(nodeSettings(NODE), cluster(), "guestbook");

/** All entries, from the primary itself. */
async function entriesIn(server: RedisServer): Promise<Post[]> {
  const stream = JSON.parse(await server.ask("--json", "xrange", "guestbook:messages", "-", "+")) as [
    string,
    string[],
  ][];
  return stream.map(([, fields]) => {
    const field = (name: string) => fields[fields.indexOf(name) + 1] ?? "";
    return { title: field("name"), body: field("text") };
  });
}

describe("several apps in one stack", () => {
  const run = (operation: "up" | "preview", ...beside: JsonObject[]) =>
    stage().run(operation, { config: { apps: [stage().blog(), ...beside] } });

  it("come beside the blog and touch nothing of it, one of them with no Dockerfile", async () => {
    const before = await cluster().podNames("web");
    const { error, urls, changes, seconds } = await run("up", GUESTBOOK, HELLO);
    console.log(`      up with two more apps took ${seconds.toFixed(1)} s`);
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(urls).sort(), ["blog", "guestbook", "hello"]);
    const strangers = changes.filter((change) => !/^create \S+ (guestbook|hello)(-|$)/.test(change));
    assert.deepEqual(strangers, []);
    assert.deepEqual(await cluster().podNames("web"), before);
    for (const [app, url] of Object.entries(urls)) {
      const front = () => fetch(url).then(({ status }) => status, String);
      await eventually(`the front page of ${app}`, 30, front, (status) => status === 200);
    }
    const said = await (await fetch(urls["hello"] ?? "")).text();
    assert.equal(said, "hello from a single file\n");
  });

  it("have a namespace each, and preview as empty", async () => {
    const names = await cluster().namespaces();
    assert.deepEqual(
      ["blog", "guestbook", "hello"].filter((name) => !names.includes(name)),
      [],
    );
    assert.equal((await cluster().pods("web", "guestbook")).length, 3);
    assert.equal((await cluster().pods("cache-replica", "guestbook")).length, 2);
    nothingToDo(await run("preview", GUESTBOOK, HELLO));
  });

  it("of which the guestbook is served by NGINX and uWSGI, and keeps what people write", async () => {
    const page = await guestbook().ask("/");
    assert.match(page.headers.get("server") ?? "", /nginx/);
    assert.match(await page.text(), /<title>/);
    await guestbook().post("Ada", "<b>bold</b> & brave");
    const entries = () => guestbook().entries();
    await eventually("the entry at the replicas", 10, entries, (found) =>
      found.some(({ name, text }) => name === "Ada" && text === "<b>bold</b> & brave"),
    );
    assert.deepEqual(await guestbook().command({ cmd: "set", key: "messages", value: "one,two" }), {
      message: "Updated",
    });
    const get = () => guestbook().command({ cmd: "get", key: "messages" });
    const isThere = (answer: unknown) => (answer as { data: string }).data === "one,two";
    await eventually("the old commands' value", 10, get, isThere);
  });

  it("of which the guestbook's Redis refuses what only its administrator may do", async () => {
    for (const command of [["config", "get", "dir"], ["shutdown"], ["replicaof", "no", "one"]]) {
      assert.match(await redis().ask(...command), /NOPERM/);
    }
  });
});

describe("a visitor with a browser", () => {
  let browser: Browser;

  before(async function () {
    this.timeout(10 * 60_000);
    await provideBrowser(stepPrinter().step);
    browser = await openBrowser([guestbookUrl(), blogUrl()]);
  });
  after(() => browser.close());

  it("signs the guestbook, and sees it there as it was written", async () => {
    const { page, failures } = await openPage(browser, guestbookUrl());
    await page.type("[name=name]", "Grace Hopper");
    await page.type("[name=text]", "It's easier to ask forgiveness than to get <i>permission</i>.");
    await page.click("#send");
    await seen(page, "to get <i>permission</i>.");
    assert.equal(await page.$("#entries i"), null, "what was written became markup");
    await takePicture(page, "guestbook");
    assert.deepEqual(failures, []);
    const other = await openPage(browser, guestbookUrl());
    await seen(other.page, "Grace Hopper");
  });

  it("registers with the blog, logs in, and writes a post", async () => {
    const { page, failures } = await openPage(browser, new URL("/auth/register", blogUrl()).href);
    const fill = async (fields: Record<string, string>) => {
      for (const [name, text] of Object.entries(fields)) await page.type(`[name=${name}]`, text);
      await Promise.all([page.waitForNavigation(), page.click("main form button, main form [type=submit]")]);
    };
    const account = { username: "grace", password: "correct horse battery staple" };
    await fill(account);
    await fill(account);
    await page.goto(new URL("/create", blogUrl()).href);
    await fill({ title: "Seen in a browser", body: "Written through the deployed stack." });
    await seen(page, "Seen in a browser");
    await takePicture(page, "blog");
    assert.deepEqual(failures, []);
  });
});

describe("what the guestbook acknowledged", () => {
  it(`is there after the primary of Redis was killed ${KILLS} times (SIGKILL), and could be read all the while`, async function () {
    this.timeout(8 * 60_000);
    const writers = Writers.sign(guestbookUrl(), 4);
    let unread = 0;
    let read = 0;
    const reading = setInterval(() => {
      guestbook()
        .entries(1)
        .then(
          () => read++,
          () => unread++,
        );
    }, 200);
    try {
      await writers.more(20);
      // The first time only its container: what the kubelet makes of that alone is seen as well.
      for (let kill = 1; kill <= KILLS; kill++) {
        await redis().kill({ pod: kill > 1 });
        await writers.more(20);
      }
    } finally {
      clearInterval(reading);
      await writers.stop();
    }
    const { acknowledged, failed } = writers;
    console.log(
      `      ${acknowledged.length} entries acknowledged, ${failed.length} not, ${KILLS} kills; read ${read} times meanwhile, ${unread} failed`,
    );
    assert.ok(acknowledged.length < 900, "more than the guestbook keeps");
    assert.ok(failed.length > 0, "no write met an absent primary");
    assert.ok(
      failed.some((line) => /POST answers 503: .*cannot be written to right now/.test(line)),
      failed.slice(0, 3).join("\n"),
    );
    assert.deepEqual(missing(acknowledged, await entriesIn(redis())), []);
    assert.equal(unread, 0);
  });

  it("comes to the replicas again", async () => {
    await guestbook().post("Ada", "after all of that");
    const entries = () => guestbook().entries(5);
    await eventually("the entry at the replicas", 30, entries, (found) =>
      found.some(({ text }) => text === "after all of that"),
    );
  });
});

describe("an app that is taken out of the config", () => {
  const others = async () => [await cluster().podNames("web"), await cluster().podNames("web", "guestbook")];

  it("goes with all that it had, and nothing else does", async () => {
    const before = await others();
    const { error, changes } = await stage().run("up", { config: { apps: [stage().blog(), GUESTBOOK] } });
    assert.equal(error, undefined);
    assert.deepEqual(
      changes.filter((change) => !/^delete \S+ hello(-|$)/.test(change)),
      [],
    );
    assert.ok(!(await cluster().namespaces()).includes("hello"));
    assert.deepEqual(await others(), before);
  });

  it("leaves no volume behind where data is not to be retained", async () => {
    const { error, changes } = await stage().run("up");
    assert.equal(error, undefined);
    assert.deepEqual(
      changes.filter((change) => !/^delete \S+ guestbook(-|$)/.test(change)),
      [],
    );
    await eventually(
      "the blog's volume alone",
      60,
      async () => (await cluster().volumes()).length,
      (count) => count === 1,
    );
  });
});
