import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DataPolicy } from "../../lib/dataPolicy";
import { labels, objectMetadata, selector, type ObjectMetadata } from "../../lib/labels";
import type { LoadBalancerAddress } from "../../lib/loadBalancerAddress";
import { allowDns, denyAll, solverPolicy, webPolicy, type Callers } from "../../lib/networkPolicies";
import { podAccount } from "../../lib/podAccount";
import type { PodResources } from "../../lib/podResources";
import { RESTRICTED_NAMESPACE_LABELS } from "../../lib/podSecurity";
import type { Serving } from "../../lib/serving";
import { AppDatabase, type AppDatabaseArgs } from "../data/appDatabase";
import { Redis, type RedisArgs } from "../data/redis";
import { AppEnvironment } from "./appEnvironment";
import { AppExposure, type Exposure } from "./appExposure";
import { AppRelease } from "./appRelease";

/** The database of an app, as its config has it. */
export type AppDatabasePlan = Pick<AppDatabaseArgs, "database" | "spare" | "backup" | "images">;

/** The cache of an app, as its config has it. */
export type AppCachePlan = Pick<RedisArgs, "image" | "replicas" | "passwordVersion" | "persistence" | "resources">;

/** Arguments of {@link FlaskApp}. */
export interface FlaskAppArgs {
  /** Name of the app's namespace, to be given where several stacks share a cluster. Default: the app's name. */
  namespace?: string | undefined;
  /** Image to run, by digest. */
  image: pulumi.Input<string>;
  /** Port that requests come to, given to the app as `PORT` unless NGINX listens there for it. */
  port: number;
  /** How its pods serve it: a plain value, for it decides which objects there are. */
  serving: Serving;
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
  /** A higher number makes a new `SECRET_KEY`, the one before being `SECRET_KEY_FALLBACKS`. Default: 1. */
  secretKeyVersion?: number | undefined;
  /** Command that migrates the database once per release; none for an app without migrations. */
  migrate?: string[] | undefined;
  /** Command that fills an empty database after that, and does nothing to another; none to leave it as it is. */
  seed?: string[] | undefined;
  /** How long each of the two may take, in seconds. */
  migrateSeconds: number;
  /** How long a new release may take until all its pods are ready, in seconds. */
  rolloutSeconds: number;
  /** How requests reach the app. */
  exposure: Exposure;
  /** What the pods may call besides their database and DNS. */
  egress: "none" | "internet";
  /** The app's database, and what belongs to it; none for an app without a database. */
  database?: AppDatabasePlan | undefined;
  /** The app's cache; none for an app without one. */
  cache?: AppCachePlan | undefined;
  /** Content of the `.dockerconfigjson` with which images are pulled; none when the registry wants none. */
  pullConfig?: pulumi.Input<string> | undefined;
  /** Whether the app's data outlives it. */
  dataPolicy: DataPolicy;
}

/**
 * One Flask application in a namespace of its own.
 * Creates the namespace, network policies, ServiceAccount, Service, database, cache, config, secrets, the release with
 * its migration and its pods, and the way in. In this order: namespace → config and secrets → services → database and
 * cache → migration → deployment, each waiting for what it needs.
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

    const cache =
      args.cache === undefined
        ? undefined
        : new Redis(
            `${name}-cache`,
            {
              app: name,
              namespace: this.namespace,
              dataPolicy: args.dataPolicy,
              pullSecretName: pullSecret?.metadata.name,
              ...args.cache,
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
          // NGINX in the pod says what it was told by the one before it.
          TRUSTED_PROXIES: exposure.kind === "ingress" || args.serving.nginx !== undefined ? "1" : "0",
        },
        secrets: args.secrets,
        secretKeyVersion: args.secretKeyVersion,
        database: database?.access,
        cache: cache?.access,
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

    const release = new AppRelease(
      name,
      {
        ...args,
        app: name,
        namespace: this.namespace,
        configMapName: environment.configMapName,
        secretName: environment.secretName,
        serviceAccountName: serviceAccount.metadata.name,
        behindIngress: exposure.kind === "ingress",
        after: [...policies, service, ...(database?.ready ?? []), ...(cache?.ready ?? [])],
      },
      child,
    );
    const { deployment } = release;
    database?.retireOldPasswords(deployment);

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
}

/** Whether a volume of the namespace is to outlive the app. */
function holdsData({ cache, database, dataPolicy }: FlaskAppArgs): boolean {
  const kinds = [database?.database.kind, database?.spare?.kind, database?.backup?.place.kind, cache?.persistence.kind];
  return dataPolicy === "retain" && (kinds.includes("mysql") || kinds.includes("volume"));
}
