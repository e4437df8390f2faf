import type { V1ContainerState, V1Job, V1Pod } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { lastWord } from "../../../../scripts/data/lastWord";
import { hasStarted, verdict } from "../../../../scripts/data/taskVerdict";

const pod = (state: V1ContainerState, phase = "Running"): V1Pod => ({
  status: {
    phase,
    containerStatuses: [{ name: "backup", ready: false, restartCount: 0, image: "", imageID: "", state }],
  },
});
const job = (type?: string, reason?: string, message?: string): V1Job => ({
  status: {
    conditions:
      type === undefined ? [] : [{ type, status: "True", ...(reason && { reason }), ...(message && { message }) }],
  },
});
const ended = (message: string | undefined, exitCode = 1, reason = "Error") =>
  pod({ terminated: { exitCode, reason, ...(message === undefined ? {} : { message }) } }, "Failed");

describe("The last word of a task", () => {
  it("is the JSON of its last line, figures and texts apart", () => {
    assert.deepStrictEqual(lastWord('[backup] x\n{"ok":true,"task":"backup","snapshot":"ab12","bytes":12}\n'), {
      ok: true,
      figures: { bytes: 12 },
      texts: { task: "backup", snapshot: "ab12" },
    });
  });
  it("is reason and sentence where it failed", () => {
    assert.deepStrictEqual(lastWord('{"ok":false,"task":"backup","reason":"locked","message":"Another one."}'), {
      ok: false,
      reason: "locked",
      message: "Another one.",
    });
  });
  for (const other of [undefined, "", "Killed", "null", "{}", '{"ok":false}']) {
    it(`is none in ${JSON.stringify(other)}`, () => {
      assert.deepStrictEqual(lastWord(other), undefined);
    });
  }
});

describe("What has come of a task", () => {
  const message = (...args: Parameters<typeof verdict>) => {
    const word = verdict(...args);
    return word?.ok === false ? word.message : word;
  };

  it("is nothing while it waits or runs", () => {
    assert.deepStrictEqual([verdict(job(), undefined), verdict(job(), pod({ running: {} }))], [undefined, undefined]);
  });
  it("is its last word, before its Job has noticed, and whatever that says", () => {
    const said = ended('{"ok":false,"reason":"stopped","message":"The task was stopped."}');
    assert.deepStrictEqual(
      [message(job(), said), message(job("Failed", "DeadlineExceeded"), said)],
      ["The task was stopped.", "The task was stopped."],
    );
  });
  it("is what its pod says where it had no time for a word", () => {
    assert.deepStrictEqual(
      message(job("Failed"), ended(undefined, 137, "OOMKilled")),
      "Its pod failed: container backup was killed: it used more memory than its limit (exit code 137).",
    );
    const evicted: V1Pod = { status: { phase: "Failed", message: "The node was low on resource: memory." } };
    assert.deepStrictEqual(message(job(), evicted), "Its pod failed: The node was low on resource: memory.");
  });
  it("is that it said nothing where it ended well and silent", () => {
    const silent = pod({ terminated: { exitCode: 0 } }, "Succeeded");
    assert.deepStrictEqual(
      message(job("Complete"), silent),
      "Its pod failed: it ended without saying what came of it.",
    );
  });
  it("is what its Job says where its pod is gone", () => {
    assert.deepStrictEqual(
      [
        message(job("Failed", "DeadlineExceeded"), undefined),
        message(job("Failed", "BackoffLimitExceeded", "Job has reached the limit"), undefined),
        message(job("Complete"), undefined),
        message(undefined, undefined),
      ],
      [
        "It did not end within its time limit.",
        "Its Job failed: Job has reached the limit.",
        "It has ended, and its pod, which could say what came of it, is gone.",
        "Its Job was deleted before its end.",
      ],
    );
  });
  it("is told from a task that never started", () => {
    assert.deepStrictEqual(
      [
        hasStarted(undefined),
        hasStarted(pod({ waiting: {} })),
        hasStarted(pod({ running: {} })),
        hasStarted(ended("")),
      ],
      [false, false, true, true],
    );
  });
});
