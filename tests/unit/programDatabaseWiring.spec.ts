import assert from "node:assert/strict";
import { changed, deployWith, MANAGED_WITH_SPACES, WITH_S3 } from "../support/databaseStacks";
import { manifests } from "../support/manifests";
import { workloads } from "../support/pods";
import { app, stack } from "../support/stackFiles";

describe("the wiring of databases and backups", () => {
  const dev = () => deployWith("dev", MANAGED_WITH_SPACES);

  it("puts a database of DigitalOcean's into the cluster's network, for the cluster alone", async () => {
    const { get } = await dev();
    const { name, region, privateNetworkUuid, tags } = get("blog-database-managed-mysql-cluster").inputs;
    assert.deepStrictEqual(
      { name, region, privateNetworkUuid, tags },
      {
        name: "flask-doks-dev-blog",
        region: "fra1",
        privateNetworkUuid: "flask-doks-dev-vpc-id",
        tags: ["flask-doks-dev"],
      },
    );
    for (const server of ["managed-mysql", "managed-mysql-replica-1"]) {
      assert.deepStrictEqual(get(`blog-database-${server}-firewall`).inputs["rules"], [
        { type: "k8s", value: "flask-doks-dev-cluster-id" },
      ]);
    }
  });

  it("tells the app where it is, whom to trust for it, and where to read", async () => {
    const { get } = await dev();
    const data = get("blog-config").inputs["data"] as Record<string, string>;
    assert.deepStrictEqual(Object.fromEntries(Object.entries(data).filter(([name]) => name.startsWith("DB_"))), {
      DB_HOST: "private-flask-doks-dev-blog.db.ondigitalocean.com",
      DB_PORT: "25060",
      DB_NAME: "blog",
      DB_USERNAME: "blog",
      DB_TLS_CA: "certificate for blog-database-managed-mysql-cluster-id",
      DB_REPLICA_HOSTS: "private-flask-doks-dev-blog-replica-1.db.ondigitalocean.com",
    });
    const { DB_PASSWORD: password } = get("blog-secrets").inputs["stringData"] as Record<string, string>;
    assert.deepStrictEqual(password, "blog-database-managed-mysql-user-generated-password");
  });

  it("migrates and serves when DigitalOcean's lets the cluster in (K11)", async () => {
    const { waitsFor } = await dev();
    for (const role of ["firewall", "replica-1-firewall", "database", "user"]) {
      assert.ok(waitsFor("blog-migration", `blog-database-managed-mysql-${role}`), role);
      assert.ok(waitsFor("blog-deployment", `blog-database-managed-mysql-${role}`), role);
    }
  });

  it("takes old passwords away when the app's new pods serve (K11)", async () => {
    const { waitsFor } = await deployWith("local", WITH_S3);
    assert.deepStrictEqual(
      [
        waitsFor("blog-migration", "blog-database-password-change-accept"),
        waitsFor("blog-deployment", "blog-database-password-change-accept"),
        waitsFor("blog-database-password-change-retire", "blog-deployment"),
      ],
      [true, true, true],
    );
  });

  it("keeps the backups of one stack apart from another's, and of one app from another's", async () => {
    const apps = [app({ database: "mysql" }), app({ name: "shop", database: "mysql" })];
    const { backup } = WITH_S3;
    const deployed = await deployWith("test", stack({ apps, backup }));
    const repositories = workloads(manifests(deployed))
      .filter(({ kind }) => kind === "CronJob")
      .map(({ name, namespace, pod }) => {
        const { value } = pod.containers[0]?.env?.find((each) => each.name === "RESTIC_REPOSITORY") ?? {};
        return `${namespace}/${name} ${value ?? ""}`;
      });
    const store = "s3:https://s3.example.com:9000/backups/flask-doks-test";
    assert.deepStrictEqual(repositories.sort(), [
      `blog/mysql-backup ${store}/blog`,
      `blog/mysql-restore-test ${store}/blog`,
      `shop/mysql-backup ${store}/shop`,
      `shop/mysql-restore-test ${store}/shop`,
    ]);
    assert.deepStrictEqual(
      deployed.list.filter((line) => line.includes("BackupStore")),
      ["flask-doks:data:BackupStore flask-doks-test"],
    );
  });

  it("keeps the store's keys to the one Secret that pods read them from (P3)", async () => {
    const { resources } = await deployWith("local", WITH_S3);
    const holding = resources.filter(({ inputs }) => /the-secret-access-key|the-id/.test(JSON.stringify(inputs)));
    assert.deepStrictEqual(
      holding.map(({ name }) => name),
      ["blog-database-backup-store"],
    );
  });

  it("takes the Space's region from the cluster where config names none", async () => {
    const key = (region?: string) =>
      deployWith("dev", { ...MANAGED_WITH_SPACES, backup: { ...MANAGED_WITH_SPACES.backup, region } });
    for (const [region, host] of [
      [undefined, "fra1.digitaloceanspaces.com"],
      ["ams3", "ams3.digitaloceanspaces.com"],
    ] as const) {
      const text = JSON.stringify((await key(region)).get("blog-database-backup-backup").inputs);
      assert.ok(text.includes(`s3:https://${host}/our-backups/flask-doks-dev/blog`), host);
    }
  });

  it("protects what holds data, and nothing else with it (D3)", async () => {
    const config = changed(
      "prod",
      { database: "mysql", spareDatabase: "managed-mysql" },
      { kind: "volume", storageClass: "do-block-storage-retain" },
    );
    const { resources } = await deployWith("prod", config);
    const names = (wanted: (resource: (typeof resources)[number]) => boolean) =>
      resources.filter(wanted).map(({ name }) => name);
    assert.deepStrictEqual(names(({ protect }) => protect).sort(), [
      "blog-database-backup-volume",
      "blog-database-managed-mysql-cluster",
      "blog-database-managed-mysql-database",
      "blog-database-mysql-server",
      "blog-database-mysql-volume",
      "flask-doks-prod-cluster",
      "flask-doks-prod-registry",
    ]);
    assert.deepStrictEqual(names(({ retainOnDelete }) => retainOnDelete).sort(), [
      "blog-database-backup-volume",
      "blog-database-mysql-volume",
      "blog-namespace",
    ]);
  });

  it("tells what the databases cost", async () => {
    const { items } = (await dev()).outputs["monthlyCost"] as { items: { item: string; max: number }[] };
    assert.deepStrictEqual(
      items.filter(({ item }) => /database|replicas|backups|volume/.test(item)).map(({ item, max }) => [item, max]),
      [
        ['database "blog"', 60.9],
        ['read replicas "blog"', 30.45],
      ],
    );
  });
});
