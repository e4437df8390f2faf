import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, CLUSTERS, clusterRequest } from "./account";

describe("the file that keeps an emulated account", () => {
  const folder = mkdtempSync(join(tmpdir(), "emulator-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is for its owner only, and brings everything back, the clock included", async () => {
    const stateFile = join(folder, "kept", "state.json");
    const first = await Account.open({ stateFile });
    const id = await first.cluster({ tags: ["kept"] });
    await first.do("POST", "/v2/registry", { name: "flask", subscription_tier_slug: "basic", region: "fra1" });
    await first.do("GET", "/v2/registry/docker-credentials?expiry_seconds=3600");
    await first.do("GET", `${CLUSTERS}/${id}/kubeconfig`);
    await first.emulator.clock.advance({ minutes: 30 });
    const [, token = ""] = /"token": "(doo_v1_[0-9a-f]+)"/.exec(readFileSync(stateFile, "utf8")) ?? [];
    const before = first.emulator.inventory;
    await first.close();
    assert.equal(statSync(stateFile).mode & 0o777, 0o600);

    const second = await Account.open({ stateFile });
    assert.deepEqual(second.emulator.inventory, before);
    assert.ok(second.emulator.clock.offsetMs >= 1_799_000);
    const { email } = second.emulator.surroundings;
    assert.deepEqual(second.emulator.registry.grantOf(email, token), { registry: "flask", write: false });
    assert.deepEqual(second.backend.created, []);
    // What was to expire still does.
    await second.emulator.clock.advance({ minutes: 31 });
    assert.equal(second.emulator.registry.grantOf(email, token), undefined);
    await second.emulator.clock.advance({ days: 7 });
    assert.deepEqual(second.emulator.inventory.clusterToken, []);
    await second.close();
  });

  it("has a cluster's making and its end gone on with", async () => {
    const stateFile = join(folder, "undone.json");
    const first = await Account.open({ stateFile });
    const ending = await first.cluster({ name: "ending" });
    first.backend.hold = new Promise(() => undefined);
    await first.do("DELETE", `${CLUSTERS}/${ending}`);
    const { kubernetes_cluster: making } = await first.do("POST", CLUSTERS, { ...clusterRequest(), name: "making" });
    await first.close();

    const second = await Account.open({ stateFile });
    await second.emulator.settled();
    assert.deepEqual([second.backend.created, second.backend.deleted], [[making.id], [ending]]);
    assert.deepEqual(
      second.emulator.inventory.cluster.map(({ name, state }) => [name, state]),
      [["making", "running"]],
    );
    await second.close();
  });
});
