/** What a cluster tells of the blog's backups to alerts and to people: metrics and events. */
import { kubectl } from "../../local/node/kubectl";
import type { NodeSettings } from "../../local/node/settings";
import type { AppAccess, Following } from "../../scripts/data/appAccess";
import { AppNamespace } from "../../scripts/data/appNamespace";
import { runTask } from "../../scripts/data/task";
import { failureOf } from "../../scripts/data/taskFailed";
import { taskJob } from "../../scripts/data/taskJob";
import type { Cluster } from "./cluster";

export interface BackupSigns {
  /** Value of each series, by its name with its labels. */
  metrics: ReadonlyMap<string, number>;
  events: { reason: string; message: string }[];
}

/** Reads them as an alert would: through the Service, and from the API server. */
export async function backupSigns(node: NodeSettings, cluster: Cluster): Promise<BackupSigns> {
  const path = "/api/v1/namespaces/blog/services/backup-monitor:9187/proxy/metrics";
  const text = await kubectl(node, ["get", "--raw", path]).catch(() => "");
  const series = text.split("\n").flatMap((line) => {
    const [, name, value] = /^([a-z_]+\{.*\}|[a-z_]+) (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
  const { items } = await cluster.core.listNamespacedEvent({ namespace: "blog" });
  const events = items.map(({ reason = "", message = "" }) => ({ reason, message }));
  return { metrics: new Map(series), events };
}

/** Runs the restore test now, and not on Sunday. */
export async function runRestoreTest(
  access: AppAccess,
  following: Following,
): Promise<Readonly<Record<string, number>>> {
  const space = new AppNamespace(access);
  const pattern = await space.cronJob("mysql-restore-test");
  if (pattern === undefined) throw new Error("there is no restore test");
  const job = taskJob(pattern, { prefix: "mysql-restore-test", owned: true });
  const { word } = await runTask("Testing whether the newest backup can be restored", space, job, following);
  if (!word.ok) throw failureOf(word);
  return word.figures;
}
