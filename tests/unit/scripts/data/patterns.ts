/** CronJobs after whose pattern tasks run. */
import type { V1CronJob } from "@kubernetes/client-node";
import { labels, type AppRole } from "../../../../lib/labels";

const ENV: Record<string, Record<string, string>> = {
  backup: { DB_HOST: "mysql", DB_NAME: "blog", DB_USERNAME: "blog", KIND: "scheduled", KEEP: "--keep-daily 7" },
  move: { DB_HOST: "mysql", DB_NAME: "blog", TO_HOST: "private-db.test", TO_NAME: "blog" },
};

/** `mysql-backup` or `mysql-move` of the app blog. */
export function pattern(role: AppRole & ("backup" | "move"), env: Record<string, string> = {}): V1CronJob {
  const variables = Object.entries({ ...ENV[role], ...env }).map(([name, value]) => ({ name, value }));
  return {
    metadata: { name: `mysql-${role}`, namespace: "blog", uid: `uid-of-${role}`, labels: labels("blog", role) },
    spec: {
      schedule: "17 2 * * *",
      jobTemplate: {
        metadata: { labels: labels("blog", role) },
        spec: {
          backoffLimit: 1,
          activeDeadlineSeconds: 3600,
          template: {
            metadata: { labels: labels("blog", role) },
            spec: {
              containers: [
                { name: "backup", image: "mysql", command: ["bash", `/opt/tasks/${role}.sh`], env: variables },
              ],
            },
          },
        },
      },
    },
  };
}

/** An object of the cluster's with other fields. */
export const changed = <T extends object>(object: T, ...changes: Partial<T>[]): T =>
  Object.assign({}, object, ...changes) as T;
