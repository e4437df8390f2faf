import type { BackupPlan, DatabasePlan } from "../components/data/appDatabase";
import type { BackupStore } from "../components/data/backupStore";
import type { DatabaseNetwork } from "../components/data/managedMysql";
import type { AppDatabasePlan } from "../components/app/flaskApp";
import type { AppConfig, Config } from "../config";
import { databaseName } from "./databaseName";
import { poolConnections } from "./mysqlSettings";
import type { Database } from "./schema/database";

/** What an app's database stands on, beside its own config. */
export interface DatabaseSurroundings {
  /** Name of the environment, with which names are unique in a DigitalOcean account, and backups in a store. */
  environment: string;
  /** The cluster's network; none where the stack did not make the cluster. */
  network: DatabaseNetwork | undefined;
  /** Where backups go; none for those that go nowhere, or to a volume. */
  store: BackupStore | undefined;
}

/** The database of an app with what belongs to it, from its config; none for an app without one. */
export function databasePlan(
  app: AppConfig,
  config: Config,
  around: DatabaseSurroundings,
): AppDatabasePlan | undefined {
  const database = planOf(app.database, app, around);
  if (database === undefined) return undefined;
  const { mysql, restic, tools } = config.images;
  return {
    database,
    spare: planOf(app.spareDatabase, app, around),
    backup: backupOf(config.backup, around),
    images: { mysql, restic, tools },
  };
}

function planOf(
  database: Database,
  app: AppConfig,
  { environment, network }: DatabaseSurroundings,
): DatabasePlan | undefined {
  switch (database.kind) {
    case "none":
      return undefined;
    case "mysql":
      return { ...database, clients: poolConnections(app) };
    case "managed-mysql": {
      if (network === undefined) {
        throw new Error(`the app ${app.name} has a managed database, and the cluster has no network that is known`);
      }
      return { ...database, clusterName: databaseName(`${environment}-${app.name}`), network, tags: [environment] };
    }
  }
}

function backupOf(backup: Config["backup"], { environment, store }: DatabaseSurroundings): BackupPlan | undefined {
  if (backup.kind === "none") return undefined;
  if (backup.kind === "volume") {
    const { storageGi, storageClass } = backup;
    return { ...backup, place: { kind: "volume", storageGi, storageClass } };
  }
  if (store === undefined) throw new Error("backups have nowhere to go");
  return { ...backup, place: { kind: "store", store, prefix: environment } };
}
