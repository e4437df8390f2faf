import assert from "node:assert/strict";
import { hostname } from "node:os";
import type { Lock } from "../../../../local/engine/lock";
import { StackState } from "../../../../local/engine/stackState";
import type { StateCli } from "../../../../local/engine/stateCli";
import { UserError } from "../../../../local/steps";

describe("the lock of a run on a backend that a team shares", () => {
  /** Of a process that is not there any more. */
  const dead: Lock = { pid: 2 ** 22 - 1, username: "runner", hostname: hostname(), timestamp: "2026-11-26T10:00:00Z" };

  function stateWith(takesOver?: boolean): { state: StackState; cancelled: () => number } {
    let cancelled = 0;
    const cli = {
      locks: () => Promise.resolve([dead]),
      cancel: () => {
        cancelled++;
        return Promise.resolve();
      },
    } as unknown as StateCli;
    const common = { project: "flask-doks", stack: "dev", folder: undefined, cli, note: () => undefined };
    const state = new StackState(takesOver === undefined ? common : { ...common, takesOver });
    return { state, cancelled: () => cancelled };
  }

  it("is taken over when the run was killed on this machine", async () => {
    const { state, cancelled } = stateWith();
    await state.freeLock();
    assert.strictEqual(cancelled(), 1);
  });

  it("is left alone in a pipeline, whose machines are called alike: there it may be a run that lives", async () => {
    const { state, cancelled } = stateWith(false);
    await assert.rejects(state.freeLock(), (error) => error instanceof UserError && /runner/.test(error.message));
    assert.strictEqual(cancelled(), 0);
  });
});
