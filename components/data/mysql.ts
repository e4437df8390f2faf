import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DatabaseAccess } from "../../lib/databaseAccess";
import { protection, type DataPolicy } from "../../lib/dataPolicy";
import { oneAtATime } from "../../lib/disruptionBudget";
import { labels, selector } from "../../lib/labels";
import { MYSQL_PORT, mysqlContainer, MYSQL_USER_ID } from "../../lib/mysqlContainer";
import { mysqlSettings } from "../../lib/mysqlSettings";
import { podAccount } from "../../lib/podAccount";
import { podSecurityContext } from "../../lib/podSecurity";
import type { PodResources } from "../../lib/podResources";
import { claimSpec } from "../../lib/volumeClaim";
import { RotatingPassword } from "./rotatingPassword";

/** Arguments of {@link Mysql}. */
export interface MysqlArgs {
  /** The app whose database this is: names the database, its user and its labels. A plain string, for it names things. */
  app: string;
  /** Namespace of the app. */
  namespace: pulumi.Input<string>;
  /** Image of the server, by digest. */
  image: string;
  /** Size of the volume in GiB. It can grow later, not shrink. */
  storageGi: number;
  /** StorageClass of the volume. Default: the cluster's. */
  storageClass?: string | undefined;
  /** CPU and memory of the pod. */
  resources: PodResources;
  /** Connections that the app may open at once. */
  clients: number;
  /** A higher number makes new passwords, beside the ones before it. A plain value, for it decides which are new. */
  passwordVersion: number;
  /** Secret with which the image is pulled; none when the registry wants none. */
  pullSecretName?: pulumi.Input<string> | undefined;
  /** `retain` protects the StatefulSet and the volume, and has the volume outlive this component. */
  dataPolicy: DataPolicy;
}

/**
 * MySQL for one app: a StatefulSet of one replica behind a headless Service, on a volume.
 * Creates the root's and the app user's passwords in a Secret, the claim, the Service, the StatefulSet with its
 * ServiceAccount, and a disruption budget. The app user has rights on the app's own database only. On a
 * claim that an earlier stack has left, the accounts get this one's passwords.
 */
export class Mysql extends pulumi.ComponentResource implements DatabaseAccess {
  readonly kind = "mysql";
  /** Host name of the server, within the namespace. */
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /** Name of the app's database. */
  readonly database: pulumi.Output<string>;
  readonly collation = "utf8mb4_unicode_ci";
  /** The app's user. */
  readonly username: pulumi.Output<string>;
  /** The app user's password, a secret. */
  readonly password: pulumi.Output<string>;
  readonly ca = undefined;
  readonly secretName: pulumi.Output<string>;
  /** Passwords of root and of the app's user, with the ones before them. */
  readonly passwords: { root: RotatingPassword; app: RotatingPassword };

  constructor(name: string, args: MysqlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:Mysql", name, args, opts);
    const child = { parent: this };
    const metadata = {
      // Fixed names: an auto-named set that is replaced would come up with an empty volume (K7, pulumi-kubernetes#619).
      name: "mysql",
      namespace: args.namespace,
      labels: labels(args.app, "database"),
    };
    // MySQL's names of databases and users want no dash.
    const account = args.app.replaceAll("-", "_");

    const { passwordVersion: version } = args;
    const generation = new random.RandomPassword(`${name}-generation`, { length: 12, special: false }, child);
    this.passwords = {
      root: new RotatingPassword(
        `${name}-root-password`,
        { version, formerName: `${args.app}-mysql-root-password` },
        child,
      ),
      app: new RotatingPassword(`${name}-password`, { version, formerName: `${args.app}-mysql-password` }, child),
    };
    this.password = this.passwords.app.current;

    const credentials = new k8s.core.v1.Secret(
      `${name}-credentials`,
      {
        metadata,
        type: "Opaque",
        stringData: { "root-password": this.passwords.root.current, password: this.password },
      },
      child,
    );

    // Not a claim template: those cannot change without replacing the set, and this one grows in place (K7).
    const volume = new k8s.core.v1.PersistentVolumeClaim(
      `${name}-volume`,
      {
        metadata: {
          ...metadata,
          name: "mysql-data",
          // Its server waits for it. One that another stack has left is bound already, and no news of it would come.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: claimSpec(args),
      },
      { ...child, ...protection(args.dataPolicy), retainOnDelete: args.dataPolicy === "retain" },
    );

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      `${name}-service-account`,
      podAccount(metadata, args.pullSecretName),
      child,
    );

    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata,
        spec: {
          clusterIP: "None",
          selector: selector(args.app, "database"),
          ports: [{ name: "mysql", port: MYSQL_PORT, targetPort: "mysql", protocol: "TCP" }],
        },
      },
      { ...child, dependsOn: [credentials] },
    );

    const { image, resources } = args;
    const container = mysqlContainer({
      image,
      account,
      // No secret, and shown where it is looked for.
      generation: pulumi.unsecret(generation.result),
      settings: mysqlSettings({ memoryLimit: resources.limits.memory, clients: args.clients }),
      resources,
    });
    new k8s.apps.v1.StatefulSet(
      `${name}-server`,
      {
        metadata,
        spec: {
          replicas: 1,
          serviceName: service.metadata.name,
          selector: { matchLabels: selector(args.app, "database") },
          template: {
            metadata: { labels: labels(args.app, "database") },
            spec: {
              serviceAccountName: serviceAccount.metadata.name,
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              // Time to write what is in memory; a server that is killed earlier has to recover at its next start.
              terminationGracePeriodSeconds: 60,
              securityContext: podSecurityContext(MYSQL_USER_ID),
              containers: [container],
              volumes: [
                { name: "data", persistentVolumeClaim: { claimName: volume.metadata.name } },
                { name: "credentials", secret: { secretName: credentials.metadata.name, defaultMode: 0o440 } },
                { name: "first-start", emptyDir: { sizeLimit: "1Mi" } },
                // In memory: at a first start passwords are written there.
                { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
                { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
              ],
            },
          },
        },
      },
      { ...child, ...protection(args.dataPolicy) },
    );

    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata,
        spec: oneAtATime(selector(args.app, "database")),
      },
      child,
    );

    // A plain name: config that holds it need not wait for the server.
    this.host = pulumi.output(metadata.name);
    this.port = pulumi.output(MYSQL_PORT);
    this.database = pulumi.output(account);
    this.username = pulumi.output(account);
    this.secretName = credentials.metadata.name;

    this.registerOutputs({
      host: this.host,
      port: this.port,
      database: this.database,
      username: this.username,
      password: this.password,
    });
  }
}
