import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { CacheAccess } from "../../lib/cacheAccess";
import { type DataPolicy, protection } from "../../lib/dataPolicy";
import { oneAtATime } from "../../lib/disruptionBudget";
import { labels, type ObjectMetadata, objectMetadata, selector } from "../../lib/labels";
import { cachePolicies } from "../../lib/networkPolicies";
import { podAccount } from "../../lib/podAccount";
import type { PodResources } from "../../lib/podResources";
import { REDIS_PORT } from "../../lib/redisContainer";
import { BEFORE_ITS_PODS, redisPod, REDIS_PORTS, redisService } from "../../lib/redisPod";
import { type Persistence, primarySettings } from "../../lib/redisSettings";
import { type Turn, turnsOf } from "../../lib/turns";
import { claimSpec } from "../../lib/volumeClaim";
import { RedisReplicas } from "./redisReplicas";

/** Arguments of {@link Redis}. */
export interface RedisArgs {
  /** The app whose cache this is: a plain string, for it labels the objects. */
  app: string;
  /** Namespace of the app. */
  namespace: pulumi.Input<string>;
  /** Image of the server, by digest. */
  image: string;
  /** Number of read replicas. A plain number, for it decides what exists. */
  replicas: number;
  /** A higher number makes new passwords. A plain number, for it decides which there are. Default: 1. */
  passwordVersion?: number | undefined;
  /** What of it outlives a restart of the primary. Plain, for it decides what exists. */
  persistence: Persistence;
  /** CPU and memory of each server. */
  resources: PodResources;
  /** Secret with which the image is pulled; none when the registry wants none. */
  pullSecretName?: pulumi.Input<string> | undefined;
  /** `retain` protects a primary that has a volume, and the volume, and has the volume outlive this component. */
  dataPolicy: DataPolicy;
}

/**
 * Redis for one app: a primary, which is written to, and replicas, which are read from.
 * Creates the passwords of the app and of the replicas in a Secret, the network policies, the primary's StatefulSet with
 * its ServiceAccount, its Services, a disruption budget and, where data is kept, its claim; and the {@link RedisReplicas}.
 * New passwords restart the servers, which go on taking those of the version before: an app that has yet to get its new
 * one is let in.
 * None of them takes the place of a primary that is away: Kubernetes starts it again, on its volume where it has one.
 */
export class Redis extends pulumi.ComponentResource {
  /** What the app is told of it. */
  readonly access: CacheAccess;
  /** What has to be there before the app's own pods can use it. The replicas too: an app may read as it starts. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    // Its passwords tell the version: told here as well, it would be a change of stacks that have only the first one.
    super("flask-doks:data:Redis", name, { ...args, passwordVersion: undefined }, opts);
    const { app, namespace, image, replicas: count, passwordVersion = 1, persistence, resources } = args;
    const child = { parent: this };
    const metadata = objectMetadata(app, namespace);
    // Fixed names: an auto-named set that is replaced would come up with an empty volume (K7, pulumi-kubernetes#619).
    const primary = metadata("redis-primary", "cache");

    const { current, previous } = turnsOf(passwordVersion);
    const passwords = this.generatePasswords(name, current);
    const before = previous === undefined ? undefined : this.generatePasswords(name, previous);
    const credentials = new k8s.core.v1.Secret(
      `${name}-credentials`,
      {
        // No name: servers read it as they start, and another content under a name of its own restarts them (K10).
        metadata: { namespace, labels: labels(app, "cache") },
        immutable: true,
        type: "Opaque",
        stringData: {
          password: passwords.app,
          "replication-password": passwords.replication,
          ...(before === undefined
            ? {}
            : { "previous-password": before.app, "previous-replication-password": before.replication }),
        },
      },
      child,
    );
    const serviceAccount = new k8s.core.v1.ServiceAccount(
      `${name}-service-account`,
      podAccount(metadata("redis", "cache"), args.pullSecretName),
      child,
    );
    const policies = this.limitTraffic(name, args, metadata);

    const service = new k8s.core.v1.Service(
      `${name}-service`,
      { metadata: { ...primary, annotations: BEFORE_ITS_PODS }, spec: redisService(app, "cache") },
      child,
    );
    // A StatefulSet is to have a Service without an address. Nobody asks for this one.
    const governing = new k8s.core.v1.Service(
      `${name}-headless-service`,
      {
        metadata: metadata("redis-primary-headless", "cache"),
        spec: { clusterIP: "None", selector: selector(app, "cache"), ports: REDIS_PORTS },
      },
      child,
    );
    const volume = persistence.kind === "none" ? undefined : this.claimVolume(name, args, persistence, metadata);
    const servers = {
      app,
      image,
      resources,
      secretName: credentials.metadata.name,
      hasPreviousPasswords: before !== undefined,
      serviceAccountName: serviceAccount.metadata.name,
    };
    const server = new k8s.apps.v1.StatefulSet(
      `${name}-server`,
      {
        metadata: primary,
        spec: {
          replicas: 1,
          serviceName: governing.metadata.name,
          selector: { matchLabels: selector(app, "cache") },
          template: redisPod({
            ...servers,
            role: "cache",
            settings: primarySettings(resources.limits.memory, persistence.kind),
            files: volume === undefined ? { diskMebibytes: 1 } : { claimName: volume.metadata.name },
          }),
        },
      },
      { ...child, ...(volume === undefined ? {} : protection(args.dataPolicy)) },
    );
    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      { metadata: primary, spec: oneAtATime(selector(app, "cache")) },
      child,
    );

    // A plain name: config that holds it need not wait for the server.
    const host = "redis-primary";
    const port = REDIS_PORT;
    const replicas =
      count === 0
        ? undefined
        : new RedisReplicas(
            `${name}-replicas`,
            // Not after the server: they look for it until it is there.
            { ...servers, namespace, count, primary: { host, port }, after: [...policies, service] },
            child,
          );

    this.access = {
      host: pulumi.output(host),
      port: pulumi.output(port),
      replicaHost: replicas?.host ?? pulumi.output(host),
      password: passwords.app,
    };
    this.ready = [...policies, service, server, ...(replicas === undefined ? [] : [replicas])];
    this.registerOutputs({ access: this.access });
  }

  /** Of letters and digits: other signs would have to be quoted in the servers' files. */
  private generatePasswords(
    name: string,
    { suffix, keepers }: Turn,
  ): Record<"app" | "replication", pulumi.Output<string>> {
    const form = { length: 32, special: false, ...(keepers === undefined ? {} : { keepers }) };
    const generate = (role: string) =>
      pulumi.secret(new random.RandomPassword(`${name}-${role}${suffix}`, form, { parent: this }).result);
    return { app: generate("password"), replication: generate("replication-password") };
  }

  private limitTraffic(name: string, { app, replicas }: RedisArgs, metadata: ObjectMetadata): pulumi.Resource[] {
    const policies = cachePolicies(app, REDIS_PORT);
    const specs = {
      "allow-cache": policies.primary,
      ...(replicas === 0 ? {} : { "allow-cache-replicas": policies.replicas }),
      "allow-cache-clients": policies.clients,
    };
    return Object.entries(specs).map(
      ([role, spec]) =>
        new k8s.networking.v1.NetworkPolicy(
          `${name}-${role}`,
          { metadata: metadata(role, "cache"), spec },
          { parent: this },
        ),
    );
  }

  /** Not a claim template: those cannot change without replacing the set, and this one grows in place (K7). */
  private claimVolume(
    name: string,
    { dataPolicy }: RedisArgs,
    persistence: Extract<Persistence, { kind: "volume" }>,
    metadata: ObjectMetadata,
  ): k8s.core.v1.PersistentVolumeClaim {
    return new k8s.core.v1.PersistentVolumeClaim(
      `${name}-volume`,
      {
        metadata: {
          ...metadata("redis-data", "cache"),
          // Its server waits for it. One that another stack has left is bound already, and no news of it would come.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: claimSpec(persistence),
      },
      { parent: this, ...protection(dataPolicy), retainOnDelete: dataPolicy === "retain" },
    );
  }
}
