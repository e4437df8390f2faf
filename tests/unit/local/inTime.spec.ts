import assert from "node:assert/strict";
import { mock } from "node:test";
import { inTime } from "../../../local/inTime";

describe("A request of which an answer is good to have", () => {
  it("gives what it gives in time", async () => {
    assert.deepStrictEqual(await inTime(Promise.resolve("an answer"), "none"), "an answer");
  });
  it("gives the other value when it fails", async () => {
    assert.deepStrictEqual(await inTime(Promise.reject(new Error("refused")), "none"), "none");
  });
  it("gives the other value after 5 s", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const asked = inTime(new Promise<string>(() => undefined), "none");
      const early = Promise.race([asked, Promise.resolve("waiting")]);
      mock.timers.tick(4_999);
      assert.deepStrictEqual(await early, "waiting");
      mock.timers.tick(1);
      assert.deepStrictEqual(await asked, "none");
    } finally {
      mock.timers.reset();
    }
  });
});
