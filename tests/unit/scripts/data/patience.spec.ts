import assert from "node:assert/strict";
import { UserError } from "../../../../local/steps";
import { patiently } from "../../../../scripts/data/patience";

const LIMITS = { silence: 0.2, pollMs: 1 };

/** Fails with each of the errors in turn, and then gives their number. */
function flaky(...errors: object[]): () => Promise<number> {
  let calls = 0;
  return () => {
    const error = errors[calls++];
    return error === undefined ? Promise.resolve(calls) : Promise.reject(Object.assign(new Error("no"), error));
  };
}

describe("A request to a cluster", () => {
  it("is made again while nobody answers, or the server is not well", async () => {
    assert.deepStrictEqual(
      await patiently("count", LIMITS, flaky({ code: "ECONNREFUSED" }, { code: 503 }, { code: 429 })),
      4,
    );
  });
  it("is given up after a while", async () => {
    const never = () => Promise.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" }));
    await assert.rejects(
      patiently("count", LIMITS, never),
      new UserError("The cluster does not count: nothing listens there"),
    );
  });
  it("is made once when it is refused, and the server's own words are told", async () => {
    await assert.rejects(
      patiently("make the Job x", LIMITS, flaky({ code: 403 })),
      new UserError("The kubeconfig's user may not make the Job x."),
    );
    const body = JSON.stringify({ message: "exceeded quota" });
    await assert.rejects(
      patiently("make the Job x", LIMITS, flaky({ code: 422, body })),
      new UserError("The cluster does not make the Job x: exceeded quota"),
    );
  });
});
