/** Databases, and what stands around them, for the specs of what works on them. */
import * as pulumi from "@pulumi/pulumi";
import type { AppDatabaseArgs, BackupPlan, DatabasePlan } from "../../components/data/appDatabase";
import type { BackupStoreArgs } from "../../components/data/backupStore";
import type { DatabaseAccess } from "../../lib/databaseAccess";
import type { Registered } from "./mocks";

export const IMAGES = {
  mysql: "ghcr.io/team/mysql:8.4",
  restic: "ghcr.io/team/restic:0.18",
  tools: "ghcr.io/team/python:3.13",
};

/** A database in the cluster. */
export const MYSQL: DatabaseAccess = {
  kind: "mysql",
  host: pulumi.output("mysql"),
  port: pulumi.output(3306),
  database: pulumi.output("my_blog"),
  collation: "utf8mb4_unicode_ci",
  username: pulumi.output("my_blog"),
  password: pulumi.secret("the-mysql-password"),
  ca: undefined,
  secretName: pulumi.output("mysql"),
};

/** One of DigitalOcean's. */
export const MANAGED: DatabaseAccess = {
  kind: "managed-mysql",
  host: pulumi.output("private-it.db.ondigitalocean.com"),
  port: pulumi.output(25060),
  database: pulumi.output("my_blog"),
  collation: "utf8mb4_0900_ai_ci",
  username: pulumi.output("my_blog_2"),
  password: pulumi.secret("the-managed-password"),
  ca: pulumi.output("a certificate"),
  secretName: pulumi.output("managed-mysql"),
};

/** What an app's config makes of a database of each kind. */
export const MYSQL_PLAN: Extract<DatabasePlan, { kind: "mysql" }> = {
  kind: "mysql",
  storageGi: 5,
  resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } },
  clients: 36,
  passwordVersion: 1,
};
export const MANAGED_PLAN: Extract<DatabasePlan, { kind: "managed-mysql" }> = {
  kind: "managed-mysql",
  clusterName: "env-my-blog",
  network: { region: "fra1", vpcId: "the-vpc", clusterId: "the-cluster" },
  size: "db-s-1vcpu-1gb",
  nodes: 1,
  version: "8",
  maintenance: { day: "sunday", hour: "03:00" },
  readReplicas: 0,
  passwordVersion: 1,
  tags: ["env"],
};

/** An S3 server that is not DigitalOcean's, with a certificate of its own. */
export const S3: Extract<BackupStoreArgs, { kind: "s3" }> = {
  kind: "s3",
  endpoint: "https://s3.example.com:9000",
  region: "eu-central-1",
  bucket: "backups",
  accessKeyId: "the-access-key",
  secretAccessKey: pulumi.secret("the-secret-access-key"),
  serverCa: "-----BEGIN CERTIFICATE-----\nthe store's\n",
};

export const ENCRYPTION_KEY = "the-encryption-key-of-all-backups";

/** When backups are made, and how many are kept. */
export const SETTINGS = {
  schedule: "17 2 * * *",
  restoreTest: "41 3 * * 0",
  keep: { hourly: 0, daily: 7, weekly: 4, monthly: 0 },
  deadlineSeconds: 1800,
  memory: "512Mi",
};

/** Backups to a volume. */
export const BACKUP_PLAN: BackupPlan = {
  ...SETTINGS,
  maxAgeHours: 36,
  encryptionKey: pulumi.secret(ENCRYPTION_KEY),
  place: { kind: "volume", storageGi: 20 },
};

/** The least that an app's database is made of. */
export const DATABASE_ARGS: AppDatabaseArgs = {
  app: "my-blog",
  namespace: "my-blog",
  database: MYSQL_PLAN,
  images: IMAGES,
  dataPolicy: "delete",
};

/** Values that no input may show that is not a secret. */
export const SECRETS = new RegExp(
  [
    ENCRYPTION_KEY,
    "the-(mysql|managed)-password",
    "the-secret-access-key",
    "-generated-password",
    "-spaces-secret",
    // That of a database's generation is a random text and no password.
    "(?<!-generation)-random-password",
  ].join("|"),
);

/** Inputs that show a secret and are not one themselves, as `resource.input`. */
export const shownSecrets = (resources: readonly Registered[]): string[] =>
  resources.flatMap(({ name, inputs, secrets }) =>
    Object.entries(inputs)
      .filter(([key, value]) => !secrets.includes(key) && SECRETS.test(JSON.stringify(value)))
      .map(([key]) => `${name}.${key}`),
  );
