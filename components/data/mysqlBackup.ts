import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseAccess } from "../../lib/databaseAccess";
import {
  DATABASE_FOLDER,
  databaseEnv,
  databaseMount,
  type DatabaseTask,
  type Mount,
  taskPod,
} from "../../lib/databaseTask";
import { type DataPolicy, protection } from "../../lib/dataPolicy";
import { labels } from "../../lib/labels";
import { backupStorePolicy } from "../../lib/networkPolicies";
import { containerSecurityContext } from "../../lib/podSecurity";
import { mebibytes } from "../../lib/quantity";
import { keepOptions } from "../../lib/retention";
import type { Backup } from "../../lib/schema/backup";
import { claimSpec } from "../../lib/volumeClaim";
import type { BackupStore } from "./backupStore";

/** Where backups go: a store outside of the cluster, or a volume of the namespace. */
export type BackupPlace =
  | { kind: "store"; store: BackupStore; prefix: string }
  | { kind: "volume"; storageGi: number; storageClass?: string | undefined };

/** Arguments of {@link MysqlBackup}. */
export interface MysqlBackupArgs {
  /** The app: a plain string, for it names the backups. */
  app: string;
  namespace: pulumi.Input<string>;
  /** The database to back up. */
  database: DatabaseAccess;
  /** Size of the volume that a restored copy needs, in GiB. */
  databaseGi: number;
  place: BackupPlace;
  /** Without it no backup can be read. A secret. */
  encryptionKey: pulumi.Input<string>;
  /** When, how many, for how long. */
  settings: Pick<Backup, "schedule" | "restoreTest" | "keep" | "deadlineSeconds" | "memory">;
  /** A newest backup that is older is told as a fault by `npm run status`, which reads it off the CronJob. */
  maxAgeHours: number;
  /** Images of the database's server and of restic, by digest. */
  images: { mysql: string; restic: string };
  scriptsName: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
  /** `retain` has the volume of backups outlive this component. */
  dataPolicy: DataPolicy;
}

/** How old the newest backup may get, in hours: `npm run status` reads no config. */
const MAX_AGE_HOURS = "flask-doks/max-age-hours";

const KEYS = "/run/secrets/store";
const VOLUME = "/backups";

/** Memory of the server that a backup is restored into as a test, in MiB. */
const SCRATCH_SERVER_MI = 512;

/**
 * Backups of one app's database, and the proof that they can be restored.
 * Creates the store's credentials in a Secret, the volume where backups go to one, a CronJob that backs up, and one that
 * restores the newest backup into a scratch server and compares it. Neither runs twice at once or without end; what came
 * of it is the last word of its pod. `npm run backup` and `npm run restore` run Jobs after the same pattern.
 */
export class MysqlBackup extends pulumi.ComponentResource {
  constructor(name: string, args: MysqlBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:MysqlBackup", name, { app: args.app }, opts);
    const { app, namespace, database, place, settings, images } = args;
    const child = { parent: this };

    const keys = new k8s.core.v1.Secret(
      `${name}-store`,
      {
        metadata: { namespace, labels: labels(app, "backup") },
        immutable: true,
        type: "Opaque",
        stringData: { "encryption-key": args.encryptionKey, ...storeKeys(place) },
      },
      child,
    );
    const claim = place.kind === "volume" ? this.claimVolume(name, args, place) : undefined;
    if (place.kind === "store") {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-allow-store`,
        {
          metadata: { name: "allow-backup-store", namespace, labels: labels(app, "backup") },
          spec: backupStorePolicy(app, portOf(place.store.url)),
        },
        child,
      );
    }

    const task = {
      app,
      image: images.mysql,
      scriptsName: args.scriptsName,
      serviceAccountName: args.serviceAccountName,
      memory: settings.memory,
      initContainers: [copyRestic(images.restic)],
    };
    const mounts: Mount[] = [
      { name: "tools", path: "/tools", source: { emptyDir: { sizeLimit: "128Mi" } } },
      { name: "cache", path: "/cache", source: { emptyDir: { sizeLimit: "1Gi" } } },
      {
        name: "keys",
        path: KEYS,
        source: { secret: { secretName: keys.metadata.name, defaultMode: 0o440 } },
        readOnly: true,
      },
      ...(claim === undefined
        ? []
        : [{ name: "backups", path: VOLUME, source: { persistentVolumeClaim: { claimName: claim.metadata.name } } }]),
    ];
    const env = [...storeEnv(app, place), ...databaseEnv(database, "DB", DATABASE_FOLDER)];

    const backup: DatabaseTask = {
      ...task,
      role: "backup",
      command: ["backup"],
      env: [...env, { name: "KIND", value: "scheduled" }, { name: "KEEP", value: keepOptions(settings.keep) }],
      mounts: [...mounts, databaseMount(database, "database", DATABASE_FOLDER)],
    };
    this.schedule(name, args, settings.schedule, backup, { [MAX_AGE_HOURS]: String(args.maxAgeHours) });
    this.schedule(name, args, settings.restoreTest, {
      ...task,
      role: "restore-test",
      command: ["restore-test"],
      env: [...env, { name: "DB_COLLATION", value: database.collation }],
      mounts: [...mounts, { name: "scratch", path: "/scratch", source: scratchVolume(args.databaseGi) }],
      // A server of its own runs beside restic.
      memory: `${mebibytes(settings.memory) + SCRATCH_SERVER_MI}Mi`,
    });
    this.registerOutputs({});
  }

  private schedule(
    name: string,
    { app, namespace, settings }: MysqlBackupArgs,
    schedule: string,
    task: DatabaseTask,
    annotations?: Record<string, string>,
  ): void {
    const { role } = task;
    const metadata = { name: `mysql-${role}`, namespace, labels: labels(app, role) };
    new k8s.batch.v1.CronJob(
      `${name}-${role}`,
      {
        metadata: annotations === undefined ? metadata : { ...metadata, annotations },
        spec: {
          schedule,
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          // One that could not start in time, for the cluster was away, still does within the hour.
          startingDeadlineSeconds: 3600,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            metadata: { labels: labels(app, role) },
            spec: { backoffLimit: 1, activeDeadlineSeconds: settings.deadlineSeconds, template: taskPod(task) },
          },
        },
      },
      { parent: this },
    );
  }

  private claimVolume(
    name: string,
    { app, namespace, dataPolicy }: MysqlBackupArgs,
    place: Extract<BackupPlace, { kind: "volume" }>,
  ): k8s.core.v1.PersistentVolumeClaim {
    return new k8s.core.v1.PersistentVolumeClaim(
      `${name}-volume`,
      {
        metadata: {
          name: "mysql-backups",
          namespace,
          labels: labels(app, "backup"),
          // It is bound when the first backup runs: to wait for that here would be to wait for the night.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: claimSpec(place),
      },
      { parent: this, ...protection(dataPolicy), retainOnDelete: dataPolicy === "retain" },
    );
  }
}

/** restic's one file, copied to where the database's own image can run it. */
function copyRestic(image: string) {
  return {
    name: "restic",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["cp", "/usr/bin/restic", "/tools/restic"],
    resources: {
      requests: { cpu: "10m", memory: "16Mi", "ephemeral-storage": "64Mi" },
      limits: { memory: "64Mi", "ephemeral-storage": "256Mi" },
    },
    securityContext: containerSecurityContext(),
    volumeMounts: [{ name: "tools", mountPath: "/tools" }],
  };
}

const storeKeys = (place: BackupPlace): Record<string, pulumi.Input<string>> =>
  place.kind === "volume"
    ? {}
    : {
        credentials: pulumi.secret(
          pulumi.interpolate`[default]\naws_access_key_id=${place.store.accessKeyId}\naws_secret_access_key=${place.store.secretAccessKey}\n`,
        ),
        ...(place.store.serverCa === undefined ? {} : { "ca.crt": place.store.serverCa }),
      };

const storeEnv = (app: string, place: BackupPlace) => [
  {
    name: "RESTIC_REPOSITORY",
    value: place.kind === "volume" ? `${VOLUME}/${app}` : `s3:${place.store.url}/${place.prefix}/${app}`,
  },
  { name: "RESTIC_PASSWORD_FILE", value: `${KEYS}/encryption-key` },
  { name: "RESTIC_HOST", value: app },
  { name: "CACHE_FOLDER", value: "/cache" },
  ...(place.kind === "volume"
    ? []
    : [
        { name: "AWS_SHARED_CREDENTIALS_FILE", value: `${KEYS}/credentials` },
        { name: "AWS_DEFAULT_REGION", value: place.store.region },
        ...(place.store.serverCa === undefined ? [] : [{ name: "STORE_CA", value: `${KEYS}/ca.crt` }]),
      ]),
];

const portOf = (url: string): number => {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
};

/** Of the cluster's default class, whose volumes go with their claims: none is to stay behind after each test. */
const scratchVolume = (gibibytes: number) => ({
  ephemeral: {
    volumeClaimTemplate: {
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: `${gibibytes}Gi` } },
      },
    },
  },
});
