import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DataPolicy } from "../../lib/dataPolicy";
import { oneAtATime } from "../../lib/disruptionBudget";
import { labels, objectMetadata, RUN_AGAIN, selector, type ObjectMetadata } from "../../lib/labels";
import type { LoadBalancerAddress } from "../../lib/loadBalancerAddress";
import { allowDns, denyAll, solverPolicy, webPolicy, type Callers } from "../../lib/networkPolicies";
import { podAccount } from "../../lib/podAccount";
import type { PodResources } from "../../lib/podResources";
import { RESTRICTED_NAMESPACE_LABELS } from "../../lib/podSecurity";
import { migrationPod, webPod } from "../../lib/webPod";
import { AppDatabase, type AppDatabaseArgs } from "../data/appDatabase";
import { AppEnvironment } from "./appEnvironment";
import { AppExposure, type Exposure } from "./appExposure";

/** The database of an app, as its config has it. */
export type AppDatabasePlan = Pick<AppDatabaseArgs, "database" | "spare" | "backup" | "images">;

/** Arguments of {@link FlaskApp}. */
export interface FlaskAppArgs {
  /** Name of the app's namespace, to be given where several stacks share a cluster. Default: the app's name. */
  namespace?: string | undefined;
  /** Image to run, by digest. */
  image: pulumi.Input<string>;
  /** Port that the app listens on, given to it as `PORT`. */
  port: number;
  /** Paths that the probes ask: `live` touches nothing, `ready` answers 200 when requests may be sent. */
  health: { live: string; ready: string };
  /** Pods at rest and at full load. Above `min`, an autoscaler decides: a plain value, for it adds a resource. */
  replicas: { min: number; max: number };
  /** CPU and memory of each pod. */
  resources: PodResources;
  /** Environment variables in clear. */
  env: Record<string, string>;
  /** Environment variables that are secret. */
  secrets: Record<string, pulumi.Input<string>>;
  /** Command that migrates the database once per release; none for an app without migrations. */
  migrate?: string[] | undefined;
  /** How long that command may take, in seconds. */
  migrateSeconds: number;
  /** How long a new release may take until all its pods are ready, in seconds. */
  rolloutSeconds: number;
  /** How requests reach the app. */
  exposure: Exposure;
  /** What the pods may call besides their database and DNS. */
  egress: "none" | "internet";
  /** The app's database, and what belongs to it; none for an app without a database. */
  database?: AppDatabasePlan | undefined;
  /** Content of the `.dockerconfigjson` with which images are pulled; none when the registry wants none. */
  pullConfig?: pulumi.Input<string> | undefined;
  /** Whether the app's data outlives it. */
  dataPolicy: DataPolicy;
}

/**
 * One Flask application in a namespace of its own.
 * Creates the namespace, network policies, config, secrets, ServiceAccount, Service, database, migration Job,
 * Deployment, disruption budget, autoscaler when `max` is above `min`, and the way in. In this order: namespace →
 * config and secrets → services → database → migration → deployment, each waiting for what it needs.
 */
export class FlaskApp extends pulumi.ComponentResource {
  /** The app's name. */
  readonly app: string;
  /** The app's namespace. */
  readonly namespace: pulumi.Output<string>;
  /** Where the app answers. */
  readonly url: pulumi.Output<string>;
  /** Where its load balancer is reached, for DNS records; none for an app without one of its own. */
  readonly address: pulumi.Output<LoadBalancerAddress> | undefined;

  constructor(name: string, args: FlaskAppArgs, opts?: pulumi.ComponentResourceOptions) {
    // A component's children wait for its inputs: without the image among them, the database comes up while that is built.
    super("flask-doks:app:FlaskApp", name, { port: args.port, replicas: args.replicas }, opts);
    this.app = name;
    const { exposure } = args;
    const child = { parent: this };

    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.namespace ?? name,
          labels: { ...RESTRICTED_NAMESPACE_LABELS, "app.kubernetes.io/part-of": name },
        },
      },
      // To delete the namespace would delete the claim in it.
      { ...child, retainOnDelete: holdsData(args) },
    );
    this.namespace = namespace.metadata.name;
    const metadata = objectMetadata(name, this.namespace);
    const unnamed = { namespace: this.namespace, labels: labels(name, "web") };
    const policies = this.limitTraffic(name, args, metadata);

    const pullSecret =
      args.pullConfig === undefined
        ? undefined
        : new k8s.core.v1.Secret(
            `${name}-pull-secret`,
            {
              // No name: a new password makes a new Secret before the old one goes.
              metadata: unnamed,
              immutable: true,
              type: "kubernetes.io/dockerconfigjson",
              stringData: { ".dockerconfigjson": pulumi.secret(args.pullConfig) },
            },
            child,
          );

    // The pull secret hangs on the app's own account: the namespace's default account stays without rights (D10).
    const serviceAccount = new k8s.core.v1.ServiceAccount(
      `${name}-service-account`,
      podAccount(metadata(name), pullSecret?.metadata.name),
      child,
    );

    const database =
      args.database === undefined
        ? undefined
        : new AppDatabase(
            `${name}-database`,
            {
              app: name,
              namespace: this.namespace,
              dataPolicy: args.dataPolicy,
              pullSecretName: pullSecret?.metadata.name,
              ...args.database,
            },
            child,
          );

    const environment = new AppEnvironment(
      name,
      {
        app: name,
        namespace: this.namespace,
        variables: {
          ...args.env,
          COOKIE_SECURE: String(exposure.kind === "ingress" && exposure.https),
          TRUSTED_PROXIES: exposure.kind === "ingress" ? "1" : "0",
        },
        secrets: args.secrets,
        database: database?.access,
      },
      child,
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        // The pods come after it: to wait for them here would be to wait for ever.
        metadata: { ...metadata(name), annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          type: exposure.kind === "nodePort" ? "NodePort" : "ClusterIP",
          selector: selector(name, "web"),
          ports: [
            {
              name: "http",
              port: 80,
              targetPort: "http",
              protocol: "TCP",
              ...(exposure.kind === "nodePort" && exposure.port !== undefined ? { nodePort: exposure.port } : {}),
            },
          ],
        },
      },
      { ...child, dependsOn: [environment] },
    );

    const pod = {
      app: name,
      image: args.image,
      configMapName: environment.configMapName,
      secretName: environment.secretName,
      serviceAccountName: serviceAccount.metadata.name,
      resources: args.resources,
    };

    const migration =
      args.migrate === undefined
        ? undefined
        : new k8s.batch.v1.Job(
            `${name}-migration`,
            {
              // No name: what it runs cannot change, so a new release is a new Job, and an unchanged one is not run again.
              metadata: { namespace: this.namespace, labels: labels(name, "migration"), annotations: RUN_AGAIN },
              spec: {
                backoffLimit: 2,
                activeDeadlineSeconds: args.migrateSeconds,
                template: migrationPod({ ...pod, command: args.migrate }),
              },
            },
            { ...child, dependsOn: [...policies, service, ...(database?.ready ?? [])] },
          );

    const autoscaled = args.replicas.max > args.replicas.min;
    const deployment = new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata: metadata(name),
        spec: {
          replicas: args.replicas.min,
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: args.rolloutSeconds,
          selector: { matchLabels: selector(name, "web") },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          template: webPod({ ...pod, port: args.port, health: args.health }),
        },
      },
      {
        ...child,
        dependsOn: [...policies, service, ...(database?.ready ?? []), ...(migration === undefined ? [] : [migration])],
        // Once there is an autoscaler, the number of pods is its to decide.
        ignoreChanges: autoscaled ? ["spec.replicas"] : [],
        // The provider does not stop at the deployment's own deadline.
        customTimeouts: { create: `${args.rolloutSeconds}s`, update: `${args.rolloutSeconds}s` },
      },
    );

    database?.retireOldPasswords(deployment);

    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata: metadata(name),
        spec: oneAtATime(selector(name, "web")),
      },
      child,
    );

    if (autoscaled) {
      this.autoscale(name, args.replicas, deployment, metadata);
    }
    const wayIn = new AppExposure(
      `${name}-exposure`,
      { app: name, namespace: this.namespace, exposure, service, deployment },
      child,
    );
    this.url = wayIn.url;
    this.address = wayIn.address;

    this.registerOutputs({ app: this.app, namespace: this.namespace, url: this.url, address: this.address });
  }

  /** Nothing in or out of the namespace but what the app needs. */
  private limitTraffic(name: string, args: FlaskAppArgs, metadata: ObjectMetadata): k8s.networking.v1.NetworkPolicy[] {
    const { exposure } = args;
    const callers: Callers =
      exposure.kind === "ingress" ? { kind: "namespace", name: exposure.edge.namespace } : { kind: "anyone" };
    const specs = {
      "deny-all": denyAll(),
      "allow-dns": allowDns(),
      "allow-requests": webPolicy(name, args.port, callers, args.egress),
      ...(exposure.kind === "ingress" && exposure.https
        ? { "allow-solver": solverPolicy(exposure.edge.namespace) }
        : {}),
    };
    return Object.entries(specs).map(
      ([role, spec]) =>
        new k8s.networking.v1.NetworkPolicy(`${name}-${role}`, { metadata: metadata(role), spec }, { parent: this }),
    );
  }

  private autoscale(
    name: string,
    replicas: { min: number; max: number },
    deployment: k8s.apps.v1.Deployment,
    metadata: ObjectMetadata,
  ): void {
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      {
        metadata: metadata(name),
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment.metadata.name },
          minReplicas: replicas.min,
          maxReplicas: replicas.max,
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
          ],
        },
      },
      { parent: this },
    );
  }
}

/** Whether a volume of the namespace is to outlive the app. */
function holdsData({ database, dataPolicy }: FlaskAppArgs): boolean {
  const kinds = [database?.database.kind, database?.spare?.kind, database?.backup?.place.kind];
  return dataPolicy === "retain" && (kinds.includes("mysql") || kinds.includes("volume"));
}
