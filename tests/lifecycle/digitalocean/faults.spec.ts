import assert from "node:assert/strict";
import { eventually } from "../../support/cluster";
import type { FaultKind } from "../../../local/digitalocean/faults";
import { freshAccount, whatExists } from "./cloud";
import { nothingToDo } from "../../support/order";

/** What there is of a dev stack that is up, but for credentials: one that nobody got to know runs out within the hour. */
export const ONE_OF_EACH = {
  cluster: 1,
  nodePool: 1,
  vpc: 1,
  registry: 1,
  repository: 1,
  loadBalancer: 1,
  volume: 1,
};

describe("faults of DigitalOcean's API", () => {
  const FAULTS: [string, FaultKind][] = [
    ["429", 429],
    ["500", 500],
    ["a cut connection", "cut"],
  ];
  for (const [name, kind] of FAULTS) {
    describe(`every call of an up failing once with ${name}`, () => {
      const account = freshAccount("dev");

      it("ends well, at once or at the next up, with nothing doubled", async () => {
        account.emulator.faults.eachCallOnce(kind);
        let runs = 0;
        for (let outcome; runs < 8;) {
          outcome = await account.stage.run("up");
          runs++;
          if (outcome.error === undefined) break;
          console.log(`      run ${runs} stopped: ${outcome.error}`);
          assert.match(outcome.error, /\S/);
          assert.doesNotMatch([outcome.error, ...outcome.errors].join("\n"), /^\s+at .*:\d+:\d+\)?$/m);
        }
        const failed = account.emulator.faults.failedOnce;
        console.log(`      ${failed.length} distinct calls failed once: ${failed.join(", ")}; ups: ${runs}`);
        assert.ok(failed.includes("POST /v2/kubernetes/clusters") && failed.includes("POST /v2/load_balancers"));
        account.emulator.faults.clear();
        nothingToDo(await account.stage.run("preview"));
        const { registryCredential, clusterToken, ...rest } = whatExists(account.emulator);
        assert.deepEqual(rest, ONE_OF_EACH);
        assert.ok((registryCredential ?? 0) <= 4, `${registryCredential ?? 0} registry credentials`);
        assert.ok((clusterToken ?? 0) <= 2 * runs + 2, `${clusterToken ?? 0} cluster tokens`);
      });
    });
  }
});

describe("an up that is killed", () => {
  const account = freshAccount("dev", { provisioningSeconds: { cluster: 8, loadBalancer: 8, node: 2, volume: 1 } });
  const asked = (what: string, method: string, path: RegExp) => () =>
    eventually(
      what,
      180,
      () => Promise.resolve(account.emulator.log.all()),
      (log) => log.some((request) => request.method === method && path.test(request.path) && request.status < 300),
    ).then(() => undefined);

  it("while the cluster is being made goes on with that cluster when it is run again", async () => {
    const moment = asked("the cluster", "POST", /^\/v2\/kubernetes\/clusters$/);
    await account.stage.killAt("up", {}, moment);
    assert.equal(account.emulator.inventory.cluster.length, 1);
  });

  it("while an image is being pushed goes on with the same registry", async () => {
    const moment = asked("the credential for the push", "GET", /docker-credentials.*read_write=true/);
    const [{ id } = { id: "" }] = account.emulator.inventory.cluster;
    await account.stage.killAt("up", {}, moment);
    assert.deepEqual(
      account.emulator.inventory.cluster.map((cluster) => cluster.id),
      [id],
    );
  });

  it("while the load balancer is being made goes on with it", async () => {
    const moment = asked("the load balancer", "POST", /^\/v2\/load_balancers$/);
    await account.stage.killAt("up", {}, moment);
    assert.equal(account.emulator.inventory.loadBalancer.length, 1);
  });

  it("comes to the same end as one that nobody disturbed, with nothing doubled", async () => {
    const { error, urls } = await account.stage.run("up");
    assert.equal(error, undefined);
    const { registryCredential, clusterToken, ...rest } = whatExists(account.emulator);
    assert.deepEqual(rest, ONE_OF_EACH);
    console.log(`      left: ${registryCredential ?? 0} registry credentials, ${clusterToken ?? 0} cluster tokens`);
    nothingToDo(await account.stage.run("preview"));
    const front = () => fetch(urls["blog"] ?? "").then(({ status }) => status, String);
    await eventually("the front page", 30, front, (status) => status === 200);
    assert.equal((await account.stage.run("destroy")).error, undefined);
    await account.emulator.settled();
    await account.emulator.clock.advance({ hours: 2 });
    assert.deepEqual(whatExists(account.emulator), {});
  });
});
