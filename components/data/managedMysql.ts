import * as digitalocean from "@pulumi/digitalocean";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseAccess } from "../../lib/databaseAccess";
import { protection, type DataPolicy } from "../../lib/dataPolicy";
import { labels } from "../../lib/labels";

/** The network of the cluster that a managed database serves. */
export interface DatabaseNetwork {
  region: string;
  vpcId: pulumi.Input<string>;
  /** Id of the one Kubernetes cluster that may connect. */
  clusterId: pulumi.Input<string>;
}

/** Arguments of {@link ManagedMysql}. */
export interface ManagedMysqlArgs {
  /** The app whose database this is. A plain string, for it names the database and its user. */
  app: string;
  /** Namespace of the app. */
  namespace: pulumi.Input<string>;
  /** Name of it in the DigitalOcean account. */
  clusterName: string;
  network: DatabaseNetwork;
  /** Slug of its nodes' size, and how many there are: one, or more with standby. */
  size: string;
  nodes: number;
  /** Disk in GiB; none for what the size brings. */
  storageGi?: number | undefined;
  /** Series, such as `8`. */
  version: string;
  /** Weekday and time, in UTC, of DigitalOcean's updates. */
  maintenance: { day: string; hour: string };
  /** How many read replicas there are. A plain value, for each is a resource. */
  readReplicas: number;
  /** A higher number makes a new user with a new password; the old one goes when no pod uses it. */
  passwordVersion: number;
  tags: string[];
  /** Whether a Secret for backups and moves is made. One that nobody uses is reported before upgrades (D13). */
  login: boolean;
  /** `retain` protects it. */
  dataPolicy: DataPolicy;
}

/** Port of DigitalOcean's managed MySQL. */
export const MANAGED_MYSQL_PORT = 25060;

/** MySQL's own, as in the cluster: DigitalOcean's default is ANSI, in which double quotes are no strings. */
const SQL_MODE =
  "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/**
 * DigitalOcean's managed MySQL for one app, within the cluster's private network.
 * Creates the database cluster with its standby nodes, a firewall that lets the Kubernetes cluster in and nobody else,
 * the app's database and user, read replicas, and, for backups and moves, a Secret with the password and the authority's certificate. The app
 * gets the same variables as from {@link Mysql}, and DB_TLS_CA: the server is reached over TLS alone.
 */
export class ManagedMysql extends pulumi.ComponentResource implements DatabaseAccess {
  readonly kind = "managed-mysql";
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly database: pulumi.Output<string>;
  readonly collation = "utf8mb4_0900_ai_ci";
  readonly username: pulumi.Output<string>;
  /** A secret. */
  readonly password: pulumi.Output<string>;
  readonly ca: pulumi.Output<string>;
  readonly secretName: pulumi.Output<string> | undefined;
  /** Hosts of the read replicas; empty without any. */
  readonly replicaHosts: pulumi.Output<string>[];

  constructor(name: string, args: ManagedMysqlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:ManagedMysql", name, args, opts);
    const child = { parent: this };
    const { network, tags } = args;
    const disk = args.storageGi === undefined ? {} : { storageSizeMib: String(args.storageGi * 1024) };
    const account = args.app.replaceAll("-", "_");

    const cluster = new digitalocean.DatabaseCluster(
      `${name}-cluster`,
      {
        name: args.clusterName,
        engine: "mysql",
        version: args.version,
        region: network.region,
        size: args.size,
        nodeCount: args.nodes,
        privateNetworkUuid: network.vpcId,
        maintenanceWindows: [args.maintenance],
        sqlMode: SQL_MODE,
        ...disk,
        tags,
      },
      {
        ...child,
        ...protection(args.dataPolicy),
        // Two cannot bear the same name.
        deleteBeforeReplace: true,
        customTimeouts: { create: "40m", update: "40m" },
      },
    );
    // A replica is a server of its own, with a firewall of its own.
    const letClusterIn = (server: string, clusterId: pulumi.Output<string>) =>
      new digitalocean.DatabaseFirewall(
        `${name}-${server}`,
        { clusterId, rules: [{ type: "k8s", value: network.clusterId }] },
        child,
      );
    letClusterIn("firewall", cluster.id);
    const database = new digitalocean.DatabaseDb(
      `${name}-database`,
      { clusterId: cluster.id, name: account },
      { ...child, ...protection(args.dataPolicy) },
    );
    // A new version is another user: the provider cannot give one two passwords. And another resource, which comes before
    // the old one goes: to replace a resource whose name is given, the provider deletes it first.
    const suffix = args.passwordVersion === 1 ? "" : `_${args.passwordVersion}`;
    const user = new digitalocean.DatabaseUser(
      `${name}-user${suffix.replace("_", "-")}`,
      { clusterId: cluster.id, name: userName(account, suffix), mysqlAuthPlugin: "caching_sha2_password" },
      child,
    );
    const ca = digitalocean.getDatabaseCaOutput({ clusterId: cluster.id }, child);
    const replicas = Array.from(
      { length: args.readReplicas },
      (_, index) =>
        new digitalocean.DatabaseReplica(
          `${name}-replica-${index + 1}`,
          {
            clusterId: cluster.id,
            name: `${args.clusterName}-replica-${index + 1}`,
            region: network.region,
            size: args.size,
            privateNetworkUuid: network.vpcId,
            ...disk,
            tags,
          },
          { ...child, deleteBeforeReplace: true, customTimeouts: { create: "40m" } },
        ),
    );

    replicas.forEach(({ uuid }, index) => letClusterIn(`replica-${index + 1}-firewall`, uuid));

    this.host = cluster.privateHost;
    this.port = cluster.port;
    this.database = database.name;
    this.username = user.name;
    this.password = pulumi.secret(user.password);
    this.ca = ca.certificate;
    this.replicaHosts = replicas.map(({ privateHost }) => privateHost);

    this.secretName = args.login
      ? new k8s.core.v1.Secret(
          `${name}-credentials`,
          {
            metadata: { name: "managed-mysql", namespace: args.namespace, labels: labels(args.app, "database") },
            type: "Opaque",
            stringData: { password: this.password, "ca.crt": this.ca },
          },
          child,
        ).metadata.name
      : undefined;

    this.registerOutputs({ host: this.host, port: this.port, database: this.database, username: this.username });
  }
}

/** MySQL takes 32 characters. */
const userName = (account: string, suffix: string): string => `${account.slice(0, 32 - suffix.length)}${suffix}`;
