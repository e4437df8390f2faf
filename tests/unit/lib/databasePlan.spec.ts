import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { BackupStore } from "../../../components/data/backupStore";
import type { Config } from "../../../config";
import { databasePlan, type DatabaseSurroundings } from "../../../lib/databasePlan";
import { IMAGES } from "../../../lib/versions";
import { load } from "../../support/configs";
import { app, stack } from "../../support/stackFiles";

const NETWORK = { region: "fra1", vpcId: "the-vpc", clusterId: "the-cluster" };
const AROUND: DatabaseSurroundings = { environment: "env", network: NETWORK, store: undefined };
const KEY = "a-key-of-twenty-characters";

const onDoks = (changes: Record<string, unknown>) => ({
  cluster: { kind: "doks" },
  apps: [app({ expose: "loadBalancer", ...changes })],
});

async function configOf(config: Record<string, unknown>): Promise<Config> {
  return load(config, ["backup"]);
}

function plan(config: Config, around: Partial<DatabaseSurroundings> = {}) {
  const [first] = config.apps;
  assert.ok(first !== undefined);
  return databasePlan(first, config, { ...AROUND, ...around });
}

describe("the plan of an app's database", () => {
  it("is none for an app without a database", async () => {
    assert.deepStrictEqual(plan(await configOf(stack())), undefined);
  });

  it("is MySQL with as many connections as the app may open", async () => {
    const env = { WEB_CONCURRENCY: 3, WEB_THREADS: 2 };
    const { mysql, restic, tools } = IMAGES;
    assert.deepStrictEqual(plan(await configOf(stack({ apps: [app({ database: "mysql", env, replicas: 4 })] }))), {
      database: {
        kind: "mysql",
        storageGi: 10,
        version: "8.4",
        passwordVersion: 1,
        resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } },
        clients: 5 * 3 * 4,
      },
      spare: undefined,
      backup: undefined,
      images: { mysql, restic, tools },
    });
  });

  it("is DigitalOcean's in the cluster's network, by a name that is unique in the account", async () => {
    assert.deepStrictEqual(plan(await configOf(onDoks({ database: "managed-mysql" })))?.database, {
      kind: "managed-mysql",
      size: "db-s-1vcpu-1gb",
      nodes: 1,
      readReplicas: 0,
      maintenance: { day: "sunday", hour: "03:00" },
      version: "8",
      passwordVersion: 1,
      clusterName: "env-blog",
      network: NETWORK,
      tags: ["env"],
    });
  });

  it("has the spare database beside it", async () => {
    const found = plan(await configOf(onDoks({ database: "mysql", spareDatabase: "managed-mysql" })));
    assert.deepStrictEqual([found?.database.kind, found?.spare?.kind], ["mysql", "managed-mysql"]);
  });

  it("fails with a word about it where DigitalOcean's has no network", async () => {
    const config = await configOf(onDoks({ database: "managed-mysql" }));
    assert.throws(() => plan(config, { network: undefined }), {
      message: "the app blog has a managed database, and the cluster has no network that is known",
    });
  });

  it("takes the images of the config", async () => {
    const images = {
      mysql: "mirror.example.com/mysql:8.4.11",
      restic: "mirror.example.com/restic:1",
      tools: "mirror.example.com/python:3",
    };
    const config = await configOf(stack({ images, apps: [app({ database: "mysql" })] }));
    assert.deepStrictEqual(plan(config)?.images, images);
  });
});

describe("the plan of an app's backups", () => {
  const withBackup = (backup: Record<string, unknown>) =>
    configOf(stack({ apps: [app({ database: "mysql" })], backup: { encryptionKey: KEY, ...backup } }));

  it("goes to a volume of the size and class that config says", async () => {
    const found = plan(await withBackup({ kind: "volume", storageGi: 30, storageClass: "slow", maxAgeHours: 3 }));
    assert.deepStrictEqual(found?.backup?.place, { kind: "volume", storageGi: 30, storageClass: "slow" });
    const { schedule, restoreTest, keep, deadlineSeconds, memory, maxAgeHours, encryptionKey } = found.backup;
    assert.deepStrictEqual(
      { schedule, restoreTest, keep, deadlineSeconds, memory, maxAgeHours },
      {
        schedule: "17 2 * * *",
        restoreTest: "41 3 * * 0",
        keep: { hourly: 0, daily: 7, weekly: 4, monthly: 0 },
        deadlineSeconds: 3600,
        memory: "512Mi",
        maxAgeHours: 3,
      },
    );
    assert.deepStrictEqual(await pulumi.isSecret(pulumi.output(encryptionKey)), true);
  });

  it("goes to the stack's store, apart from those of other stacks", async () => {
    const store = { url: "https://s3.example.com/backups" } as BackupStore;
    const config = await withBackup({
      kind: "s3",
      endpoint: "https://s3.example.com",
      bucket: "backups",
      accessKeyId: "id",
      secretAccessKey: "secret",
    });
    const place = plan(config, { store })?.backup?.place;
    assert.deepStrictEqual(place, { kind: "store", store, prefix: "env" });
    assert.throws(() => plan(config), { message: "backups have nowhere to go" });
  });
});
