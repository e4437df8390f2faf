import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { MANAGED_MYSQL_PORT, ManagedMysql, type ManagedMysqlArgs } from "../../../../components/data/managedMysql";
import { labels } from "../../../../lib/labels";
import { clusterlint } from "../../../support/clusterlint";
import { shownSecrets } from "../../../support/databases";
import { byName, expected, heirs } from "../../../support/heirs";
import { manifests } from "../../../support/manifests";
import { deploy, type DeployOptions } from "../../../support/mocks";

const ARGS: ManagedMysqlArgs = {
  app: "my-blog",
  namespace: "my-blog",
  clusterName: "env-my-blog",
  network: { region: "fra1", vpcId: "the-vpc", clusterId: "the-cluster" },
  size: "db-s-1vcpu-1gb",
  nodes: 1,
  version: "8",
  maintenance: { day: "sunday", hour: "03:00" },
  readReplicas: 0,
  passwordVersion: 1,
  tags: ["env"],
  login: true,
  dataPolicy: "delete",
};

const make = (name = "db", changes: Partial<ManagedMysqlArgs> = {}, opts?: pulumi.ComponentResourceOptions) =>
  new ManagedMysql(name, { ...ARGS, ...changes }, opts);
const create = (changes: Partial<ManagedMysqlArgs> = {}, options: DeployOptions = {}) =>
  deploy(() => make("db", changes), options);

/** What DigitalOcean takes as the name of a database cluster or of a replica. */
const NAME = /^[a-z][a-z0-9-]{2,62}$/;
/** Most characters of a user's name in MySQL. */
const USER_NAME = 32;

describe("ManagedMysql", () => {
  const LEAST = [
    "digitalocean:index/databaseCluster:DatabaseCluster db-cluster",
    "digitalocean:index/databaseDb:DatabaseDb db-database",
    "digitalocean:index/databaseFirewall:DatabaseFirewall db-firewall",
    "digitalocean:index/databaseUser:DatabaseUser db-user",
    "flask-doks:data:ManagedMysql db",
  ];

  it("creates a database cluster with its firewall, database and user, and credentials for tasks", async () => {
    assert.deepStrictEqual((await create()).list, [...LEAST, "kubernetes:core/v1:Secret db-credentials"]);
  });

  it("makes no Secret where no task logs in, for one that is unused is reported before upgrades (D13)", async () => {
    const deployed = await create({ login: false });
    assert.deepStrictEqual(deployed.list, LEAST);
    assert.deepStrictEqual(clusterlint(manifests(deployed)), []);
    // With it there is something to use it, which is not here.
    assert.deepStrictEqual(clusterlint(manifests(await create())), ["Secret managed-mysql: unused"]);
    const { outputs } = await deploy(() => ({ secretName: make("db", { login: false }).secretName }));
    assert.deepStrictEqual(outputs, { secretName: undefined });
  });

  it("is in the cluster's network, and in SQL what MySQL in the cluster is", async () => {
    assert.deepStrictEqual((await create()).get("db-cluster").inputs, {
      name: "env-my-blog",
      engine: "mysql",
      version: "8",
      region: "fra1",
      size: "db-s-1vcpu-1gb",
      nodeCount: 1,
      privateNetworkUuid: "the-vpc",
      maintenanceWindows: [{ day: "sunday", hour: "03:00" }],
      sqlMode:
        "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
      tags: ["env"],
    });
  });

  it("has standby nodes and more disk where config says so", async () => {
    const { inputs } = (await create({ nodes: 3, size: "db-s-2vcpu-4gb", storageGi: 60 })).get("db-cluster");
    assert.deepStrictEqual(
      [inputs["nodeCount"], inputs["size"], inputs["storageSizeMib"]],
      [3, "db-s-2vcpu-4gb", "61440"],
    );
  });

  it("lets the one Kubernetes cluster in, and nobody else", async () => {
    assert.deepStrictEqual((await create()).get("db-firewall").inputs, {
      clusterId: "db-cluster-id",
      rules: [{ type: "k8s", value: "the-cluster" }],
    });
  });

  it("holds the app's own database and user, by names without a dash", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("db-database").inputs, { clusterId: "db-cluster-id", name: "my_blog" });
    assert.deepStrictEqual(get("db-user").inputs, {
      clusterId: "db-cluster-id",
      name: "my_blog",
      mysqlAuthPlugin: "caching_sha2_password",
    });
  });

  it("makes another user for new passwords, as another resource, so that the old one goes when no pod uses him", async () => {
    const users = async (passwordVersion: number) =>
      (await create({ passwordVersion })).resources
        .filter(({ type }) => type.endsWith(":DatabaseUser"))
        .map(({ name, inputs, deleteBeforeReplace }) => [name, inputs["name"], deleteBeforeReplace]);
    assert.deepStrictEqual(await users(1), [["db-user", "my_blog", false]]);
    assert.deepStrictEqual(await users(2), [["db-user-2", "my_blog_2", false]]);
    assert.deepStrictEqual(await users(3), [["db-user-3", "my_blog_3", false]]);
  });

  for (const passwordVersion of [1, 9, 10, 9999]) {
    it(`gives the user of the longest name of an app one that MySQL takes, at version ${passwordVersion}`, async () => {
      const { get } = await create({ app: "a".repeat(30), passwordVersion });
      const name = String(get(passwordVersion === 1 ? "db-user" : `db-user-${passwordVersion}`).inputs["name"]);
      assert.ok(name.length <= USER_NAME, name);
      assert.ok(passwordVersion === 1 || name.endsWith(`_${passwordVersion}`), name);
    });
  }

  it("keeps the password and the authority's certificate in a Secret that arrives as one (P3)", async () => {
    const { inputs, secrets } = (await create()).get("db-credentials");
    assert.deepStrictEqual(inputs, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "managed-mysql", namespace: "my-blog", labels: labels("my-blog", "database") },
      type: "Opaque",
      stringData: { password: "db-user-generated-password", "ca.crt": "certificate for db-cluster-id" },
    });
    assert.deepStrictEqual(secrets, ["stringData"]);
  });

  it("asks DigitalOcean for that certificate, and in a preview from nothing for nothing", async () => {
    const token = "digitalocean:index/getDatabaseCa:getDatabaseCa";
    assert.deepStrictEqual((await create()).invokes, [{ token, inputs: { clusterId: "db-cluster-id" } }]);
    assert.deepStrictEqual((await create({}, { mode: "preview" })).invokes, []);
  });

  it("has read replicas of its own size beside it, each found at its own host", async () => {
    const { list, get, outputs } = await deploy(() => ({
      ...Object.fromEntries(make("db", { readReplicas: 2 }).replicaHosts.map((host, index) => [index, host])),
    }));
    assert.deepStrictEqual(
      list.filter((line) => line.includes("Replica")),
      [
        "digitalocean:index/databaseReplica:DatabaseReplica db-replica-1",
        "digitalocean:index/databaseReplica:DatabaseReplica db-replica-2",
      ],
    );
    const { inputs, deleteBeforeReplace, timeouts } = get("db-replica-2");
    assert.deepStrictEqual(inputs, {
      clusterId: "db-cluster-id",
      name: "env-my-blog-replica-2",
      region: "fra1",
      size: "db-s-1vcpu-1gb",
      privateNetworkUuid: "the-vpc",
      tags: ["env"],
    });
    // Two cannot bear the same name.
    assert.deepStrictEqual([deleteBeforeReplace, timeouts.create], [true, "40m"]);
    assert.deepStrictEqual(outputs, {
      0: "private-env-my-blog-replica-1.db.ondigitalocean.com",
      1: "private-env-my-blog-replica-2.db.ondigitalocean.com",
    });
  });

  it("lets the one Kubernetes cluster in at each read replica as well, whose firewall is its own", async () => {
    const { list, get, waitsFor } = await create({ readReplicas: 2 });
    assert.deepStrictEqual(
      list.filter((line) => line.includes("Firewall")),
      ["db-firewall", "db-replica-1-firewall", "db-replica-2-firewall"].map(
        (name) => `digitalocean:index/databaseFirewall:DatabaseFirewall ${name}`,
      ),
    );
    for (const replica of ["db-replica-1", "db-replica-2"]) {
      assert.deepStrictEqual(get(`${replica}-firewall`).inputs, {
        // Not the id that the engine knows it by, which holds its database's.
        clusterId: `${replica}-uuid`,
        rules: [{ type: "k8s", value: "the-cluster" }],
      });
      assert.ok(waitsFor(`${replica}-firewall`, replica), replica);
    }
  });

  it("gives its read replicas as much disk as it has itself, without which they could not hold what is in it", async () => {
    const { get } = await create({ readReplicas: 1, size: "db-s-2vcpu-4gb", storageGi: 60 });
    const { size, storageSizeMib } = get("db-replica-1").inputs;
    assert.deepStrictEqual([size, storageSizeMib], ["db-s-2vcpu-4gb", "61440"]);
  });

  it("bears names that DigitalOcean takes, with the longest name of an app", async () => {
    const clusterName = `flask-doks-production-${"a".repeat(30)}`;
    const { get } = await create({ app: "a".repeat(30), clusterName, readReplicas: 1 });
    for (const name of ["db-cluster", "db-replica-1"]) {
      assert.match(String(get(name).inputs["name"]), NAME);
    }
  });

  it("goes before one that replaces it comes, and has the time that its nodes take", async () => {
    const { deleteBeforeReplace, timeouts } = (await create()).get("db-cluster");
    assert.deepStrictEqual([deleteBeforeReplace, timeouts], [true, { create: "40m", update: "40m", delete: "" }]);
  });

  for (const [dataPolicy, kept] of [
    ["retain", ["db-cluster", "db-database"]],
    ["delete", []],
  ] as const) {
    it(`with dataPolicy ${dataPolicy} protects ${kept.length === 0 ? "nothing" : "what holds data, and nothing else"}`, async () => {
      const { resources } = await create({ dataPolicy, readReplicas: 1 });
      assert.deepStrictEqual(
        resources.filter(({ protect }) => protect).map(({ name }) => name),
        kept,
      );
    });
  }

  it("tells where it is within the network, and how to log in over TLS, the password as a secret", async () => {
    const { outputs, secretOutputs } = await deploy(() => {
      const { kind, host, port, database, collation, username, password, ca, secretName } = make();
      return { kind, host, port, database, collation, username, password, ca, secretName };
    });
    assert.deepStrictEqual(outputs, {
      kind: "managed-mysql",
      host: "private-env-my-blog.db.ondigitalocean.com",
      port: MANAGED_MYSQL_PORT,
      database: "my_blog",
      collation: "utf8mb4_0900_ai_ci",
      username: "my_blog",
      password: "db-user-generated-password",
      ca: "certificate for db-cluster-id",
      secretName: "managed-mysql",
    });
    assert.deepStrictEqual(secretOutputs, ["password"]);
  });

  for (const mode of ["update", "preview"] as const) {
    it(`shows no password in what is no secret, as ${mode} (P3)`, async () => {
      assert.deepStrictEqual(shownSecrets((await create({ readReplicas: 1 }, { mode })).resources), []);
    });
  }

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => make("db", { readReplicas: 1 }, opts))),
      byName(
        expected(
          "db caller none",
          ...["cluster", "firewall", "database", "user", "replica-1", "replica-1-firewall"].map(
            (role) => `db-${role} db cloud`,
          ),
          "db-credentials db k8s",
        ),
      ),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make("one"), make("two", { app: "shop", namespace: "shop" })]);
    assert.deepStrictEqual([list.length, new Set(list).size], [12, 12]);
  });
});
