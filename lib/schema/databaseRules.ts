import { mebibytes } from "../quantity";
import type { Finding } from "./finding";
import type { Stack } from "./stack";

/** What a server needs beside a buffer pool of the smallest size, with a handful of connections. */
const LEAST_MYSQL_MI = 512;

const LEAST_BACKUP_MI = 256;

/** Rules on databases and their backups that span several keys. */
export function databaseFindings({ apps, backup, cluster }: Stack): Finding[] {
  const findings: Finding[] = [];
  const add = (key: string, message: string) => findings.push({ key, message });
  apps.forEach(({ migrate, database, spareDatabase }, index) => {
    const key = `apps[${index}]`;
    if (migrate !== undefined && database.kind === "none") {
      add(`${key}.migrate`, "there is no database to migrate");
    }
    if (spareDatabase.kind !== "none" && spareDatabase.kind === database.kind) {
      add(`${key}.spareDatabase`, `is of the same kind as database, ${database.kind}: there is nothing to move`);
    }
    if (spareDatabase.kind !== "none" && database.kind === "none") {
      add(`${key}.spareDatabase`, "there is no database that it could be beside");
    }
    for (const [name, each] of Object.entries({ database, spareDatabase })) {
      if (each.kind === "mysql" && mebibytes(each.resources.limits.memory) < LEAST_MYSQL_MI) {
        add(`${key}.${name}.resources.limits.memory`, `is below ${LEAST_MYSQL_MI}Mi, the least that MySQL starts with`);
      }
      if (each.kind !== "managed-mysql") continue;
      if (cluster.kind !== "doks") {
        add(`${key}.${name}`, "managed-mysql is for cluster.kind: doks, whose network it is in");
      }
      if (each.nodes > 1 && each.size === "db-s-1vcpu-1gb") {
        add(`${key}.${name}.size`, "db-s-1vcpu-1gb takes no standby nodes; db-s-1vcpu-2gb is the smallest that does");
      }
    }
  });
  if (backup.kind === "none") return findings;
  if (apps.every(({ database }) => database.kind === "none")) {
    add("backup.kind", "there is no database to back up");
  }
  const { hourly, daily, weekly, monthly } = backup.keep;
  if (hourly + daily + weekly + monthly === 0) {
    add("backup.keep", "keeps nothing: give at least one number above 0");
  }
  if (backup.encryptionKey.length < 20) {
    add("backup.encryptionKey", "is shorter than 20 characters");
  }
  if (mebibytes(backup.memory) < LEAST_BACKUP_MI) {
    add("backup.memory", `is below ${LEAST_BACKUP_MI}Mi, the least that restic works with`);
  }
  if (backup.kind === "spaces" && backup.region === undefined && cluster.kind !== "doks") {
    add("backup.region", "is needed where the stack does not make the cluster");
  }
  return findings;
}
