import assert from "node:assert/strict";
import { request } from "node:http";
import { Account } from "./account";

/** Loopback addresses, each a host of its own to who looks at addresses only. */
const LISTENING = "127.0.0.3";
const POD = "127.0.0.2";

describe("what moves the emulator from outside", () => {
  let account: Account | undefined;
  const opened = () => {
    assert.ok(account !== undefined);
    return account;
  };
  /** The status of the answer to a request that is sent from an address. */
  const statusFrom = (localAddress: string, path: string, method = "GET"): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      request(`${opened().emulator.url}${path}`, { localAddress, method, headers, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on("error", reject)
        .end(method === "POST" ? '{"days":1}' : undefined);
    });

  beforeEach(async () => {
    account = await Account.open({ address: LISTENING });
  });
  afterEach(async () => {
    await account?.close();
  });

  for (const address of [LISTENING, "127.0.0.1"]) {
    it(`obeys ${address}, ${address === LISTENING ? "its own address" : "the machine itself"}`, async () => {
      assert.equal(await statusFrom(address, "/_emulator/requests"), 200);
      assert.equal(await statusFrom(address, "/_emulator/clock", "POST"), 200);
      assert.ok(opened().emulator.clock.offsetMs >= 86_400_000);
    });
  }

  it("obeys nobody else, such as the node's pods, who may look at the page", async () => {
    const paths = ["/_emulator/clock", "/_emulator/requests"];
    assert.deepEqual(await Promise.all(paths.map((path) => statusFrom(POD, path))), [403, 403]);
    for (const [method, path] of [
      ["POST", "/_emulator/clock"],
      ["POST", "/_emulator/faults"],
      ["POST", "/_emulator/faults/each-call-once"],
      ["DELETE", "/_emulator/faults"],
      ["POST", "/_emulator/versions/withdraw"],
      ["POST", "/_emulator/clusters/some/upgrade"],
      ["POST", "/_emulator/clusters/some/autoscale"],
    ] as const) {
      assert.equal(await statusFrom(POD, path, method), 403, `${method} ${path}`);
    }
    assert.ok(opened().emulator.clock.offsetMs < 1000);
    assert.equal(await statusFrom(POD, "/overview.json"), 200);
  });
});
