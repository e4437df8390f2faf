import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { AppDatabase, type AppDatabaseArgs } from "../../../../components/data/appDatabase";
import { taskScripts } from "../../../../lib/databaseTask";
import { labels } from "../../../../lib/labels";
import { databasePolicies, managedDatabasePolicy } from "../../../../lib/networkPolicies";
import { BACKUP_PLAN, DATABASE_ARGS, IMAGES, MANAGED_PLAN, MYSQL_PLAN, shownSecrets } from "../../../support/databases";
import { byName, expected, type Heir, heirs } from "../../../support/heirs";
import { manifests } from "../../../support/manifests";
import { deploy, type Deployed, type DeployOptions } from "../../../support/mocks";
import { containersOf, workloads } from "../../../support/pods";

const CHANGED = { ...MYSQL_PLAN, passwordVersion: 2 };

const make = (changes: Partial<AppDatabaseArgs> = {}, opts?: pulumi.ComponentResourceOptions, name = "db") =>
  new AppDatabase(name, { ...DATABASE_ARGS, ...changes }, opts);

const create = (changes: Partial<AppDatabaseArgs> = {}, options: DeployOptions = {}) =>
  deploy(() => {
    const database = make(changes);
    const app = new k8s.core.v1.ConfigMap("app", {}, { dependsOn: database.ready });
    database.retireOldPasswords(app);
  }, options);

/** Names of the resources directly below the database. */
const children = ({ resources }: Deployed) =>
  resources.filter(({ parent, name }) => parent === "db" && name !== "db").map(({ name }) => name);

const POLICIES = ["db-allow-database", "db-allow-database-clients"];
const TASKS = ["db-task-account", "db-task-scripts"];

describe("AppDatabase", () => {
  const parts: [string, Partial<AppDatabaseArgs>, string[]][] = [
    ["of MySQL in the cluster", {}, ["db-mysql", ...POLICIES]],
    ["of DigitalOcean's", { database: MANAGED_PLAN }, ["db-managed-mysql", "db-allow-managed-database"]],
    ["of MySQL with new passwords", { database: CHANGED }, ["db-mysql", ...POLICIES, ...TASKS, "db-password-change"]],
    [
      "of DigitalOcean's with new passwords, which are a new user's",
      { database: { ...MANAGED_PLAN, passwordVersion: 2 } },
      ["db-managed-mysql", "db-allow-managed-database"],
    ],
    ["with backups", { backup: BACKUP_PLAN }, ["db-mysql", ...POLICIES, ...TASKS, "db-backup", "db-backup-monitor"]],
    [
      "of DigitalOcean's with backups",
      { database: MANAGED_PLAN, backup: BACKUP_PLAN },
      ["db-managed-mysql", "db-allow-managed-database", ...TASKS, "db-backup", "db-backup-monitor"],
    ],
    [
      "with another one to move to",
      { spare: MANAGED_PLAN },
      ["db-mysql", "db-managed-mysql", ...POLICIES, "db-allow-managed-database", ...TASKS, "db-move"],
    ],
    [
      "moved, with the one it was moved from",
      { database: MANAGED_PLAN, spare: MYSQL_PLAN },
      ["db-mysql", "db-managed-mysql", ...POLICIES, "db-allow-managed-database", ...TASKS, "db-move"],
    ],
  ];
  for (const [title, changes, expectedChildren] of parts) {
    for (const mode of ["update", "preview"] as const) {
      it(`is made of what it needs and nothing else, ${title}, as ${mode}`, async () => {
        assert.deepStrictEqual(children(await create(changes, { mode })).sort(), [...expectedChildren].sort());
      });
    }
  }

  it("keeps each database what it was when the app moves to the other one", async () => {
    const before = await create({ spare: MANAGED_PLAN });
    const after = await create({ database: MANAGED_PLAN, spare: MYSQL_PLAN });
    const of = ({ resources }: Deployed) =>
      resources
        .filter(({ name }) => /^db-(managed-)?mysql/.test(name))
        .map(({ type, name, inputs }) => [`${type} ${name}`, inputs] as const)
        .sort(([a], [b]) => a.localeCompare(b));
    assert.deepStrictEqual(of(after), of(before));
  });

  it("lets its clients through by fixed names, and where the database is", async () => {
    const { get } = await create({ spare: MANAGED_PLAN });
    const { server, clients } = databasePolicies("my-blog", 3306);
    const specs = {
      "allow-database": server,
      "allow-database-clients": clients,
      "allow-managed-database": managedDatabasePolicy("my-blog", 25060),
    };
    for (const [name, spec] of Object.entries(specs)) {
      const { inputs } = get(`db-${name}`);
      assert.deepStrictEqual(
        { metadata: inputs["metadata"], spec: inputs["spec"] },
        { metadata: { name, namespace: "my-blog", labels: labels("my-blog", "database") }, spec },
      );
    }
  });

  it("runs its tasks with scripts that never change, as an account without any right (K10)", async () => {
    const { get } = await create({ backup: BACKUP_PLAN, pullSecretName: "registry" });
    assert.deepStrictEqual(get("db-task-scripts").inputs, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "my-blog", labels: labels("my-blog", "backup") },
      immutable: true,
      data: taskScripts(),
    });
    assert.deepStrictEqual(get("db-task-account").inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "database-tasks", namespace: "my-blog", labels: labels("my-blog", "backup") },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: "registry" }],
    });
    const account = (await create({ backup: BACKUP_PLAN })).get("db-task-account").inputs;
    assert.deepStrictEqual("imagePullSecrets" in account, false);
  });

  it("hangs the pull secret on every account whose pods pull", async () => {
    const { resources } = await create({ backup: BACKUP_PLAN, pullSecretName: "registry" });
    const accounts = resources.filter(({ type }) => type.endsWith(":ServiceAccount"));
    assert.deepStrictEqual(
      accounts.map(({ name, inputs }) => [name, inputs["imagePullSecrets"]]).sort(),
      ["db-backup-monitor-service-account", "db-mysql-service-account", "db-task-account"].map((name) => [
        name,
        [{ name: "registry" }],
      ]),
    );
  });

  it("runs every container from an image of the config", async () => {
    const deployed = await create({ database: CHANGED, spare: MANAGED_PLAN, backup: BACKUP_PLAN });
    const images = workloads(manifests(deployed)).flatMap(({ name, pod }) =>
      containersOf(pod).map(({ image }) => `${name} ${image}`),
    );
    assert.deepStrictEqual(images.sort(), [
      `backup-monitor ${IMAGES.tools}`,
      `db-password-change-accept-1a2b3c4d ${IMAGES.mysql}`,
      `db-password-change-retire-1a2b3c4d ${IMAGES.mysql}`,
      `mysql ${IMAGES.mysql}`,
      `mysql-backup ${IMAGES.mysql}`,
      `mysql-backup ${IMAGES.restic}`,
      `mysql-move ${IMAGES.mysql}`,
      `mysql-restore-test ${IMAGES.mysql}`,
      `mysql-restore-test ${IMAGES.restic}`,
    ]);
  });

  const sizes: [string, AppDatabaseArgs["database"], string][] = [
    ["as large as the database's volume", MYSQL_PLAN, "5Gi"],
    ["as large as the disk of DigitalOcean's", { ...MANAGED_PLAN, storageGi: 60 }, "60Gi"],
    ["as large as the smallest of DigitalOcean's where config names no size", MANAGED_PLAN, "10Gi"],
  ];
  for (const [title, database, size] of sizes) {
    it(`tests restores on a volume ${title}`, async () => {
      const pods = workloads(manifests(await create({ database, backup: BACKUP_PLAN })));
      const { volumes } = pods.find(({ name }) => name === "mysql-restore-test")?.pod ?? {};
      const scratch = volumes?.find(({ name }) => name === "scratch") as unknown as {
        ephemeral: { volumeClaimTemplate: { spec: { resources: unknown } } };
      };
      assert.deepStrictEqual(scratch.ephemeral.volumeClaimTemplate.spec.resources, { requests: { storage: size } });
    });
  }

  it("tells the monitor how old a backup may get", async () => {
    const deployed = await create({ backup: { ...BACKUP_PLAN, maxAgeHours: 2 } });
    const monitor = workloads(manifests(deployed)).find(({ name }) => name === "backup-monitor");
    assert.deepStrictEqual(
      monitor?.pod.containers[0]?.env?.find(({ name }) => name === "MAX_AGE_SECONDS"),
      { name: "MAX_AGE_SECONDS", value: "7200" },
    );
  });
});

describe("the order of an AppDatabase", () => {
  const everything = { database: CHANGED, spare: MANAGED_PLAN, backup: BACKUP_PLAN };
  const cases: [string, Partial<AppDatabaseArgs>, [later: string, earlier: string][]][] = [
    [
      "has the app after the server and the way to it (K11)",
      {},
      [
        ["app", "db-mysql-server"],
        ["app", "db-allow-database-clients"],
        ["app", "db-allow-database"],
      ],
    ],
    [
      "has the app after DigitalOcean's server, its firewalls, database and user, and the way to it (K11)",
      { database: { ...MANAGED_PLAN, readReplicas: 1 } },
      [
        ["app", "db-managed-mysql-firewall"],
        ["app", "db-managed-mysql-replica-1-firewall"],
        ["app", "db-managed-mysql-database"],
        ["app", "db-managed-mysql-user"],
        ["app", "db-allow-managed-database"],
      ],
    ],
    [
      "has the app after the server takes the new passwords, and takes the old ones away after the app (K11)",
      everything,
      [
        ["db-password-change-accept", "db-mysql-server"],
        ["db-password-change-accept", "db-allow-database"],
        ["db-password-change-accept", "db-allow-database-clients"],
        ["app", "db-password-change-accept"],
        ["db-password-change-retire", "app"],
      ],
    ],
  ];
  for (const [title, changes, pairs] of cases) {
    for (const mode of ["update", "preview"] as const) {
      it(`${title}, as ${mode}`, async () => {
        const { waitsFor } = await create(changes, { mode });
        assert.deepStrictEqual(
          pairs.map(([later, earlier]) => [waitsFor(later, earlier), waitsFor(earlier, later)]),
          pairs.map(() => [true, false]),
        );
      });
    }
  }

  it("does not hold the app up for backups, nor for the database that it does not use", async () => {
    const { waitsFor } = await create(everything);
    assert.deepStrictEqual(
      ["db-backup-backup", "db-backup-monitor-deployment", "db-managed-mysql-cluster", "db-move-pattern"].map((name) =>
        waitsFor("app", name),
      ),
      [false, false, false, false],
    );
  });
});

describe("what an AppDatabase hands down", () => {
  const everything = { database: CHANGED, spare: MANAGED_PLAN, backup: BACKUP_PLAN };

  for (const mode of ["update", "preview"] as const) {
    it(`is no secret where it could be seen, as ${mode} (P3)`, async () => {
      assert.deepStrictEqual(shownSecrets((await create(everything, { mode })).resources), []);
    });
  }

  it("is parent, protect and provider (P2)", async () => {
    const all = await heirs((opts) => {
      const database = make(everything, opts);
      database.retireOldPasswords(database);
    });
    const own = (heir: Heir) => heir.parent === "db" || heir.name === "db";
    assert.deepStrictEqual(
      byName(all.filter(own)),
      byName(
        expected(
          "db caller none",
          ...["mysql", "managed-mysql", "password-change", "backup", "backup-monitor", "move"].map(
            (part) => `db-${part} db none`,
          ),
          ...[...POLICIES, ...TASKS, "db-allow-managed-database"].map((name) => `${name} db k8s`),
        ),
      ),
    );
    assert.deepStrictEqual(
      all.filter((heir) => !heir.protected),
      [],
    );
  });

  it("is by names of its own, so that it can be there twice", async () => {
    const { list } = await deploy(() => [
      make(everything, {}, "one"),
      make({ ...everything, app: "shop", namespace: "shop" }, {}, "two"),
    ]);
    assert.deepStrictEqual(new Set(list).size, list.length);
  });
});
