import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { databaseEnv, taskPod } from "../../lib/databaseTask";
import { labels, RUN_AGAIN } from "../../lib/labels";
import type { Mysql } from "./mysql";

/** Arguments of {@link PasswordChange}. */
export interface PasswordChangeArgs {
  /** The app: a plain string, for it labels the objects. */
  app: string;
  namespace: pulumi.Input<string>;
  /** The database whose passwords change. */
  database: Mysql;
  /** Image of the server, by digest. */
  image: string;
  /** ConfigMap with the tasks' scripts, and the account that tasks run as. */
  scriptsName: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
  /** What lets the tasks reach the database. */
  after: pulumi.Resource[];
}

/** How long a step may take, in seconds: most of it is for a server that is just starting. */
const STEP_SECONDS = 300;

/**
 * New passwords of a database that goes on serving: the server first takes the new ones beside the ones before, then
 * the app's pods are rolled, and in the end the old ones are taken away.
 * Creates a Secret of the new passwords and root's old one, and the Job of the first step; {@link retire} creates that of the last one. New passwords
 * make new Jobs, since what a Job runs cannot change.
 */
export class PasswordChange extends pulumi.ComponentResource {
  /** Done when the server takes the new passwords. */
  readonly accepted: pulumi.Resource;
  private readonly job: (step: "accept" | "retire", after: pulumi.Resource[]) => k8s.batch.v1.Job;

  constructor(name: string, args: PasswordChangeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:PasswordChange", name, { app: args.app, image: args.image }, opts);
    const { app, namespace, database } = args;
    const { root, app: user } = database.passwords;
    // Of its own, and never changed: a pod that was shown an older one would think that all is done.
    const secret = new k8s.core.v1.Secret(
      `${name}-passwords`,
      {
        metadata: { namespace, labels: labels(app, "accounts") },
        immutable: true,
        type: "Opaque",
        stringData: {
          "root-password": root.current,
          "previous-root-password": root.previous,
          password: user.current,
        },
      },
      { parent: this },
    );
    this.job = (step, after) =>
      new k8s.batch.v1.Job(
        `${name}-${step}`,
        {
          metadata: { namespace, labels: labels(app, "accounts"), annotations: RUN_AGAIN },
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: STEP_SECONDS,
            template: taskPod({
              app,
              role: "accounts",
              image: args.image,
              command: ["accounts", step],
              env: databaseEnv(database, "DB", ""),
              mounts: [
                {
                  name: "passwords",
                  path: "/run/secrets/mysql",
                  source: { secret: { secretName: secret.metadata.name, defaultMode: 0o440 } },
                  readOnly: true,
                },
              ],
              scriptsName: args.scriptsName,
              serviceAccountName: args.serviceAccountName,
              memory: "256Mi",
            }),
          },
        },
        { parent: this, dependsOn: after },
      );
    this.accepted = this.job("accept", [database, ...args.after]);
    this.registerOutputs({});
  }

  /** Takes the old passwords away, after what still used them. */
  retire(after: pulumi.Resource): void {
    this.job("retire", [this.accepted, after]);
  }
}
