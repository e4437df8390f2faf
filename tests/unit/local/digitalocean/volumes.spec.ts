import assert from "node:assert/strict";
import { CLUSTERS, eachWithAccount, poolRequest } from "./account";

const PATH = "/v2/volumes";

describe("emulated volumes", () => {
  const account = eachWithAccount({ provisioningSeconds: { volume: 5 } });
  const request = (change: Record<string, unknown> = {}) => ({
    name: "pvc",
    region: "fra1",
    size_gigabytes: 5,
    ...change,
  });
  const make = async (change: Record<string, unknown> = {}) =>
    (await account.get().do("POST", PATH, request(change))).volume.id;

  it("have a name of their own in their region, a size, and a limit", async () => {
    await make();
    assert.deepEqual(await account.get().refusal("POST", PATH, request()), [
      409,
      "a volume with that name already exists in this region",
    ]);
    await make({ region: "ams3" });
    assert.equal((await account.get().refusal("POST", PATH, request({ name: "big", size_gigabytes: 20000 })))[0], 422);
    assert.equal((await account.get().refusal("POST", PATH, request({ name: "Big" })))[0], 422);
    account.get().emulator.surroundings.volumeLimit = 2;
    assert.equal((await account.get().refusal("POST", PATH, request({ name: "third" })))[0], 403);
  });

  it("are attached to one node at a time, and are not deleted while they are", async () => {
    const one = `${PATH}/${await make()}`;
    await account.get().cluster({ node_pools: [{ ...poolRequest(), count: 2 }] });
    const { droplets } = await account.get().do("GET", "/v2/droplets");
    const [first, second] = droplets.map(({ id }) => id);
    const { action } = await account.get().do("POST", `${one}/actions`, { type: "attach", droplet_id: first });
    assert.deepEqual([action.status, action.type], ["in-progress", "attach_volume"]);
    await account.get().emulator.clock.advance({ seconds: 6 });
    const later = await account.get().do("GET", `${one}/actions/${action.id}`);
    assert.equal(later.action.status, "completed");
    assert.deepEqual((await account.get().do("GET", one)).volume.droplet_ids, [first]);
    const other = { type: "attach", droplet_id: second };
    assert.deepEqual(await account.get().refusal("POST", `${one}/actions`, other), [
      422,
      "This volume is attached to another Droplet",
    ]);
    assert.equal((await account.get().refusal("POST", `${one}/actions`, { type: "attach", droplet_id: 1 }))[0], 422);
    assert.equal((await account.get().refusal("DELETE", one))[0], 409);
    await account.get().do("POST", `${one}/actions`, { type: "detach", droplet_id: first });
    await account.get().do("DELETE", one);
  });

  it("are free again when their cluster is gone", async () => {
    const one = `${PATH}/${await make()}`;
    const id = await account.get().cluster();
    const { droplets } = await account.get().do("GET", "/v2/droplets");
    await account.get().do("POST", `${one}/actions`, { type: "attach", droplet_id: droplets[0].id });
    await account.get().do("DELETE", `${CLUSTERS}/${id}`);
    await account.get().emulator.settled();
    assert.deepEqual((await account.get().do("GET", one)).volume.droplet_ids, []);
  });

  it("grow, and never shrink", async () => {
    const one = `${PATH}/${await make()}`;
    await account.get().do("POST", `${one}/actions`, { type: "resize", size_gigabytes: 10, region: "fra1" });
    assert.equal((await account.get().do("GET", one)).volume.size_gigabytes, 10);
    const smaller = { type: "resize", size_gigabytes: 5, region: "fra1" };
    assert.equal((await account.get().refusal("POST", `${one}/actions`, smaller))[0], 422);
  });

  it("are made of snapshots, which outlive them", async () => {
    const id = await make();
    const { snapshot } = await account.get().do("POST", `${PATH}/${id}/snapshots`, { name: "before" });
    await account.get().do("DELETE", `${PATH}/${id}`);
    const { volume } = await account.get().do("POST", PATH, {
      name: "after",
      region: "fra1",
      size_gigabytes: 5,
      snapshot_id: snapshot.id,
    });
    assert.equal(volume.size_gigabytes, 5);
    const { snapshots } = await account.get().do("GET", "/v2/snapshots");
    assert.deepEqual(
      snapshots.map(({ name }) => name),
      ["before"],
    );
    // As Go's client writes it when there is none.
    await make({ name: "plain", snapshot_id: "" });
    const missing = request({ name: "none", snapshot_id: "none" });
    assert.equal((await account.get().refusal("POST", PATH, missing))[0], 404);
  });
});
