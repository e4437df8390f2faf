import assert from "node:assert/strict";
import { DoksCluster, type DoksClusterArgs } from "../../../../components/cluster/doksCluster";
import { deploy } from "../../../support/mocks";

const ARGS: DoksClusterArgs = {
  region: "fra1",
  version: "1.35.1-do.0",
  autoUpgrade: false,
  ha: false,
  pool: { size: "s-2vcpu-4gb", min: 2 },
  pools: [],
  maintenance: { day: "sunday", start: "04:00" },
  networks: { vpcCidr: "10.110.0.0/20", clusterSubnet: "10.112.0.0/16", serviceSubnet: "10.113.0.0/20" },
  tags: ["flask-doks-test"],
  dataPolicy: "delete",
};

const create = (changes: Partial<DoksClusterArgs>) => deploy(() => new DoksCluster("env", { ...ARGS, ...changes }));

const BATCH = {
  name: "batch",
  size: "c-4",
  min: 1,
  labels: { team: "batch" },
  taints: [{ key: "team", value: "batch", effect: "NoSchedule" }],
};
const MEMORY = { name: "memory", size: "m-2vcpu-16gb", min: 1, max: 4, labels: {}, taints: [] };

describe("the default pool of a DoksCluster", () => {
  it("is held to its number of nodes when its size is fixed", async () => {
    const { get } = await create({});
    assert.deepStrictEqual(get("env-cluster").inputs["nodePool"], {
      name: "default",
      size: "s-2vcpu-4gb",
      tags: ["flask-doks-test"],
      nodeCount: 2,
    });
    assert.deepStrictEqual(get("env-cluster").ignoreChanges, []);
  });

  it("is taken for one of a fixed size when its bounds are equal", async () => {
    const { get } = await create({ pool: { size: "s-2vcpu-4gb", min: 3, max: 3 } });
    const pool = get("env-cluster").inputs["nodePool"] as object;
    assert.deepStrictEqual(["autoScale" in pool, get("env-cluster").ignoreChanges], [false, []]);
  });

  it("leaves the number of its nodes to the autoscaler when there is one (D4)", async () => {
    const { get } = await create({ pool: { size: "s-2vcpu-4gb", min: 3, max: 6 } });
    assert.deepStrictEqual(get("env-cluster").inputs["nodePool"], {
      name: "default",
      size: "s-2vcpu-4gb",
      tags: ["flask-doks-test"],
      autoScale: true,
      minNodes: 3,
      maxNodes: 6,
      nodeCount: 3,
    });
    assert.deepStrictEqual(get("env-cluster").ignoreChanges, ["nodePool.nodeCount"]);
  });

  it("leaves the version to DigitalOcean as well when that upgrades it (D3, D4)", async () => {
    const { get } = await create({ autoUpgrade: true, pool: { size: "s-2vcpu-4gb", min: 3, max: 6 } });
    assert.deepStrictEqual(get("env-cluster").ignoreChanges, ["nodePool.nodeCount", "version"]);
  });
});

describe("further pools of a DoksCluster", () => {
  it("have size, labels and taints of their own", async () => {
    const { get } = await create({ pools: [BATCH] });
    assert.deepStrictEqual(get("env-pool-batch").inputs, {
      clusterId: "env-cluster-id",
      name: "batch",
      labels: { team: "batch" },
      taints: [{ key: "team", value: "batch", effect: "NoSchedule" }],
      tags: ["flask-doks-test"],
      size: "c-4",
      nodeCount: 1,
    });
  });

  it("are scaled each for itself, and only the autoscaled one's number of nodes is left alone (D4)", async () => {
    const { get } = await create({ pools: [BATCH, MEMORY] });
    const { autoScale, minNodes, maxNodes, nodeCount } = get("env-pool-memory").inputs;
    assert.deepStrictEqual(
      { autoScale, minNodes, maxNodes, nodeCount },
      {
        autoScale: true,
        minNodes: 1,
        maxNodes: 4,
        nodeCount: 1,
      },
    );
    assert.deepStrictEqual(
      ["env-pool-batch", "env-pool-memory", "env-cluster"].map((name) => get(name).ignoreChanges),
      [[], ["nodeCount"], []],
    );
  });

  it("are known by name: another order of them changes nothing", async () => {
    const inputs = async (pools: DoksClusterArgs["pools"]) => {
      const { get } = await create({ pools });
      return ["env-pool-batch", "env-pool-memory"].map((name) => get(name).inputs);
    };
    assert.deepStrictEqual(await inputs([BATCH, MEMORY]), await inputs([MEMORY, BATCH]));
  });

  it("go before those that replace them come, for two cannot bear the same name", async () => {
    const { get } = await create({ pools: [BATCH] });
    assert.deepStrictEqual(get("env-pool-batch").deleteBeforeReplace, true);
  });

  it("are there before anything runs in the cluster, and until it is gone (K11)", async () => {
    const { waitsFor } = await create({ pools: [BATCH, MEMORY] });
    assert.deepStrictEqual(
      ["env-pool-batch", "env-pool-memory"].map((name) => waitsFor("env-kubernetes", name)),
      [true, true],
    );
  });

  it("can be replaced where the cluster is protected", async () => {
    const { get } = await create({ pools: [BATCH], dataPolicy: "retain" });
    assert.deepStrictEqual([get("env-cluster").protect, get("env-pool-batch").protect], [true, false]);
  });
});
