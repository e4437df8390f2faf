import assert from "node:assert/strict";
import { eachWithAccount, loadBalancerRequest } from "./account";

const PATH = "/v2/load_balancers";

describe("emulated load balancers", () => {
  const account = eachWithAccount({ provisioningSeconds: { loadBalancer: 90 } });
  const make = async (change: Record<string, unknown> = {}) =>
    (await account.get().do("POST", PATH, { ...loadBalancerRequest(), ...change })).load_balancer;
  const get = async (id: string) => (await account.get().do("GET", `${PATH}/${id}`)).load_balancer;

  it("are new, without an address, until their time has come (D12)", async () => {
    const made = await make();
    assert.deepEqual([made.status, made.ip, made.size_unit, made.type], ["new", "", 1, "REGIONAL_NETWORK"]);
    await account.get().emulator.clock.advance({ seconds: 80 });
    assert.equal((await get(made.id)).status, "new");
    await account.get().emulator.clock.advance({ seconds: 11 });
    const active = await get(made.id);
    assert.deepEqual([active.status, active.ip], ["active", "10.99.5.10"]);
  });

  it("cannot be changed while they are made, and keep their type afterwards", async () => {
    const { id } = await make();
    const one = `${PATH}/${id}`;
    assert.deepEqual(await account.get().refusal("PUT", one, loadBalancerRequest()), [
      403,
      "Load Balancer can't be updated while it processes previous actions",
    ]);
    await account.get().emulator.clock.advance({ seconds: 91 });
    const rules = [{ entry_protocol: "tcp", entry_port: 443, target_protocol: "tcp", target_port: 443 }];
    await account.get().do("PUT", one, { ...loadBalancerRequest(), droplet_ids: [7], forwarding_rules: rules });
    const changed = await get(id);
    assert.deepEqual([changed.droplet_ids, changed.forwarding_rules[0].entry_port], [[7], 443]);
    const [status] = await account.get().refusal("PUT", one, { ...loadBalancerRequest(), type: "REGIONAL" });
    assert.equal(status, 422);
  });

  it("have an address each, and are refused when there may be no more", async () => {
    account.get().emulator.surroundings.loadBalancerLimit = 2;
    const first = await make();
    await make({ name: "second" });
    assert.deepEqual(await account.get().refusal("POST", PATH, { ...loadBalancerRequest(), name: "third" }), [
      422,
      "load balancer limit reached: your account may have 2",
    ]);
    await account.get().do("DELETE", `${PATH}/${first.id}`);
    const third = await make({ name: "third" });
    await account.get().emulator.clock.advance({ seconds: 91 });
    assert.equal((await get(third.id)).ip, "10.99.5.10");
  });

  it("are refused without a region, with an unknown one, and with a port twice", async () => {
    const refused = (change: Record<string, unknown>) =>
      account.get().refusal("POST", PATH, { ...loadBalancerRequest(), ...change });
    assert.deepEqual(await refused({ region: undefined }), [422, "region is required"]);
    assert.deepEqual(await refused({ region: "fra9" }), [422, "Region is not available or does not exist"]);
    const [rule] = loadBalancerRequest().forwarding_rules;
    assert.deepEqual(await refused({ forwarding_rules: [rule, rule] }), [422, "entry port is duplicated"]);
    assert.equal((await refused({ forwarding_rules: [] }))[0], 422);
  });

  it("are members of a network: their own, or the region's default one", async () => {
    const { vpc } = await account.get().do("POST", "/v2/vpcs", { name: "net", region: "fra1" });
    const own = await make({ vpc_uuid: vpc.id });
    const other = await make({ name: "b" });
    assert.equal(own.vpc_uuid, vpc.id);
    const { members } = await account.get().do("GET", `/v2/vpcs/${vpc.id}/members`);
    assert.deepEqual(
      members.map(({ urn }) => urn),
      [`do:loadbalancer:${own.id}`],
    );
    const fallback = await account.get().do("GET", `/v2/vpcs/${other.vpc_uuid}`);
    assert.deepEqual([fallback.vpc.name, fallback.vpc.default], ["default-fra1", true]);
  });
});
