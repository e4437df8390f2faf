import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { oneAtATime } from "../../lib/disruptionBudget";
import { labels, selector } from "../../lib/labels";
import { BEFORE_ITS_PODS, type RedisPod, redisPod, redisService } from "../../lib/redisPod";
import { dataMebibytes, replicaSettings } from "../../lib/redisSettings";

/** Arguments of {@link RedisReplicas}. */
export interface RedisReplicasArgs extends Pick<
  RedisPod,
  "app" | "image" | "resources" | "secretName" | "hasPreviousPasswords" | "serviceAccountName"
> {
  /** Namespace of the app. */
  namespace: pulumi.Input<string>;
  /** Number of replicas, one at least. */
  count: number;
  /** The server that they copy. */
  primary: { host: string; port: number };
  /** What has to be there before they look for their primary. */
  after: pulumi.Resource[];
}

/**
 * Read replicas of a Redis server. They go on serving what they have while their primary is away, and keep nothing.
 * Creates their Deployment, which has a new one take the data before an old one goes, their Service and a disruption
 * budget.
 */
export class RedisReplicas extends pulumi.ComponentResource {
  /** Host name of whichever of them answers, within the namespace. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: RedisReplicasArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:RedisReplicas", name, { app: args.app, count: args.count }, opts);
    const { app, namespace, count, image, resources, secretName, hasPreviousPasswords, serviceAccountName } = args;
    const child = { parent: this };
    const metadata = { name: "redis-replicas", namespace, labels: labels(app, "cache-replica") };

    new k8s.core.v1.Service(
      `${name}-service`,
      { metadata: { ...metadata, annotations: BEFORE_ITS_PODS }, spec: redisService(app, "cache-replica") },
      child,
    );

    new k8s.apps.v1.Deployment(
      `${name}-servers`,
      {
        metadata,
        spec: {
          replicas: count,
          revisionHistoryLimit: 3,
          selector: { matchLabels: selector(app, "cache-replica") },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          template: redisPod({
            app,
            role: "cache-replica",
            image,
            settings: replicaSettings(args.primary),
            resources,
            secretName,
            hasPreviousPasswords,
            serviceAccountName,
            // For a copy of the data, on its way into memory.
            files: { diskMebibytes: dataMebibytes(resources.limits.memory) },
          }),
        },
      },
      { ...child, dependsOn: args.after },
    );

    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      { metadata, spec: oneAtATime(selector(app, "cache-replica")) },
      child,
    );

    // A plain name: config that holds it need not wait for the servers.
    this.host = pulumi.output(metadata.name);
    this.registerOutputs({ host: this.host });
  }
}
