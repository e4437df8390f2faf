import assert from "node:assert/strict";
import { BlogClient } from "../support/blogClient";
import { eventually } from "../support/cluster";
import { blogUrl, cluster, stage } from "./stage";

describe("the first up", () => {
  it("takes the blog from source to a URL that answers", async () => {
    const { error, urls, providers, seconds } = await stage().run("up");
    console.log(`      providers: ${JSON.stringify(providers)}; up took ${seconds.toFixed(1)} s`);
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(urls), ["blog"]);
    const front = () => fetch(urls["blog"] ?? "").then(({ status }) => status, String);
    await eventually("the front page", 30, front, (status) => status === 200);
  });

  it("lets a reader register, log in, post, and read it back", async () => {
    const writer = new BlogClient(blogUrl());
    await writer.join("ada", "correct horse battery staple");
    await writer.post("First post", "Written through the deployed stack <b>safely</b>.");
    const { status, text } = await new BlogClient(blogUrl()).get("/");
    assert.equal(status, 200);
    assert.ok(text.includes("First post"));
    assert.ok(text.includes("&lt;b&gt;safely&lt;/b&gt;"), "what people write is escaped");
  });

  it("runs the image by its digest and nothing else (P1)", async () => {
    const pods = [...(await cluster().pods("web")), ...(await cluster().pods("database"))];
    assert.equal(pods.length, 3);
    for (const pod of pods) {
      for (const { image } of pod.spec?.containers ?? []) {
        assert.match(image ?? "", /^[^@]+@sha256:[0-9a-f]{64}$/);
      }
    }
  });

  it("migrates before the first web pod is made", async () => {
    const [migration] = await cluster().pods("migration");
    const ended = migration?.status?.containerStatuses?.[0]?.state?.terminated;
    assert.ok(ended !== undefined, "the migration has not ended");
    assert.equal(ended.exitCode, 0);
    const web = await cluster().pods("web");
    for (const pod of web) {
      assert.ok((pod.metadata?.creationTimestamp?.getTime() ?? 0) >= (ended.finishedAt?.getTime() ?? Infinity));
    }
  });
});

describe("a second run with nothing changed", () => {
  it("previews as empty", async () => {
    const { error, changes } = await stage().run("preview");
    assert.equal(error, undefined);
    assert.deepEqual(changes, []);
  });

  it("builds, pushes and rolls nothing", async () => {
    const before = await cluster().podNames("web");
    const { error, changes } = await stage().run("up");
    assert.equal(error, undefined);
    assert.deepEqual(changes, []);
    assert.deepEqual(await cluster().podNames("web"), before);
  });

  it("finds no drift: a refresh changes nothing that a preview would show", async () => {
    assert.equal((await stage().run("refresh")).error, undefined);
    const { error, changes } = await stage().run("preview");
    assert.equal(error, undefined);
    assert.deepEqual(changes, []);
  });

  it("previews in a time that is told beside that of an empty program", async () => {
    const preview = await stage().run("preview");
    const empty = await stage().run("preview", { program: "empty", home: "empty" });
    console.log(
      `      unchanged preview: ${preview.seconds.toFixed(1)} s; empty program with the same providers: ${empty.seconds.toFixed(1)} s`,
    );
    assert.equal(empty.error, undefined);
    assert.ok(preview.seconds > 0 && preview.seconds < 30, `the preview took ${preview.seconds} s`);
  });
});
