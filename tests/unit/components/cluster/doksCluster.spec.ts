import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { DoksCluster, type DoksClusterArgs } from "../../../../components/cluster/doksCluster";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

const ARGS: DoksClusterArgs = {
  region: "fra1",
  version: "1.35.1-do.0",
  ha: false,
  pool: { size: "s-2vcpu-4gb", min: 2 },
  maintenance: { day: "sunday", start: "04:00" },
  networks: { vpcCidr: "10.110.0.0/20", clusterSubnet: "10.112.0.0/16", serviceSubnet: "10.113.0.0/20" },
  tags: ["flask-doks-test"],
  destroyAssociatedResources: false,
};

const create = (changes: Partial<DoksClusterArgs> = {}) => new DoksCluster("env", { ...ARGS, ...changes });

describe("DoksCluster", () => {
  it("creates a VPC, a cluster and the provider", async () => {
    const { list } = await deploy(() => create());
    assert.deepStrictEqual(list, [
      "digitalocean:index/kubernetesCluster:KubernetesCluster env-cluster",
      "digitalocean:index/vpc:Vpc env-vpc",
      "flask-doks:cluster:DoksCluster env",
      "pulumi:providers:kubernetes env-kubernetes",
    ]);
  });

  it("asks for the pinned version, never for upgrades that nobody ran, and for a gentle way to upgrade (D3)", async () => {
    const { get } = await deploy(() => create());
    const { version, autoUpgrade, surgeUpgrade, maintenancePolicy } = get("env-cluster").inputs;
    assert.deepStrictEqual(
      { version, autoUpgrade, surgeUpgrade, maintenancePolicy },
      {
        version: "1.35.1-do.0",
        autoUpgrade: false,
        surgeUpgrade: true,
        maintenancePolicy: { day: "sunday", startTime: "04:00" },
      },
    );
  });

  it("follows the version of config, for nothing else may change it (D3)", async () => {
    const { get, invokes } = await deploy(() => create({ version: "1.35.2-do.0" }));
    assert.deepStrictEqual(get("env-cluster").inputs["version"], "1.35.2-do.0");
    assert.deepStrictEqual(get("env-cluster").ignoreChanges, []);
    assert.deepStrictEqual(
      invokes.map(({ token }) => token),
      ["digitalocean:index/getKubernetesCluster:getKubernetesCluster"],
    );
  });

  for (const ha of [true, false]) {
    it(`says whether the control plane is highly available: ${ha ? "yes" : "no"} (D5)`, async () => {
      const { get } = await deploy(() => create({ ha }));
      assert.deepStrictEqual(get("env-cluster").inputs["ha"], ha);
    });
  }

  it("sets the networks of the nodes, the pods and the Services from the first day (D6)", async () => {
    const { get } = await deploy(() => create());
    const { vpcUuid, clusterSubnet, serviceSubnet } = get("env-cluster").inputs;
    assert.deepStrictEqual(get("env-vpc").inputs, {
      region: "fra1",
      ipRange: "10.110.0.0/20",
      description: "Nodes of env",
    });
    assert.deepStrictEqual(
      { vpcUuid, clusterSubnet, serviceSubnet },
      { vpcUuid: "env-vpc-id", clusterSubnet: "10.112.0.0/16", serviceSubnet: "10.113.0.0/20" },
    );
  });

  it("holds a pool of a fixed size to its number of nodes", async () => {
    const { get } = await deploy(() => create());
    assert.deepStrictEqual(get("env-cluster").inputs["nodePool"], {
      name: "default",
      size: "s-2vcpu-4gb",
      tags: ["flask-doks-test"],
      nodeCount: 2,
    });
    assert.deepStrictEqual(get("env-cluster").ignoreChanges, []);
  });

  it("takes a pool with equal bounds for one of a fixed size", async () => {
    const { get } = await deploy(() => create({ pool: { size: "s-2vcpu-4gb", min: 3, max: 3 } }));
    const pool = get("env-cluster").inputs["nodePool"] as object;
    assert.deepStrictEqual(["autoScale" in pool, get("env-cluster").ignoreChanges], [false, []]);
  });

  it("leaves the number of nodes of an autoscaled pool to the autoscaler (D4)", async () => {
    const { get } = await deploy(() => create({ pool: { size: "s-2vcpu-4gb", min: 3, max: 6 } }));
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

  for (const destroyAssociatedResources of [true, false]) {
    it(`${destroyAssociatedResources ? "takes" : "does not take"} load balancers and volumes along (D7)`, async () => {
      const { get } = await deploy(() => create({ destroyAssociatedResources }));
      assert.deepStrictEqual(get("env-cluster").inputs["destroyAllAssociatedResources"], destroyAssociatedResources);
    });
  }

  it("reads a kubeconfig of an hour on every run and hands it on as a secret (D1)", async () => {
    const { get, invokes } = await deploy(() => create());
    assert.deepStrictEqual(invokes, [
      {
        token: "digitalocean:index/getKubernetesCluster:getKubernetesCluster",
        inputs: { name: "env-cluster-1a2b3c4d", kubeconfigExpireSeconds: 3600 },
      },
    ]);
    const { inputs, secrets } = get("env-kubernetes");
    assert.deepStrictEqual(inputs["kubeconfig"], "kubeconfig of env-cluster-1a2b3c4d");
    assert.deepStrictEqual(secrets, ["kubeconfig"]);
  });

  it("does not look up a cluster that is not there yet, in a first preview (D1)", async () => {
    const { get, invokes } = await deploy(() => create(), { mode: "preview" });
    assert.deepStrictEqual(invokes, []);
    assert.deepStrictEqual(get("env-kubernetes").inputs, { enableServerSideApply: "true" });
  });

  it("pins the provider by the cluster's id, so that a fresh token replaces nothing (D2)", async () => {
    const { get } = await deploy(() => create());
    const { clusterIdentifier, enableServerSideApply } = get("env-kubernetes").inputs;
    assert.deepStrictEqual(
      { clusterIdentifier, enableServerSideApply },
      { clusterIdentifier: "env-cluster-id", enableServerSideApply: "true" },
    );
  });

  it("makes the provider after the cluster, and the cluster after its VPC", async () => {
    const { waitsFor } = await deploy(() => create());
    assert.deepStrictEqual(
      [waitsFor("env-kubernetes", "env-cluster"), waitsFor("env-cluster", "env-vpc")],
      [true, true],
    );
  });

  it("tells its id", async () => {
    const { outputs } = await deploy(() => ({ id: create().id }));
    assert.deepStrictEqual(outputs, { id: "env-cluster-id" });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new DoksCluster("env", ARGS, opts))),
      byName(expected("env caller none", "env-vpc env cloud", "env-cluster env cloud", "env-kubernetes env none")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [new DoksCluster("one", ARGS), new DoksCluster("two", ARGS)]);
    assert.deepStrictEqual([list.length, new Set(list).size], [8, 8]);
  });

  it("gives the provider to those that ask for it", async () => {
    const { outputs } = await deploy(() => ({ given: pulumi.ProviderResource.isInstance(create().provider) }));
    assert.deepStrictEqual(outputs, { given: true });
  });
});
