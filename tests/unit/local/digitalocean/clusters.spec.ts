import assert from "node:assert/strict";
import { CLUSTERS, clusterRequest, eachWithAccount, loadBalancerRequest, poolRequest } from "./account";

describe("emulated clusters", () => {
  const account = eachWithAccount({ provisioningSeconds: { cluster: 240, node: 120, deletion: 60 } });
  const refused = (request: Record<string, unknown>) =>
    account.get().refusal("POST", CLUSTERS, { ...clusterRequest(), ...request });
  const stateOf = async (id: string): Promise<string> =>
    (await account.get().do("GET", `${CLUSTERS}/${id}`)).kubernetes_cluster.status.state;
  const advance = (seconds: number) => account.get().emulator.clock.advance({ seconds });

  it("are provisioned until their time has come and the backend has made them", async () => {
    const { backend, emulator } = account.get();
    let release: () => void = () => undefined;
    backend.hold = new Promise((resolve) => (release = resolve));
    const { kubernetes_cluster: made } = await account.get().do("POST", CLUSTERS, clusterRequest());
    assert.deepEqual([made.status.state, made.endpoint], ["provisioning", ""]);
    await advance(300);
    assert.equal(await stateOf(made.id), "provisioning");
    release();
    await emulator.settled();
    const { kubernetes_cluster: cluster } = await account.get().do("GET", `${CLUSTERS}/${made.id}`);
    assert.deepEqual(
      [cluster.status.state, cluster.endpoint, cluster.ipv4, cluster.node_pools[0].nodes[0].status.state],
      ["running", "https://10.99.4.2:6443", "10.99.4.2", "running"],
    );
    assert.deepEqual(cluster.tags, ["k8s", `k8s:${cluster.id}`]);
    assert.deepEqual(backend.created, [cluster.id]);
  });

  it("tell why the backend could not make them", async () => {
    const { backend, emulator } = account.get();
    backend.hold = Promise.reject(new Error("no room"));
    backend.hold.catch(() => undefined);
    const id = await account.get().cluster();
    const { status } = (await account.get().do("GET", `${CLUSTERS}/${id}`)).kubernetes_cluster;
    assert.deepEqual(status, { state: "error", message: "the cluster could not be made: no room" });
    assert.equal(emulator.failures.length, 1);
  });

  it("are refused with what is not on offer: version, region, size", async () => {
    assert.deepEqual(await refused({ version: "1.20.1-do.0" }), [422, "validation error: invalid version slug"]);
    assert.deepEqual(await refused({ region: "fra9" }), [422, "validation error: invalid region slug"]);
    assert.deepEqual(await refused({ region: "nyc2" }), [422, "validation error: invalid region slug"]);
    const node_pools = [{ ...poolRequest(), size: "s-1vcpu-1gb" }];
    assert.deepEqual(await refused({ node_pools }), [422, "validation error: invalid droplet size"]);
    assert.deepEqual(account.get().emulator.inventory.cluster, []);
    assert.deepEqual(account.get().backend.created, []);
  });

  it("are refused with pools whose numbers do not go together", async () => {
    const pool = (change: Record<string, unknown>) => refused({ node_pools: [{ ...poolRequest(), ...change }] });
    assert.deepEqual(await pool({ auto_scale: true, min_nodes: 4, max_nodes: 3 }), [
      422,
      "validation error: min_nodes must not be greater than max_nodes",
    ]);
    assert.deepEqual(await pool({ count: 0 }), [422, "validation error: count must be at least 1"]);
  });

  it("are refused when the name is taken, and when there may be no more", async () => {
    await account.get().cluster();
    assert.deepEqual(await refused({}), [422, "validation error: a cluster with this name already exists"]);
    await account.get().cluster({ name: "second" });
    assert.deepEqual(await refused({ name: "third" }), [
      422,
      "validation error: cluster limit reached, your account may have 2 clusters",
    ]);
  });

  it("are refused when they may grow beyond the account's droplet limit", async () => {
    account.get().emulator.surroundings.dropletLimit = 5;
    const node_pools = [{ ...poolRequest(), auto_scale: true, min_nodes: 1, max_nodes: 6 }];
    assert.deepEqual(await refused({ node_pools }), [
      422,
      "validation error: autoscale desired max nodes exceed limits, 6 additional nodes but not enough available droplet limit",
    ]);
    await account.get().cluster({ node_pools: [{ ...poolRequest(), count: 5 }] });
    assert.equal((await refused({ name: "second" }))[0], 422);
  });

  it("take subnets of their own that are apart from all others (D6)", async () => {
    const { vpc } = await account
      .get()
      .do("POST", "/v2/vpcs", { name: "net", region: "fra1", ip_range: "10.10.0.0/20" });
    const own = { vpc_uuid: vpc.id, cluster_subnet: "10.20.0.0/16", service_subnet: "10.30.0.0/20" };
    const wrong = async (change: Record<string, unknown>) => (await refused({ ...own, ...change }))[1];
    assert.match(await wrong({ cluster_subnet: "10.20.0.1/16" }), /cluster_subnet: invalid CIDR/);
    assert.match(await wrong({ service_subnet: "8.8.0.0/16" }), /service_subnet: invalid CIDR/);
    assert.match(await wrong({ service_subnet: "10.20.16.0/20" }), /cluster_subnet overlaps with service_subnet/);
    assert.match(await wrong({ cluster_subnet: "10.10.0.0/16" }), /cluster_subnet overlaps with VPC net/);
    assert.match(await wrong({ service_subnet: undefined }), /must be provided together/);
    assert.match(await wrong({ vpc_uuid: crypto.randomUUID() }), /VPC not found/);
    account.get().emulator.surroundings.regionsWithoutVpcNative.push("fra1");
    assert.match(await wrong({}), /VPC-native networking is not supported in region fra1/);
    account.get().emulator.surroundings.regionsWithoutVpcNative.pop();
    await account.get().cluster(own);
    assert.match(await wrong({ name: "second" }), /cluster_subnet overlaps with cluster shop/);
  });

  it("have a highly available control plane by default from 1.36 on, and cannot lose it (D5)", async () => {
    const id = await account.get().cluster({ version: "1.36.0-do.0" });
    const one = `${CLUSTERS}/${id}`;
    assert.equal((await account.get().do("GET", one)).kubernetes_cluster.ha, true);
    assert.deepEqual(await account.get().refusal("PUT", one, { name: "shop", ha: false }), [
      422,
      "validation error: high availability control plane cannot be disabled once it is enabled",
    ]);
    const other = await account.get().cluster({ name: "other" });
    const { kubernetes_cluster: cluster } = await account
      .get()
      .do("PUT", `${CLUSTERS}/${other}`, { name: "other", ha: true });
    assert.equal(cluster.ha, true);
  });

  it("are upgraded to newer versions only, at most a minor version ahead (D3)", async () => {
    const id = await account.get().cluster({ version: "1.34.4-do.0" });
    await advance(300);
    const one = `${CLUSTERS}/${id}`;
    const { available_upgrade_versions: offered } = await account.get().do("GET", `${one}/upgrades`);
    assert.deepEqual(
      offered.map(({ slug }) => slug),
      ["1.35.2-do.0", "1.35.1-do.0"],
    );
    for (const version of ["1.33.8-do.0", "1.34.4-do.0", "1.36.0-do.0"]) {
      const [status, message] = await account.get().refusal("POST", `${one}/upgrade`, { version });
      assert.deepEqual(
        [status, message],
        [422, `validation error: cluster cannot be upgraded from 1.34.4-do.0 to ${version}`],
      );
    }
    await account.get().do("POST", `${one}/upgrade`, { version: "1.35.1-do.0" });
    assert.equal(await stateOf(id), "upgrading");
    await advance(300);
    assert.equal((await account.get().do("GET", one)).kubernetes_cluster.version, "1.35.1-do.0");
    assert.equal(await stateOf(id), "running");
  });

  it("are upgraded by themselves, and keep a version that is withdrawn (D3)", async () => {
    const { emulator } = account.get();
    const id = await account.get().cluster();
    emulator.patchUpgrade(id, "1.35.9-do.0");
    emulator.withdrawVersion("1.35.1-do.0");
    const { kubernetes_cluster: cluster } = await account.get().do("GET", `${CLUSTERS}/${id}`);
    assert.equal(cluster.version, "1.35.9-do.0");
    const { options } = await account.get().do("GET", "/v2/kubernetes/options");
    const slugs = options.versions.map(({ slug }) => slug);
    assert.ok(!slugs.includes("1.35.1-do.0") && slugs.includes("1.35.9-do.0"));
    assert.deepEqual(await refused({ name: "second" }), [422, "validation error: invalid version slug"]);
  });

  it("take a minor version or the latest for a version (D3)", async () => {
    const versionOf = async (name: string, version: string) => {
      const { kubernetes_cluster: made } = await account
        .get()
        .do("POST", CLUSTERS, { ...clusterRequest(), name, version });
      return made.version;
    };
    assert.equal(await versionOf("a", "1.35"), "1.35.2-do.0");
    assert.equal(await versionOf("b", "latest"), "1.36.0-do.0");
  });

  it("keep what is not told anew when they are changed, and drop a surge upgrade that is not", async () => {
    const id = await account
      .get()
      .cluster({ tags: ["a"], surge_upgrade: true, maintenance_policy: { day: "sunday", start_time: "04:00" } });
    const { kubernetes_cluster: changed } = await account.get().do("PUT", `${CLUSTERS}/${id}`, { name: "renamed" });
    assert.deepEqual(
      [changed.name, changed.tags.at(-1), changed.surge_upgrade, changed.maintenance_policy],
      ["renamed", "a", false, { day: "sunday", start_time: "04:00", duration: "4h0m0s" }],
    );
  });

  it("leave load balancers, volumes and snapshots behind when they are deleted (D7)", async () => {
    const { emulator, backend } = account.get();
    const id = await leftovers();
    await account.get().do("DELETE", `${CLUSTERS}/${id}`);
    assert.equal(await stateOf(id), "deleting");
    await advance(61);
    await emulator.settled();
    assert.deepEqual(backend.deleted, [id]);
    assert.equal((await account.get().refusal("GET", `${CLUSTERS}/${id}`))[0], 404);
    const { cluster, loadBalancer, volume, snapshot } = emulator.inventory;
    assert.deepEqual(
      [cluster, loadBalancer, volume, snapshot].map(({ length }) => length),
      [0, 1, 1, 1],
    );
  });

  it("take along what carries their tag by the dangerous way, and what is named by the selective one (D7)", async () => {
    const { emulator } = account.get();
    const id = await leftovers();
    const path = `${CLUSTERS}/${id}/destroy_with_associated_resources`;
    const all = await account.get().do("GET", path);
    assert.deepEqual(
      [all.load_balancers[0].name, all.volumes[0].name, all.volume_snapshots[0].name],
      ["edge", "pvc", "before"],
    );
    assert.equal((await account.get().refusal("DELETE", `${path}/selective`, { volumes: ["other"] }))[0], 422);
    await account.get().do("DELETE", `${path}/selective`, { load_balancers: [all.load_balancers[0].id] });
    assert.deepEqual([emulator.inventory.loadBalancer.length, emulator.inventory.volume.length], [0, 1]);
    await account.get().do("DELETE", `${path}/dangerous`);
    assert.deepEqual([emulator.inventory.volume.length, emulator.inventory.snapshot.length], [0, 0]);
  });

  /** A cluster, and one of each that its controllers would have made for it. */
  async function leftovers(): Promise<string> {
    const id = await account.get().cluster();
    const tags = ["k8s", `k8s:${id}`];
    await account.get().do("POST", "/v2/load_balancers", { ...loadBalancerRequest(), tags });
    const request = { name: "pvc", region: "fra1", size_gigabytes: 5, tags };
    const { volume } = await account.get().do("POST", "/v2/volumes", request);
    await account.get().do("POST", `/v2/volumes/${volume.id}/snapshots`, { name: "before" });
    return id;
  }
});
