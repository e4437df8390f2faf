import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ComeBack, WorkQueue } from "../../../../../local/digitalocean/cloudController/workQueue";

describe("the controllers' queue", () => {
  it("works on a key again if something came meanwhile, and never twice at once", async () => {
    let running = 0;
    let most = 0;
    let times = 0;
    const queue = new WorkQueue({
      work: async () => {
        times++;
        most = Math.max(most, ++running);
        await sleep(10);
        running--;
      },
      failed: () => undefined,
    });
    queue.add("a");
    queue.add("a");
    queue.add("a");
    await sleep(60);
    assert.deepEqual([times, most], [2, 1]);
    await queue.stop();
  });

  it("comes back after a failure until the work succeeds, and tells each", async () => {
    const failures: string[] = [];
    const errors = [new Error("no"), new ComeBack("not yet", 0.001)];
    const state = { done: false };
    const queue = new WorkQueue({
      work: () => {
        const error = errors.shift();
        state.done = error === undefined;
        return error === undefined ? Promise.resolve() : Promise.reject(error);
      },
      failed: (key, error) => failures.push(`${key} ${(error as Error).message}`),
      pauseSeconds: 0.001,
    });
    queue.add("a");
    for (let waited = 0; !state.done && waited < 100; waited++) await sleep(5);
    assert.ok(state.done);
    assert.deepEqual(failures, ["a no", "a not yet"]);
    await queue.stop();
  });

  it("waits at its stop for what has begun, and begins nothing more", async () => {
    let times = 0;
    const queue = new WorkQueue({
      work: async () => {
        await sleep(20);
        times++;
        throw new Error("again");
      },
      failed: () => undefined,
      pauseSeconds: 0.001,
    });
    queue.add("a");
    await queue.stop();
    assert.equal(times, 1);
    queue.add("b");
    await sleep(40);
    assert.equal(times, 1);
  });
});
