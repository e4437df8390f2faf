import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { DoksCluster, type DoksClusterArgs } from "../../../../components/cluster/doksCluster";
import { execKubeconfig } from "../../../../lib/kubeconfig";
import { byName, expected, heirs } from "../../../support/heirs";
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

/** What the mocked cloud makes of a cluster of the component `env`. */
const KUBECONFIG = execKubeconfig({
  id: "env-cluster-id",
  name: "env",
  endpoint: "https://env-cluster-id.k8s.ondigitalocean.com",
  certificateAuthority: Buffer.from("certificate of env").toString("base64"),
});

const create = (changes: Partial<DoksClusterArgs> = {}, opts?: pulumi.ComponentResourceOptions) =>
  new DoksCluster("env", { ...ARGS, ...changes }, opts);

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

  it("asks for the pinned version, and for a gentle way to upgrade (D3)", async () => {
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

  it("follows the version of config, and asks nobody for the latest one (D3)", async () => {
    const { get, invokes } = await deploy(() => create({ version: "1.35.2-do.0" }));
    assert.deepStrictEqual(get("env-cluster").inputs["version"], "1.35.2-do.0");
    assert.deepStrictEqual(get("env-cluster").ignoreChanges, []);
    assert.deepStrictEqual(invokes, []);
  });

  it("leaves the version to DigitalOcean when that upgrades it, and never asks for an older one again (D3)", async () => {
    const { get } = await deploy(() => create({ autoUpgrade: true }));
    assert.deepStrictEqual(
      [get("env-cluster").inputs["autoUpgrade"], get("env-cluster").ignoreChanges],
      [true, ["version"]],
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
      name: "env",
      region: "fra1",
      ipRange: "10.110.0.0/20",
      description: "Nodes of env",
    });
    assert.deepStrictEqual(
      { vpcUuid, clusterSubnet, serviceSubnet },
      { vpcUuid: "env-vpc-id", clusterSubnet: "10.112.0.0/16", serviceSubnet: "10.113.0.0/20" },
    );
  });

  it("bears its own name, so that no run can make a second one, and goes before one that replaces it comes", async () => {
    const { get } = await deploy(() => create());
    assert.deepStrictEqual(
      ["env-vpc", "env-cluster"].map((name) => [get(name).inputs["name"], get(name).deleteBeforeReplace]),
      [
        ["env", true],
        ["env", true],
      ],
    );
  });

  for (const [dataPolicy, takesAlong, kept] of [
    ["delete", true, []],
    ["retain", false, ["env-cluster"]],
  ] as const) {
    it(`with dataPolicy ${dataPolicy} ${takesAlong ? "takes" : "does not take"} load balancers and volumes along (D7)`, async () => {
      const { get, resources } = await deploy(() => create({ dataPolicy }));
      assert.deepStrictEqual(get("env-cluster").inputs["destroyAllAssociatedResources"], takesAlong);
      assert.deepStrictEqual(
        resources.filter(({ protect }) => protect).map(({ name }) => name),
        kept,
      );
    });
  }

  it("gives the VPC the time that the cluster's machines take to go (D7)", async () => {
    const { get } = await deploy(() => create());
    assert.deepStrictEqual(get("env-vpc").timeouts.delete, "15m");
  });

  it("makes the provider after the cluster, and the cluster after its VPC (D7)", async () => {
    const { waitsFor } = await deploy(() => create());
    assert.deepStrictEqual(
      [waitsFor("env-kubernetes", "env-cluster"), waitsFor("env-cluster", "env-vpc")],
      [true, true],
    );
  });

  it("is listed in the project of that name", async () => {
    const { get, invokes } = await deploy(() => create({ project: "My Team" }));
    assert.deepStrictEqual(invokes, [
      { token: "digitalocean:index/getProject:getProject", inputs: { name: "My Team" } },
    ]);
    assert.deepStrictEqual(get("env-project").inputs, {
      project: "id of the project My Team",
      resources: ["do:kubernetes:env-cluster-id"],
    });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    const pools = [{ name: "batch", size: "c-2", min: 1, labels: {}, taints: [] }];
    assert.deepStrictEqual(
      byName(await heirs((opts) => new DoksCluster("env", { ...ARGS, pools, project: "My Team" }, opts))),
      byName(
        expected(
          "env caller none",
          "env-vpc env cloud",
          "env-cluster env cloud",
          "env-pool-batch env cloud",
          "env-project env cloud",
          "env-kubernetes env none",
        ),
      ),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [new DoksCluster("one", ARGS), new DoksCluster("two", ARGS)]);
    assert.deepStrictEqual([list.length, new Set(list).size], [8, 8]);
  });
});

describe("the way into a DoksCluster", () => {
  it("is a kubeconfig without a token, the same on every run, and a secret (D1)", async () => {
    const { get } = await deploy(() => create());
    const { inputs, secrets } = get("env-kubernetes");
    assert.deepStrictEqual(inputs["kubeconfig"], KUBECONFIG);
    assert.deepStrictEqual(secrets, ["kubeconfig"]);
  });

  it("asks nobody for a token while the program runs, as update and as preview (D1)", async () => {
    const [update, preview] = [await deploy(() => create()), await deploy(() => create(), { mode: "preview" })];
    assert.deepStrictEqual([update.invokes, preview.invokes], [[], []]);
  });

  it("has DigitalOcean's own token for the new cluster end in an hour, and hides it in the state (D1)", async () => {
    const hidden: unknown[] = [];
    const look: pulumi.ResourceTransformation = ({ name, opts }) => {
      if (name === "env-cluster") {
        hidden.push(...((opts as pulumi.CustomResourceOptions).additionalSecretOutputs ?? []));
      }
      return undefined;
    };
    const { get } = await deploy(() => create({}, { transformations: [look] }));
    assert.deepStrictEqual([get("env-cluster").inputs["kubeconfigExpireSeconds"], hidden], [3600, ["kubeConfigs"]]);
  });

  it("is not known before the cluster is there, and no preview fails for it (D1)", async () => {
    const { get } = await deploy(() => create(), { mode: "preview" });
    assert.deepStrictEqual(get("env-kubernetes").inputs, {
      enableServerSideApply: "true",
      enableSecretMutable: "true",
    });
  });

  it("is pinned by the cluster's id, so that a changed kubeconfig replaces nothing (D2)", async () => {
    const { get } = await deploy(() => create());
    const { clusterIdentifier, enableServerSideApply } = get("env-kubernetes").inputs;
    assert.deepStrictEqual(
      { clusterIdentifier, enableServerSideApply },
      { clusterIdentifier: "env-cluster-id", enableServerSideApply: "true" },
    );
  });

  it("changes a Secret in place, so that what refers to it by name is not made anew for another password", async () => {
    const { get } = await deploy(() => create());
    assert.deepStrictEqual(get("env-kubernetes").inputs["enableSecretMutable"], "true");
  });

  it("is told, with the cluster's id, network, endpoint and URN", async () => {
    const { outputs, secretOutputs } = await deploy(() => {
      const { id, vpcId, endpoint, clusterUrn, kubeconfig, provider } = create();
      return { id, vpcId, endpoint, clusterUrn, kubeconfig, given: pulumi.ProviderResource.isInstance(provider) };
    });
    assert.deepStrictEqual(outputs, {
      id: "env-cluster-id",
      vpcId: "env-vpc-id",
      endpoint: "https://env-cluster-id.k8s.ondigitalocean.com",
      clusterUrn: "do:kubernetes:env-cluster-id",
      kubeconfig: KUBECONFIG,
      given: true,
    });
    assert.deepStrictEqual(secretOutputs, ["kubeconfig"]);
  });
});
