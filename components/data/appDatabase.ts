import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AppDatabaseAccess } from "../../lib/databaseAccess";
import { taskScripts } from "../../lib/databaseTask";
import type { DataPolicy } from "../../lib/dataPolicy";
import { labels } from "../../lib/labels";
import { MYSQL_PORT } from "../../lib/mysqlContainer";
import { databasePolicies, managedDatabasePolicy } from "../../lib/networkPolicies";
import { podAccount } from "../../lib/podAccount";
import type { Backup } from "../../lib/schema/backup";
import { BackupMonitor } from "./backupMonitor";
import { DatabaseMove } from "./databaseMove";
import { MANAGED_MYSQL_PORT, ManagedMysql, type ManagedMysqlArgs } from "./managedMysql";
import { Mysql, type MysqlArgs } from "./mysql";
import { type BackupPlace, MysqlBackup } from "./mysqlBackup";
import { PasswordChange } from "./passwordChange";

type Own = "app" | "namespace" | "dataPolicy" | "pullSecretName" | "image";

/** A database of an app: in the cluster, or DigitalOcean's. */
export type DatabasePlan =
  ({ kind: "mysql" } & Omit<MysqlArgs, Own>) | ({ kind: "managed-mysql" } & Omit<ManagedMysqlArgs, Own | "login">);

/** Where and when an app's database is backed up. */
export interface BackupPlan extends Pick<
  Backup,
  "schedule" | "restoreTest" | "keep" | "deadlineSeconds" | "memory" | "maxAgeHours"
> {
  place: BackupPlace;
  /** A secret. */
  encryptionKey: pulumi.Input<string>;
}

/** Arguments of {@link AppDatabase}. */
export interface AppDatabaseArgs {
  /** The app: a plain string, for it names things. */
  app: string;
  namespace: pulumi.Input<string>;
  /** The database that the app uses, and one beside it that it does not. */
  database: DatabasePlan;
  spare?: DatabasePlan | undefined;
  backup?: BackupPlan | undefined;
  /** Images by digest: of MySQL, of restic, and of Python. */
  images: { mysql: string; restic: string; tools: string };
  /** Secret with which images are pulled; none when the registry wants none. */
  pullSecretName?: pulumi.Input<string> | undefined;
  dataPolicy: DataPolicy;
}

/**
 * The database of one app, of whichever kind, with all that works on it: network policies, backups and what watches over
 * them, changes of passwords, and a second database to move to or from.
 */
export class AppDatabase extends pulumi.ComponentResource {
  /** What the app is told of it. */
  readonly access: AppDatabaseAccess;
  /** What has to be there before the app's own pods can use it. */
  readonly ready: pulumi.Resource[];
  private readonly passwordChange: PasswordChange | undefined;
  private readonly app: pulumi.Resource | undefined;

  constructor(name: string, args: AppDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:AppDatabase", name, { app: args.app, kind: args.database.kind }, opts);
    const { app, namespace, database: plan, spare: sparePlan, backup, images, dataPolicy } = args;
    const child = { parent: this };
    this.app = opts?.parent;

    const policies = this.allowClients(name, args);
    const database = this.make(name, args, plan);
    const spare = sparePlan === undefined ? undefined : this.make(name, args, sparePlan);
    // Not the component itself: the app's config would wait for the server.
    const { host, port, database: schema, username, password, ca } = database;
    const replicaHosts = database instanceof ManagedMysql ? database.replicaHosts : [];
    this.access = { host, port, database: schema, username, password, ca, replicaHosts };

    const rotated = database instanceof Mysql && plan.passwordVersion > 1 ? database : undefined;
    const tasks =
      rotated === undefined && backup === undefined && spare === undefined ? undefined : this.prepareTasks(name, args);
    const inNamespace = { app, namespace };
    this.passwordChange =
      rotated === undefined || tasks === undefined
        ? undefined
        : new PasswordChange(
            `${name}-password-change`,
            { ...inNamespace, ...tasks, database: rotated, image: images.mysql, after: policies },
            child,
          );
    this.ready = [...policies, this.passwordChange?.accepted ?? database];

    if (backup !== undefined && tasks !== undefined) {
      const { place, encryptionKey, maxAgeHours, schedule, restoreTest, keep, deadlineSeconds, memory } = backup;
      new MysqlBackup(
        `${name}-backup`,
        {
          ...inNamespace,
          ...tasks,
          database,
          databaseGi: plan.storageGi ?? DEFAULT_MANAGED_GI,
          place,
          encryptionKey,
          settings: { schedule, restoreTest, keep, deadlineSeconds, memory },
          maxAgeHours,
          images,
          dataPolicy,
        },
        child,
      );
      const { pullSecretName } = args;
      new BackupMonitor(
        `${name}-backup-monitor`,
        { ...inNamespace, image: images.tools, maxAgeHours, pullSecretName },
        child,
      );
    }
    if (spare !== undefined && tasks !== undefined) {
      new DatabaseMove(
        `${name}-move`,
        { ...inNamespace, ...tasks, from: database, to: spare, image: images.mysql },
        child,
      );
    }
    this.registerOutputs({});
  }

  /** After what still used the old passwords, they are taken away. */
  retireOldPasswords(after: pulumi.Resource): void {
    this.passwordChange?.retire(after);
  }

  /** Before there were backups, the app itself was the parent of these: nothing is to be made anew for that. */
  private formerly(name: string): pulumi.ResourceOptions {
    return this.app === undefined ? {} : { aliases: [{ name, parent: this.app }] };
  }

  private make(name: string, args: AppDatabaseArgs, plan: DatabasePlan): Mysql | ManagedMysql {
    const { app, namespace, dataPolicy, pullSecretName, images } = args;
    return plan.kind === "mysql"
      ? new Mysql(
          `${name}-mysql`,
          { ...plan, app, namespace, dataPolicy, pullSecretName, image: images.mysql },
          { parent: this, ...this.formerly(`${app}-mysql`) },
        )
      : new ManagedMysql(
          `${name}-managed-mysql`,
          { ...plan, app, namespace, dataPolicy, login: args.backup !== undefined || args.spare !== undefined },
          { parent: this },
        );
  }

  private allowClients(name: string, { app, namespace, database, spare }: AppDatabaseArgs): pulumi.Resource[] {
    const kinds = [database.kind, spare?.kind];
    const inCluster = databasePolicies(app, MYSQL_PORT);
    const specs = {
      ...(kinds.includes("mysql")
        ? { "allow-database": inCluster.server, "allow-database-clients": inCluster.clients }
        : {}),
      ...(kinds.includes("managed-mysql")
        ? { "allow-managed-database": managedDatabasePolicy(app, MANAGED_MYSQL_PORT) }
        : {}),
    };
    return Object.entries(specs).map(
      ([role, spec]) =>
        new k8s.networking.v1.NetworkPolicy(
          `${name}-${role}`,
          { metadata: { name: role, namespace, labels: labels(app, "database") }, spec },
          { parent: this, ...this.formerly(`${app}-${role}`) },
        ),
    );
  }

  /** The scripts of what works on the database, and the account without any rights that it runs as. */
  private prepareTasks(name: string, { app, namespace, pullSecretName }: AppDatabaseArgs) {
    const scripts = new k8s.core.v1.ConfigMap(
      `${name}-task-scripts`,
      { metadata: { namespace, labels: labels(app, "backup") }, immutable: true, data: taskScripts() },
      { parent: this },
    );
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-task-account`,
      podAccount({ name: "database-tasks", namespace, labels: labels(app, "backup") }, pullSecretName),
      { parent: this },
    );
    return { scriptsName: scripts.metadata.name, serviceAccountName: account.metadata.name };
  }
}

/** GiB of a managed database whose size nobody gave: what the smallest one brings. */
const DEFAULT_MANAGED_GI = 10;
