import assert from "node:assert/strict";
import { join } from "node:path";
import type { JsonObject } from "../../local/engine/stack";
import { nodeSettings } from "../../local/node/settings";
import { BlogClient } from "../support/blogClient";
import { BlogDatabase } from "../support/blogDatabase";
import { eventually } from "../support/cluster";
import type { Changes } from "../support/lifecycle";
import { nothingToDo } from "../support/order";
import { RedisServer } from "../support/redisServer";
import { NODE } from "./lanes";
import { blogUrl, cluster, stage } from "./stage";

describe("a stack whose data is retained", () => {
  const retained = { home: "retained", config: { dataPolicy: "retain" } };
  const database = () => new BlogDatabase(nodeSettings(NODE), cluster());
  let whole = "";

  const answers = async () => {
    const front = () => fetch(blogUrl()).then(({ status }) => status, String);
    await eventually("the front page", 60, front, (status) => status === 200);
    const { text } = await new BlogClient(blogUrl()).get("/");
    assert.ok(text.includes("Written to stay"));
    assert.equal(await database().digest(), whole);
  };

  it("holds a post", async () => {
    assert.equal((await stage().run("up", retained)).error, undefined);
    const writer = new BlogClient(blogUrl());
    await writer.join("ada", "correct horse battery staple");
    await writer.post("Written to stay", "whatever becomes of the stack");
    whole = await database().digest();
  });

  it("is not destroyed without being told to", async () => {
    const { error, changes } = await stage().run("destroy", retained);
    assert.match(error ?? "", /nothing was deleted: these resources are protected/);
    assert.deepEqual(changes, []);
    await answers();
  });

  it("is destroyed but for its data, and the next up has that back without hands", async () => {
    const { error } = await stage().run("destroy", { ...retained, protected: "stays" });
    assert.equal(error, undefined);
    assert.deepEqual(await cluster().podNames("web"), []);
    assert.equal((await stage().run("up", retained)).error, undefined);
    await answers();
    nothingToDo(await stage().run("preview", retained));
  });

  it("leaves its volume when it is destroyed with its protection, and its state and passwords are gone", async () => {
    const { error } = await stage().run("destroy", { ...retained, protected: "goes" });
    assert.equal(error, undefined);
    assert.deepEqual(await cluster().podNames("database"), []);
    const claims = await cluster().core.listNamespacedPersistentVolumeClaim({ namespace: "blog" });
    assert.deepEqual(
      claims.items.map(({ metadata }) => metadata?.name),
      ["mysql-data"],
    );
  });

  it("has it back when another stack takes over what is there, passwords and all", async () => {
    const heir = { home: "heir", config: { dataPolicy: "delete" } };
    // Somebody else's objects are not taken over in passing.
    const refused = await stage().run("up", heir);
    assert.match(refused.errors.join("\n"), /already exists/);
    const taking = { ...heir, env: { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" } };
    assert.equal((await stage().run("up", taking)).error, undefined);
    await answers();
    nothingToDo(await stage().run("preview", taking));
    assert.equal((await stage().run("destroy", heir)).error, undefined);
    await eventually(
      "no volume",
      60,
      async () => (await cluster().volumes()).length,
      (count) => count === 0,
    );
  });
});

describe("an app that is taken out of a stack whose data is retained", () => {
  const single = (name: string, changes: JsonObject = {}): JsonObject => ({
    name,
    source: join(__dirname, "..", "support", "apps", "single-file"),
    expose: "nodePort",
    replicas: 1,
    health: { live: "/", ready: "/" },
    ...changes,
  });
  const KEEPER = single("keeper", { cache: { kind: "redis", replicas: 0, persistence: { kind: "volume" } } });
  const OTHER = single("other");
  const redis = () => new RedisServer(nodeSettings(NODE), cluster(), "keeper");

  /** Operates on a stack of these apps alone. */
  const run = (operation: "up" | "preview" | "destroy", apps: JsonObject[], changes: Changes = {}) =>
    stage().run(operation, { home: "retained-apps", config: { apps, dataPolicy: "retain" }, ...changes });

  it("holds something", async () => {
    const { error, urls } = await run("up", [KEEPER, OTHER]);
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(urls).sort(), ["keeper", "other"]);
    assert.equal(await redis().ask("set", "stays", "written to stay"), "OK");
  });

  it("is refused by the preview until its protection is taken away", async () => {
    const { error, errors } = await run("preview", [OTHER]);
    assert.ok(error !== undefined);
    assert.match(errors.join("\n"), /StatefulSet.*cannot be deleted/s);
    assert.equal(await redis().ask("get", "stays"), "written to stay");
  });

  it("goes then, and alone, and leaves its volume", async () => {
    const before = await cluster().podNames("web", "other");
    const { error, changes } = await run("up", [OTHER], { protected: "goes" });
    assert.equal(error, undefined);
    assert.deepEqual(
      changes.filter((change) => !/^delete \S+ keeper(-|$)/.test(change)),
      [],
    );
    assert.deepEqual(await cluster().podNames("web", "other"), before);
    const claims = await cluster().core.listNamespacedPersistentVolumeClaim({ namespace: "keeper" });
    assert.deepEqual(
      claims.items.map(({ metadata }) => metadata?.name),
      ["redis-data"],
    );
  });

  it("has it back when it is put into the config again", async () => {
    const env = { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" };
    assert.equal((await run("up", [KEEPER, OTHER], { env })).error, undefined);
    assert.equal(await redis().ask("get", "stays"), "written to stay");
    assert.equal((await run("destroy", [KEEPER, OTHER], { protected: "goes" })).error, undefined);
    // As its owner would, who has looked at it.
    await cluster().core.deleteNamespace({ name: "keeper" });
    await eventually(
      "no volume",
      60,
      async () => (await cluster().volumes()).length,
      (count) => count === 0,
    );
  });
});
