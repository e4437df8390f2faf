import assert from "node:assert/strict";
import { type AppDatabasePlan, FlaskApp, type FlaskAppArgs } from "../../../../components/app/flaskApp";
import { BackupStore } from "../../../../components/data/backupStore";
import { BACKUP_PLAN, MANAGED_PLAN, S3 } from "../../../support/databases";
import { ARGS, DATABASE, FULL } from "../../../support/flaskApps";
import { deploy } from "../../../support/mocks";

const MYSQL = DATABASE.database;

/** Names of what outlives an app when that is taken down. */
async function outliving(args: () => FlaskAppArgs): Promise<string[]> {
  const { resources } = await deploy(() => new FlaskApp("blog", args()));
  return resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ name }) => name);
}

describe("the data of a FlaskApp that retains it", () => {
  const volume = "blog-database-mysql-volume";
  const backups = "blog-database-backup-volume";
  const toStore = () => ({
    ...BACKUP_PLAN,
    place: { kind: "store" as const, store: new BackupStore("env", S3), prefix: "env" },
  });
  const cases: [title: string, database: () => Partial<AppDatabasePlan>, kept: string[]][] = [
    ["the claim in it (K7)", () => ({}), ["blog-namespace", volume]],
    ["both claims in it", () => ({ backup: BACKUP_PLAN }), ["blog-namespace", volume, backups]],
    ["the claim of the spare database", () => ({ database: MANAGED_PLAN, spare: MYSQL }), ["blog-namespace", volume]],
    ["that of the one that is used", () => ({ spare: MANAGED_PLAN }), ["blog-namespace", volume]],
    [
      "the claim of the backups of DigitalOcean's",
      () => ({ database: MANAGED_PLAN, backup: BACKUP_PLAN }),
      ["blog-namespace", backups],
    ],
  ];
  for (const [title, changes, kept] of cases) {
    it(`outlives it in its namespace, which stays with ${title}`, async () => {
      const database = () => ({ ...DATABASE, ...changes() });
      assert.deepStrictEqual(
        (await outliving(() => ({ ...FULL, database: database(), dataPolicy: "retain" }))).sort(),
        kept.toSorted(),
      );
      assert.deepStrictEqual(await outliving(() => ({ ...FULL, database: database(), dataPolicy: "delete" })), []);
    });
  }

  const elsewhere: [title: string, database: (() => AppDatabasePlan) | undefined][] = [
    ["has no database", undefined],
    ["has one of DigitalOcean's", () => ({ ...DATABASE, database: MANAGED_PLAN })],
    [
      "has one of DigitalOcean's, backed up to a store",
      () => ({ ...DATABASE, database: MANAGED_PLAN, backup: toStore() }),
    ],
  ];
  for (const [title, database] of elsewhere) {
    it(`is none in its namespace where it ${title}: that goes with the app`, async () => {
      assert.deepStrictEqual(await outliving(() => ({ ...ARGS, database: database?.(), dataPolicy: "retain" })), []);
    });
  }
});
