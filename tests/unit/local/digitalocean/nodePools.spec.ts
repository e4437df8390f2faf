import assert from "node:assert/strict";
import { CLUSTERS, eachWithAccount, poolRequest } from "./account";

interface Node {
  id: string;
  status: { state: string };
}

describe("emulated node pools", () => {
  const account = eachWithAccount({ provisioningSeconds: { node: 120 } });
  let pools = "";
  beforeEach(async () => {
    pools = `${CLUSTERS}/${await account.get().cluster()}/node_pools`;
    await account.get().emulator.clock.advance({ minutes: 3 });
  });
  const first = async () => (await account.get().do("GET", pools)).node_pools[0];
  const statesOf = (pool: { nodes: Node[] }) => pool.nodes.map(({ status }) => status.state);
  const put = async (change: Record<string, unknown>) => {
    const { id, name, count } = await first();
    return (await account.get().do("PUT", `${pools}/${id}`, { name, count: count, ...change })).node_pool;
  };

  it("get further nodes one by one, which run when their time has come", async () => {
    const pool = await put({ count: 3 });
    assert.deepEqual([pool.count, statesOf(pool)], [3, ["running", "provisioning", "provisioning"]]);
    await account.get().emulator.clock.advance({ minutes: 3 });
    assert.deepEqual(statesOf(await first()), ["running", "running", "running"]);
  });

  it("lose nodes, which are seen to go", async () => {
    await put({ count: 2 });
    await account.get().emulator.clock.advance({ minutes: 3 });
    const pool = await put({ count: 1 });
    assert.deepEqual([pool.count, statesOf(pool)], [1, ["running", "deleting"]]);
    await account.get().emulator.clock.advance({ minutes: 3 });
    assert.deepEqual(statesOf(await first()), ["running"]);
  });

  it("keep what is not told anew, and take labels and taints as Go's client writes them", async () => {
    const taints = [{ Key: "gpu", Value: "", Effect: "NoSchedule" }];
    const reply = await account.get().call("PUT", `${pools}/${(await first()).id}`, {
      name: "default",
      count: 1,
      labels: { role: "web" },
      taints,
    });
    assert.equal(reply.status, 202);
    const pool = await put({ tags: ["terraform:default-node-pool"] });
    assert.deepEqual(
      [pool.labels, pool.taints, pool.size, pool.count],
      [{ role: "web" }, [{ key: "gpu", value: "", effect: "NoSchedule" }], "s-2vcpu-4gb", 1],
    );
    assert.deepEqual(pool.tags.slice(2), ["k8s:worker", "terraform:default-node-pool"]);
  });

  it("are scaled within their bounds, and refused with bounds that cross (D4)", async () => {
    const { id } = await first();
    const wrong = { name: "default", auto_scale: true, min_nodes: 3, max_nodes: 2 };
    assert.deepEqual(await account.get().refusal("PUT", `${pools}/${id}`, wrong), [
      422,
      "validation error: min_nodes must not be greater than max_nodes",
    ]);
    assert.equal((await put({ auto_scale: true, min_nodes: 2, max_nodes: 4 })).count, 2);
    const clusterId = pools.split("/")[4] ?? "";
    account.get().emulator.autoscale(clusterId, "default", 9);
    assert.equal((await first()).count, 4);
    assert.throws(() => {
      account.get().emulator.autoscale(clusterId, "none", 2);
    }, /the cluster has no autoscaled pool none/);
  });

  it("are refused beyond the account's droplet limit", async () => {
    account.get().emulator.surroundings.dropletLimit = 3;
    const { id } = await first();
    assert.equal((await account.get().refusal("PUT", `${pools}/${id}`, { name: "default", count: 4 }))[0], 422);
    assert.equal((await account.get().refusal("POST", pools, { ...poolRequest(), name: "b", count: 3 }))[0], 422);
    await account.get().do("POST", pools, { ...poolRequest(), name: "b", count: 2 });
  });

  it("are added and taken away, but for the last one", async () => {
    const { node_pool: more } = await account.get().do("POST", pools, { ...poolRequest(), name: "more" });
    assert.deepEqual(statesOf(more), ["provisioning"]);
    assert.equal((await account.get().refusal("POST", pools, { ...poolRequest(), name: "more" }))[0], 422);
    const one = `${pools}/${more.id}`;
    await account.get().do("DELETE", one);
    assert.deepEqual(statesOf((await account.get().do("GET", one)).node_pool), ["deleting"]);
    await account.get().emulator.clock.advance({ minutes: 3 });
    assert.deepEqual(await account.get().refusal("GET", one), [404, "node pool not found"]);
    const [status] = await account.get().refusal("DELETE", `${pools}/${(await first()).id}`);
    assert.equal(status, 422);
  });

  it("have a node replaced, or taken away for good", async () => {
    const { nodes } = await put({ count: 2 });
    const { id } = await first();
    const [one, other] = nodes as [Node, Node];
    await account.get().do("DELETE", `${pools}/${id}/nodes/${one.id}?replace=1`);
    assert.equal((await first()).count, 2);
    await account.get().do("DELETE", `${pools}/${id}/nodes/${other.id}`);
    assert.equal((await first()).count, 1);
    await account.get().emulator.clock.advance({ minutes: 3 });
    const { nodes: left } = await first();
    assert.equal(left.length, 1);
    assert.ok(![one.id, other.id].includes((left as [Node])[0].id));
  });
});
