import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseAccess } from "../../lib/databaseAccess";
import { DATABASE_FOLDER, databaseEnv, databaseMount, TARGET_FOLDER, taskPod } from "../../lib/databaseTask";
import { labels } from "../../lib/labels";

/** Arguments of {@link DatabaseMove}. */
export interface DatabaseMoveArgs {
  /** The app: a plain string, for it labels the objects. */
  app: string;
  namespace: pulumi.Input<string>;
  /** The database that the app uses, and the one beside it. */
  from: DatabaseAccess;
  to: DatabaseAccess;
  /** Image of the server, by digest. */
  image: string;
  scriptsName: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
}

/** Never: `npm run move` runs it by hand. A schedule has to be given all the same; this day does not exist. */
const NEVER = "0 0 31 2 *";

/** How long a copy may take, in seconds. */
const COPY_SECONDS = 6 * 3600;

/**
 * The copy of an app's database into the one beside it.
 * Creates a CronJob that is suspended: the pattern of the Job that `npm run move` runs while the app is in maintenance.
 */
export class DatabaseMove extends pulumi.ComponentResource {
  constructor(name: string, args: DatabaseMoveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:DatabaseMove", name, { app: args.app }, opts);
    const { app, namespace, from, to } = args;
    new k8s.batch.v1.CronJob(
      `${name}-pattern`,
      {
        metadata: { name: "mysql-move", namespace, labels: labels(app, "move") },
        spec: {
          schedule: NEVER,
          timeZone: "Etc/UTC",
          suspend: true,
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 3600,
          jobTemplate: {
            metadata: { labels: labels(app, "move") },
            spec: {
              backoffLimit: 0,
              activeDeadlineSeconds: COPY_SECONDS,
              template: taskPod({
                app,
                role: "move",
                image: args.image,
                command: ["move"],
                env: [...databaseEnv(from, "DB", DATABASE_FOLDER), ...databaseEnv(to, "TO", TARGET_FOLDER)],
                mounts: [databaseMount(from, "database", DATABASE_FOLDER), databaseMount(to, "target", TARGET_FOLDER)],
                scriptsName: args.scriptsName,
                serviceAccountName: args.serviceAccountName,
                memory: "512Mi",
              }),
            },
          },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
