import assert from "node:assert/strict";
import { BACKUP_PLAN, MANAGED_PLAN } from "../../../support/databases";
import { create, DATABASE, FULL } from "../../../support/flaskApps";
import type { Deployed } from "../../../support/mocks";
import { type Upgrade, upgrade } from "../../../support/upgrade";

const APP = "flask-doks:app:FlaskApp";
const FORMER = `${APP}$flask-doks:data:Mysql`;
const DATABASE_NOW = `${APP}$flask-doks:data:AppDatabase`;
const MYSQL_NOW = `${DATABASE_NOW}$flask-doks:data:Mysql`;
const PASSWORD_NOW = `${MYSQL_NOW}$flask-doks:data:RotatingPassword`;
const RANDOM = "random:index/randomPassword:RandomPassword";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

/** Of a database before it had backups and a component around it: what each was called, and what it is called now. */
const OF_THE_DATABASE: Record<string, string> = {
  [`${FORMER}::blog-mysql`]: `${MYSQL_NOW}::blog-database-mysql`,
  [`${FORMER}$${RANDOM}::blog-mysql-root-password`]: `${PASSWORD_NOW}$${RANDOM}::blog-database-mysql-root-password-odd`,
  [`${FORMER}$${RANDOM}::blog-mysql-password`]: `${PASSWORD_NOW}$${RANDOM}::blog-database-mysql-password-odd`,
  ...Object.fromEntries(
    [
      "kubernetes:core/v1:Secret::blog-mysql-credentials",
      "kubernetes:core/v1:PersistentVolumeClaim::blog-mysql-volume",
      "kubernetes:core/v1:ServiceAccount::blog-mysql-service-account",
      "kubernetes:core/v1:Service::blog-mysql-service",
      "kubernetes:apps/v1:StatefulSet::blog-mysql-server",
      "kubernetes:policy/v1:PodDisruptionBudget::blog-mysql-disruption-budget",
    ].map((each) => [`${FORMER}$${each}`, `${MYSQL_NOW}$${each.replace("blog-", "blog-database-")}`]),
  ),
  ...Object.fromEntries(
    ["allow-database", "allow-database-clients"].map((role) => [
      `${APP}$${POLICY}::blog-${role}`,
      `${DATABASE_NOW}$${POLICY}::blog-database-${role}`,
    ]),
  ),
};

const RELEASE_NOW = `${APP}$flask-doks:app:AppRelease`;

/** Of what runs of an app, before that was a component: what each was called, and what it is called now. */
const OF_THE_RELEASE: Record<string, string> = Object.fromEntries(
  [
    "kubernetes:batch/v1:Job::blog-migration",
    "kubernetes:apps/v1:Deployment::blog-deployment",
    "kubernetes:policy/v1:PodDisruptionBudget::blog-disruption-budget",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler::blog-autoscaler",
  ].map((each) => [`${APP}$${each}`, `${RELEASE_NOW}$${each}`]),
);

/** What else such an app had, which is called the same now. */
const OF_THE_APP = [
  `${APP}::blog`,
  ...[
    "kubernetes:core/v1:Namespace::blog-namespace",
    "kubernetes:core/v1:Secret::blog-pull-secret",
    "kubernetes:core/v1:ServiceAccount::blog-service-account",
    "kubernetes:core/v1:Service::blog-service",
    `${POLICY}::blog-deny-all`,
    `${POLICY}::blog-allow-dns`,
    `${POLICY}::blog-allow-requests`,
    "flask-doks:app:AppEnvironment::blog",
    "flask-doks:app:AppEnvironment$kubernetes:core/v1:ConfigMap::blog-config",
    "flask-doks:app:AppEnvironment$kubernetes:core/v1:Secret::blog-secrets",
    `flask-doks:app:AppEnvironment$${RANDOM}::blog-secret-key`,
    "flask-doks:app:AppExposure::blog-exposure",
    "flask-doks:app:AppExposure$flask-doks:edge:LoadBalancer::blog-exposure",
    "flask-doks:app:AppExposure$flask-doks:edge:LoadBalancer$kubernetes:core/v1:Service::blog-exposure-service",
  ].map((each) => `${APP}$${each}`),
];

const after = (deployed: Deployed): Upgrade =>
  upgrade([...Object.keys(OF_THE_DATABASE), ...Object.keys(OF_THE_RELEASE), ...OF_THE_APP], deployed);

describe("an app that was there before its database had backups", () => {
  it("keeps all that it has, and its database all of its own", async () => {
    const { kept, deleted } = after(await create(FULL));
    assert.deepStrictEqual(deleted, []);
    assert.deepStrictEqual(kept, {
      ...OF_THE_DATABASE,
      ...OF_THE_RELEASE,
      ...Object.fromEntries(OF_THE_APP.map((urn) => [urn, urn])),
    });
  });

  it("gets nothing anew but what it had nothing like", async () => {
    assert.deepStrictEqual(after(await create(FULL)).made, [
      `${RELEASE_NOW}::blog`,
      `${MYSQL_NOW}$flask-doks:data:RotatingPassword$${RANDOM}::blog-database-mysql-password-even`,
      `${MYSQL_NOW}$flask-doks:data:RotatingPassword$${RANDOM}::blog-database-mysql-root-password-even`,
      `${PASSWORD_NOW}::blog-database-mysql-password`,
      `${PASSWORD_NOW}::blog-database-mysql-root-password`,
      `${MYSQL_NOW}$${RANDOM}::blog-database-mysql-generation`,
      `${DATABASE_NOW}::blog-database`,
    ]);
  });

  it("keeps its passwords, which another length or keeper would make anew", async () => {
    const { get } = await create(FULL);
    assert.deepStrictEqual(
      ["root-password", "password"].map((role) => get(`blog-database-mysql-${role}-odd`).inputs),
      [
        { length: 32, special: false },
        { length: 32, special: false },
      ],
    );
  });

  it("finds its objects in the cluster by the names that they had", async () => {
    const { get } = await create(FULL);
    const names = Object.values(OF_THE_DATABASE)
      .filter((urn) => urn.includes("kubernetes:"))
      .map((urn) => get(urn.split("::")[1] ?? "").inputs)
      .map(({ kind, metadata }) => `${String(kind)} ${(metadata as { name: string }).name}`);
    assert.deepStrictEqual(names.sort(), [
      "NetworkPolicy allow-database",
      "NetworkPolicy allow-database-clients",
      "PersistentVolumeClaim mysql-data",
      "PodDisruptionBudget mysql",
      "Secret mysql",
      "Service mysql",
      "ServiceAccount mysql",
      "StatefulSet mysql",
    ]);
  });

  for (const [title, database] of [
    [
      "with backups and new passwords",
      { ...DATABASE, backup: BACKUP_PLAN, database: { ...DATABASE.database, passwordVersion: 2 } },
    ],
    ["with a database to move to", { ...DATABASE, spare: MANAGED_PLAN }],
    [
      "moved, with the database that it had beside the other",
      { ...DATABASE, database: MANAGED_PLAN, spare: DATABASE.database },
    ],
  ] as const) {
    it(`keeps all of that ${title}`, async () => {
      const { kept, deleted } = after(await create({ ...FULL, database }));
      assert.deepStrictEqual(deleted, []);
      assert.deepStrictEqual(
        Object.fromEntries(Object.keys(OF_THE_DATABASE).map((urn) => [urn, kept[urn]])),
        OF_THE_DATABASE,
      );
    });
  }
});
