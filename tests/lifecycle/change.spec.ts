import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BlogClient } from "../support/blogClient";
import { eventually } from "../support/cluster";
import { readSteadily } from "../support/traffic";
import { blogUrl, cluster, stage } from "./stage";

/** The page as a new reader sees it. */
const frontPage = async (): Promise<string> => (await new BlogClient(blogUrl()).get("/")).text;

describe("a change", () => {
  it("of one config value rolls the pods, and no request is lost (K9, K10)", async () => {
    const before = await cluster().podNames("web");
    const reader = readSteadily(blogUrl());
    const { error, changes } = await stage().run("up", { blog: { env: { GREETING: "hello" } } });
    const traffic = await reader.stop();
    console.log(`      requests during the roll-out: ${traffic.sent} sent, ${traffic.failed.length} failed`);
    assert.equal(error, undefined);
    assert.ok(changes.some((change) => change.endsWith("ConfigMap blog-config")));
    const after = await cluster().podNames("web");
    assert.deepEqual(
      after.filter((name) => before.includes(name)),
      [],
    );
    assert.ok(traffic.sent > 20, `only ${traffic.sent} requests were sent`);
    assert.deepEqual(traffic.failed, []);
  });

  it("of a secret rolls the pods, and shows the value nowhere (K10)", async () => {
    const before = await cluster().podNames("web");
    const secrets = [...stage().options.secrets, { path: "apps[0].secrets.API_TOKEN", value: "a-secret-of-the-test" }];
    const { error, changes } = await stage().run("up", { secrets });
    assert.equal(error, undefined);
    assert.ok(changes.some((change) => change.endsWith("Secret blog-secrets")));
    const after = await cluster().podNames("web");
    assert.deepEqual(
      after.filter((name) => before.includes(name)),
      [],
    );
    assert.deepEqual(stage().filesWith("a-secret-of-the-test"), []);
  });

  it("of the source is built, pushed and rolled out, and the posts stay", async () => {
    const source = stage().copySource("changed");
    const page = join(source, "src", "blog", "templates", "base.html");
    writeFileSync(page, readFileSync(page, "utf8").replace("</body>", "<p>rolled out by the test</p></body>"));
    const { error, changes } = await stage().run("up", { blog: { source } });
    assert.equal(error, undefined);
    assert.ok(changes.some((change) => change.endsWith("Image blog-image")));
    const text = await frontPage();
    assert.ok(text.includes("rolled out by the test"));
    assert.ok(text.includes("First post"));
  });

  it("of the replicas takes them from 2 to 4 and back to 2, and rolls no pod", async () => {
    const before = await cluster().podNames("web");
    const source = stage().copiedSource("changed");
    assert.equal((await stage().run("up", { blog: { source, replicas: 4 } })).error, undefined);
    assert.equal(await cluster().readyWebPods(), 4);
    const four = await cluster().podNames("web");
    assert.equal(before.length, 2);
    assert.deepEqual(
      before.filter((name) => !four.includes(name)),
      [],
    );
    assert.equal((await stage().run("up", { blog: { source, replicas: 2 } })).error, undefined);
    const names = () => cluster().podNames("web");
    const two = await eventually("two pods", 60, names, ({ length }) => length === 2);
    assert.deepEqual(
      two.filter((name) => !four.includes(name)),
      [],
    );
  });
});

describe("the database pod", () => {
  it("can be deleted: the posts are still there when it is back", async () => {
    const api = cluster();
    const [pod] = await api.pods("database");
    const uid = pod?.metadata?.uid;
    await api.core.deleteNamespacedPod({ name: pod?.metadata?.name ?? "", namespace: "blog" });
    const back = () => api.pods("database");
    await eventually("the new database pod", 120, back, (pods) =>
      pods.some(({ metadata, status }) => metadata?.uid !== uid && status?.containerStatuses?.[0]?.ready === true),
    );
    const page = () =>
      new BlogClient(blogUrl()).get("/").catch((error: unknown) => ({ status: 0, text: String(error) }));
    const { text } = await eventually("the front page", 60, page, ({ status }) => status === 200);
    assert.ok(text.includes("First post"));
  });
});
