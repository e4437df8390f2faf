import assert from "node:assert/strict";
import { eventually } from "../support/cluster";
import { cluster, stage } from "./stage";

describe("destroy", () => {
  it("leaves no namespace, no volume and no released volume", async () => {
    const api = cluster();
    assert.equal((await api.volumes()).length, 1);
    const { error, seconds } = await stage().run("destroy");
    console.log(`      destroy took ${seconds.toFixed(1)} s`);
    assert.equal(error, undefined);
    const names = await api.namespaces();
    assert.ok(!names.includes("blog"), `namespaces: ${names.join(", ")}`);
    await eventually(
      "no volume",
      60,
      async () => (await api.volumes()).length,
      (count) => count === 0,
    );
  });

  it("leaves nothing that a second destroy would find", async () => {
    const { error, changes } = await stage().run("destroy");
    assert.equal(error, undefined);
    assert.deepEqual(changes, []);
  });
});
