import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import type { Emulator } from "../../../../../local/digitalocean/emulator";
import { type Existing, InitFailed } from "../../../../../local/providers/provider";
import { isObject, revealed, Secret, type Values } from "../../../../../local/providers/values";
import { clusterInputs, StandIn, startAccount, TOKEN } from "./rig";

const CLUSTER = "KubernetesCluster";

interface ApiPool {
  id: string;
  count: number;
  tags: string[];
}

describe("The stand-in's Kubernetes cluster", () => {
  let account: Emulator;
  let standIn: StandIn;
  let version: string;

  beforeEach(async () => {
    account = await startAccount();
    standIn = new StandIn(account.url);
    version = account.surroundings.versions[0] ?? "";
  });
  afterEach(() => account.stop());

  const api = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
    const answer = await fetch(account.url + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  const apiCluster = async (id: string) =>
    (await api("GET", `/v2/kubernetes/clusters/${id}`))["kubernetes_cluster"] as {
      node_pools: ApiPool[];
      tags: string[];
    };
  const made = (more: Values = {}, pool: Values = {}) => standIn.create(CLUSTER, clusterInputs(version, more, pool));
  const changed = (one: Existing, more: Values = {}, pool: Values = {}, ignored: string[] = []) =>
    standIn.diff(CLUSTER, one, clusterInputs(version, more, pool), ignored);

  it("is created, waited for, and shown with its pool and a secret kubeconfig", async () => {
    const { id, state } = await made();
    const { kubeConfigs, nodePool, ...open } = state;
    strictEqual(open["status"], "running");
    strictEqual(open["clusterUrn"], `do:kubernetes:${id}`);
    strictEqual(open["surgeUpgrade"], true);
    match(JSON.stringify(open["createdAt"]), /^"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC"$/);
    ok(isObject(nodePool));
    strictEqual(nodePool["actualNodeCount"], 1);
    ok(kubeConfigs instanceof Secret);
    ok(JSON.stringify(revealed(state)["kubeConfigs"]).includes(`token-of-${id}`));
    const [pool] = (await apiCluster(id)).node_pools;
    ok(pool?.tags.includes("terraform:default-node-pool"));
    deepStrictEqual((await changed({ id, state })).changes, {});
  });

  it("takes more nodes in place", async () => {
    const one = await made();
    const difference = await changed(one, {}, { nodeCount: 3 });
    strictEqual(difference.changes["nodePool.nodeCount"], "update");
    deepStrictEqual(difference.replaces, []);
    const state = await standIn.update(CLUSTER, one, clusterInputs(version, {}, { nodeCount: 3 }));
    strictEqual((await apiCluster(one.id)).node_pools[0]?.count, 3);
    deepStrictEqual((await changed({ id: one.id, state }, {}, { nodeCount: 3 })).changes, {});
  });

  it("is replaced, the old one first, for another size of its nodes", async () => {
    const { replaces, deleteBeforeReplace } = await changed(await made(), {}, { size: "s-4vcpu-8gb" });
    deepStrictEqual(replaces, ["nodePool.size"]);
    strictEqual(deleteBeforeReplace, true);
  });

  it("is replaced for another subnet or region, but not for one that is no longer given (D6)", async () => {
    const one = await made();
    deepStrictEqual((await changed(one, { clusterSubnet: "10.200.0.0/16" })).replaces, ["clusterSubnet"]);
    deepStrictEqual((await changed(one, { region: "nyc1" })).replaces, ["region"]);
    const { clusterSubnet, serviceSubnet, ...rest } = clusterInputs(version);
    ok(clusterSubnet !== undefined && serviceSubnet !== undefined);
    deepStrictEqual((await standIn.diff(CLUSTER, one, rest)).changes, {});
  });

  it("is replaced for a lower version, and upgraded for a higher one (D3)", async () => {
    const lower = account.surroundings.versions.at(-1) ?? "";
    const one = await standIn.create(CLUSTER, clusterInputs(lower));
    const down = await standIn.diff(CLUSTER, one, clusterInputs("1.2.3-do.0"));
    deepStrictEqual(down.changes, { version: "update", __meta: "update" });
    deepStrictEqual(down.replaces, ["__meta"]);
    deepStrictEqual((await standIn.diff(CLUSTER, one, clusterInputs(version))).replaces, []);
    deepStrictEqual((await standIn.diff(CLUSTER, one, clusterInputs("1.2.3-do.0"), ["version"])).changes, {});
  });

  it("leaves a node count alone that is ignored (D4)", async () => {
    const one = await made({}, { autoScale: true, minNodes: 1, maxNodes: 3 });
    const pool = { autoScale: true, minNodes: 1, maxNodes: 3, nodeCount: 2 };
    strictEqual((await changed(one, {}, pool)).changes["nodePool.nodeCount"], "update");
    deepStrictEqual((await changed(one, {}, pool, ["nodePool.nodeCount"])).changes, {});
  });

  it("says in place for high availability, tags, maintenance and surge upgrade", async () => {
    const more = {
      ha: true,
      tags: ["a"],
      surgeUpgrade: false,
      maintenancePolicy: { day: "monday", startTime: "05:00" },
    };
    const { changes, replaces } = await changed(await made(), more);
    deepStrictEqual(Object.keys(changes).sort(), [
      "ha",
      "maintenancePolicy.day",
      "maintenancePolicy.startTime",
      "surgeUpgrade",
      "tags",
    ]);
    deepStrictEqual(replaces, []);
  });

  it("shows what others changed, as state and as inputs", async () => {
    const { id, state, inputs } = await made();
    const [pool] = (await apiCluster(id)).node_pools;
    await api("PUT", `/v2/kubernetes/clusters/${id}/node_pools/${pool?.id}`, {
      name: "default",
      count: 2,
      tags: pool?.tags,
    });
    const found = await standIn.read(CLUSTER, id, state, inputs);
    ok(found !== undefined && isObject(found.inputs["nodePool"]) && isObject(found.state["nodePool"]));
    strictEqual(found.inputs["nodePool"]["nodeCount"], 2);
    strictEqual(found.state["nodePool"]["actualNodeCount"], 2);
    strictEqual((await changed(found, {})).changes["nodePool.nodeCount"], "update");
  });

  it("is imported by its id, with the inputs that are not the usual ones", async () => {
    const { id } = await made();
    const found = await standIn.read(CLUSTER, id);
    strictEqual(found?.inputs["clusterSubnet"], "10.100.0.0/16");
    strictEqual(found.inputs["surgeUpgrade"], undefined);
    strictEqual(await standIn.read(CLUSTER, "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"), undefined);
  });

  it("is gone when the API does not know it", async () => {
    const one = await made();
    await standIn.delete(CLUSTER, one);
    // The provider does not wait for it.
    await account.settled();
    strictEqual(await standIn.read(CLUSTER, one.id, one.state, one.inputs), undefined);
    await standIn.delete(CLUSTER, one);
  });

  it("takes along what belongs to it only when that is asked for (D7)", async () => {
    const routes = () => account.log.all().map(({ method, path }) => `${method} ${path}`);
    const kept = await made();
    await standIn.delete(CLUSTER, kept);
    ok(routes().includes(`DELETE /v2/kubernetes/clusters/${kept.id}`));
    const whole = await made({
      name: "other",
      destroyAllAssociatedResources: true,
      clusterSubnet: "10.120.0.0/16",
      serviceSubnet: "10.121.0.0/19",
    });
    await standIn.delete(CLUSTER, whole);
    ok(routes().includes(`DELETE /v2/kubernetes/clusters/${whole.id}/destroy_with_associated_resources/dangerous`));
  });

  it("tells the vendor's refusal, and records nothing", async () => {
    await rejects(standIn.create(CLUSTER, clusterInputs("1.2.3-do.0")), (error: Error) => {
      match(
        error.message,
        /^1 error occurred:\n\t\* Error creating Kubernetes cluster: POST http:\/\/127\.0\.0\.1:\d+\/v2\/kubernetes\/clusters: 422 \(request "[^"]+"\) .*invalid version slug\n\n$/,
      );
      return !(error instanceof InitFailed);
    });
  });

  it("keeps what was wanted when an upgrade is refused, as the real one does", async () => {
    const one = await made();
    const refused = standIn.update(CLUSTER, one, clusterInputs("9.9.9-do.0"));
    await rejects(
      refused,
      (error: Error) => error instanceof InitFailed && error.existing.state["version"] === "9.9.9-do.0",
    );
  });
});
