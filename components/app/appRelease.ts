import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { oneAtATime } from "../../lib/disruptionBudget";
import { labels, objectMetadata, RUN_AGAIN, selector, type ObjectMetadata } from "../../lib/labels";
import { servingFiles, type Serving } from "../../lib/serving";
import { type AppPod, migrationPod, webPod } from "../../lib/webPod";

/** Arguments of {@link AppRelease}. */
export interface AppReleaseArgs extends AppPod {
  /** Namespace of the app. */
  namespace: pulumi.Input<string>;
  /** Port that requests come to. */
  port: number;
  /** Paths that the probes ask: `live` touches nothing, `ready` answers 200 when requests may be sent. */
  health: { live: string; ready: string };
  /** How its pods serve it: a plain value, for it decides whether they need files. */
  serving: Serving;
  /** Whether requests come by way of an Ingress controller, and from nowhere else. */
  behindIngress: boolean;
  /** Pods at rest and at full load. Above `min`, an autoscaler decides: a plain value, for it adds a resource. */
  replicas: { min: number; max: number };
  /** Command that migrates the database once per release; none for an app without migrations. */
  migrate?: string[] | undefined;
  /**
   * Command that fills the database, run after the migrations of each release; none for one that is not to be filled. It
   * has to do nothing where there is something already: a release that is deployed again runs it again.
   */
  seed?: string[] | undefined;
  /** How long each of the two may take, in seconds. */
  migrateSeconds: number;
  /** How long a new release may take until all its pods are ready, in seconds. */
  rolloutSeconds: number;
  /** What its pods need before they are started. */
  after: pulumi.Resource[];
}

/**
 * What runs of an app: creates the migration Job and the one that seeds, then the Deployment with its server's settings
 * and its disruption budget, and an autoscaler when `max` is above `min`.
 */
export class AppRelease extends pulumi.ComponentResource {
  /** The pods that serve requests. */
  readonly deployment: k8s.apps.v1.Deployment;

  constructor(name: string, args: AppReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    // A component's children wait for its inputs, and the image may take minutes to come.
    super("flask-doks:app:AppRelease", name, { port: args.port, replicas: args.replicas }, opts);
    const { app, namespace, serving, replicas, after } = args;
    const child = { parent: this };
    // Before there were other servers, the app itself was the parent of these: nothing is to be made anew for that.
    const formerly = opts?.parent === undefined ? child : { ...child, aliases: [{ parent: opts.parent }] };
    const metadata = objectMetadata(app, namespace);

    const files = servingFiles(serving, args);
    const servingConfig =
      Object.keys(files).length === 0
        ? undefined
        : new k8s.core.v1.ConfigMap(
            `${name}-serving`,
            // No name: other settings make a new one, and pods of the release before keep theirs (K10).
            { metadata: { namespace, labels: labels(app, "web") }, immutable: true, data: files },
            child,
          );

    const job = (role: string, command: string[], options: pulumi.CustomResourceOptions) =>
      new k8s.batch.v1.Job(
        `${name}-${role}`,
        {
          // No name: what it runs cannot change, so a new release is a new Job, and an unchanged one is not run again.
          metadata: { namespace, labels: labels(app, "migration"), annotations: RUN_AGAIN },
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: args.migrateSeconds,
            template: migrationPod({ ...args, command }),
          },
        },
        options,
      );
    const { migrate, seed } = args;
    const migrated = migrate === undefined ? [] : [job("migration", migrate, { ...formerly, dependsOn: after })];
    // What it asks of the network, and how its failures are told, is as with a migration: it bears the same labels.
    const seeded = seed === undefined ? [] : [job("seed", seed, { ...child, dependsOn: [...after, ...migrated] })];

    const autoscaled = replicas.max > replicas.min;
    this.deployment = new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata: metadata(app),
        spec: {
          replicas: replicas.min,
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: args.rolloutSeconds,
          selector: { matchLabels: selector(app, "web") },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          template: webPod({ ...args, servingName: servingConfig?.metadata.name }),
        },
      },
      {
        ...formerly,
        dependsOn: [...after, ...migrated, ...seeded],
        // Once there is an autoscaler, the number of pods is its to decide.
        ignoreChanges: autoscaled ? ["spec.replicas"] : [],
        // The provider does not stop at the deployment's own deadline.
        customTimeouts: { create: `${args.rolloutSeconds}s`, update: `${args.rolloutSeconds}s` },
      },
    );

    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      { metadata: metadata(app), spec: oneAtATime(selector(app, "web")) },
      formerly,
    );
    if (autoscaled) {
      this.autoscale(name, args, metadata, formerly);
    }
    this.registerOutputs({});
  }

  private autoscale(
    name: string,
    { app, replicas }: AppReleaseArgs,
    metadata: ObjectMetadata,
    options: pulumi.CustomResourceOptions,
  ): void {
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      {
        metadata: metadata(app),
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: this.deployment.metadata.name },
          minReplicas: replicas.min,
          maxReplicas: replicas.max,
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
          ],
        },
      },
      options,
    );
  }
}
