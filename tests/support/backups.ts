/** Backups of a database, for the specs of what makes them. */
import * as pulumi from "@pulumi/pulumi";
import { BackupStore, type BackupStoreArgs } from "../../components/data/backupStore";
import { MysqlBackup, type MysqlBackupArgs } from "../../components/data/mysqlBackup";
import { ENCRYPTION_KEY, IMAGES, MYSQL, S3, SETTINGS } from "./databases";
import { manifests } from "./manifests";
import { deploy, type Deployed, type DeployOptions } from "./mocks";
import { type Container, containersOf, type PodSpec, workloads } from "./pods";

export type Place = BackupStoreArgs | Extract<MysqlBackupArgs["place"], { kind: "volume" }>;

export const VOLUME: Place = { kind: "volume", storageGi: 20 };
export const SPACES: Place = { kind: "spaces", region: "fra1", bucket: "our-backups" };

/** Backups to a place, with its store where that has one. */
export function makeBackup(
  name: string,
  place: Place,
  changes: Partial<MysqlBackupArgs> = {},
  opts?: pulumi.ComponentResourceOptions,
): MysqlBackup {
  const whereTo: MysqlBackupArgs["place"] =
    place.kind === "volume" ? place : { kind: "store", store: new BackupStore(`${name}-env`, place), prefix: "env" };
  return new MysqlBackup(
    name,
    {
      app: "my-blog",
      namespace: "my-blog",
      database: MYSQL,
      databaseGi: 5,
      place: whereTo,
      encryptionKey: pulumi.secret(ENCRYPTION_KEY),
      settings: SETTINGS,
      maxAgeHours: 36,
      images: IMAGES,
      scriptsName: "scripts-1",
      serviceAccountName: "database-tasks",
      dataPolicy: "delete",
      ...changes,
    },
    opts,
  );
}

/** Backups called `backup`. */
export const createBackup = (place: Place = S3, changes: Partial<MysqlBackupArgs> = {}, options: DeployOptions = {}) =>
  deploy(() => makeBackup("backup", place, changes), options);

export const ROLES = ["backup", "restore-test"] as const;
export type Role = (typeof ROLES)[number];

/** What runs by the clock. */
export interface CronJob {
  metadata: unknown;
  spec: Record<string, unknown> & {
    jobTemplate: { metadata: unknown; spec: { backoffLimit: number; activeDeadlineSeconds: number } };
  };
}

export const cronJob = ({ get }: Deployed, role: Role) => get(`backup-${role}`).inputs as unknown as CronJob;

/** The pod of one of both tasks. */
export function podOf(deployed: Deployed, role: Role): PodSpec {
  const found = workloads(manifests(deployed)).find(({ name }) => name === `mysql-${role}`);
  if (found === undefined) {
    throw new Error(`no workload mysql-${role}`);
  }
  return found.pod;
}

/** Its container of that name; the one that does the work, if not said otherwise. */
export function containerOf(deployed: Deployed, role: Role, name = "backup"): Container {
  const found = containersOf(podOf(deployed, role)).find((container) => container.name === name);
  if (found === undefined) {
    throw new Error(`no container ${name} in mysql-${role}`);
  }
  return found;
}
