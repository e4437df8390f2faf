import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { protection, type DataPolicy } from "../../lib/dataPolicy";
import { labels, selector } from "../../lib/labels";
import { MYSQL_PORT, mysqlContainer, MYSQL_USER_ID } from "../../lib/mysqlContainer";
import { podSecurityContext } from "../../lib/podSecurity";
import type { PodResources } from "../../lib/podResources";

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
  /** Secret with which the image is pulled; none when the registry wants none. */
  pullSecretName?: pulumi.Input<string> | undefined;
  /** `retain` protects the StatefulSet and the volume, and has the volume outlive this component. */
  dataPolicy: DataPolicy;
}

/**
 * MySQL for one app: a StatefulSet of one replica behind a headless Service, on a volume.
 * Creates the root's and the app user's passwords in a Secret, the claim, the Service, the StatefulSet with its
 * ServiceAccount, and a disruption budget. The app user has rights on the app's own database only.
 */
export class Mysql extends pulumi.ComponentResource {
  /** Host name of the server, within the namespace. */
  readonly host: pulumi.Output<string>;
  /** Name of the app's database. */
  readonly database: pulumi.Output<string>;
  /** The app's user. */
  readonly username: pulumi.Output<string>;
  /** The app user's password, a secret. */
  readonly password: pulumi.Output<string>;

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

    const rootPassword = new random.RandomPassword(`${name}-root-password`, { length: 32, special: false }, child);
    const password = new random.RandomPassword(`${name}-password`, { length: 32, special: false }, child);

    const credentials = new k8s.core.v1.Secret(
      `${name}-credentials`,
      { metadata, type: "Opaque", stringData: { "root-password": rootPassword.result, password: password.result } },
      child,
    );

    // Not a claim template: those cannot change without replacing the set, and this one grows in place (K7).
    const volume = new k8s.core.v1.PersistentVolumeClaim(
      `${name}-volume`,
      {
        metadata: { ...metadata, name: "mysql-data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: `${args.storageGi}Gi` } },
          ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
        },
      },
      { ...child, ...protection(args.dataPolicy), retainOnDelete: args.dataPolicy === "retain" },
    );

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      `${name}-service-account`,
      {
        metadata,
        automountServiceAccountToken: false,
        ...(args.pullSecretName === undefined ? {} : { imagePullSecrets: [{ name: args.pullSecretName }] }),
      },
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
              containers: [mysqlContainer({ image: args.image, account, resources: args.resources })],
              volumes: [
                { name: "data", persistentVolumeClaim: { claimName: volume.metadata.name } },
                { name: "credentials", secret: { secretName: credentials.metadata.name, defaultMode: 0o440 } },
                { name: "run", emptyDir: { sizeLimit: "16Mi" } },
                { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
              ],
            },
          },
        },
      },
      { ...child, ...protection(args.dataPolicy) },
    );

    // `minAvailable: 1` on one replica would block every drain of its node (K8).
    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata,
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: selector(args.app, "database") },
        },
      },
      child,
    );

    // A plain name: config that holds it need not wait for the server.
    this.host = pulumi.output(metadata.name);
    this.database = pulumi.output(account);
    this.username = pulumi.output(account);
    this.password = pulumi.secret(password.result);

    this.registerOutputs({
      host: this.host,
      database: this.database,
      username: this.username,
      password: this.password,
    });
  }
}
