import assert from "node:assert/strict";
import { ContainerRegistry } from "../../../components/cluster/containerRegistry";
import { DoksCluster } from "../../../components/cluster/doksCluster";
import { FlaskApp } from "../../../components/app/flaskApp";
import { DnsRecords } from "../../../components/edge/dnsRecords";
import { protection, type DataPolicy } from "../../../lib/dataPolicy";
import { BACKUP_PLAN, MANAGED_PLAN } from "../../support/databases";
import { DATABASE, FULL } from "../../support/flaskApps";
import { deploy } from "../../support/mocks";

/** All that a stack may have. */
function everything(dataPolicy: DataPolicy): void {
  new DoksCluster("env", {
    region: "fra1",
    version: "1.35.1-do.0",
    autoUpgrade: false,
    ha: true,
    pool: { size: "s-2vcpu-4gb", min: 3, max: 6 },
    pools: [{ name: "batch", size: "c-4", min: 1, labels: {}, taints: [] }],
    maintenance: { day: "sunday", start: "04:00" },
    networks: { vpcCidr: "10.110.0.0/20", clusterSubnet: "10.112.0.0/16", serviceSubnet: "10.113.0.0/20" },
    tags: [],
    project: "My Team",
    dataPolicy,
  });
  new ContainerRegistry("env", {
    kind: "digitalocean",
    create: true,
    registryName: "env",
    tier: "basic",
    rotation: 1,
    dataPolicy,
  });
  new DnsRecords("env", { domain: "example.com", ownership: "create", ttlSeconds: 300, hosts: [], dataPolicy });
  new FlaskApp("blog", {
    ...FULL,
    database: { ...DATABASE, spare: MANAGED_PLAN, backup: BACKUP_PLAN },
    dataPolicy,
  });
}

describe("the data policy", () => {
  const cases: [DataPolicy, object, string[]][] = [
    [
      "retain",
      { protect: true },
      [
        "blog-database-backup-volume",
        "blog-database-managed-mysql-cluster",
        "blog-database-managed-mysql-database",
        "blog-database-mysql-server",
        "blog-database-mysql-volume",
        "env-cluster",
        "env-domain",
        "env-registry",
      ],
    ],
    ["delete", {}, []],
  ];
  for (const [policy, options, kept] of cases) {
    it(`${policy} protects ${kept.length === 0 ? "nothing" : "what holds data"}, so that all else can be rotated and replaced`, async () => {
      const { resources } = await deploy(() => {
        everything(policy);
      });
      assert.deepStrictEqual(protection(policy), options);
      assert.deepStrictEqual(
        resources
          .filter(({ protect }) => protect)
          .map(({ name }) => name)
          .sort(),
        kept,
      );
      assert.ok(resources.length > 40);
    });
  }
});
