import { cores, mebibytes } from "./quantity";

/** What a server's settings follow from. */
export interface MysqlDimensions {
  /** Its memory limit, such as `768Mi`. */
  memoryLimit: string;
  /** Connections that the app's pods may open at once, all of them together. */
  clients: number;
}

/** Kept for people and tasks: backups, restores, migrations, a look by hand. */
const OTHER_CONNECTIONS = 20;

/** What the server itself takes beside the buffer pool, in MiB, and each connection at its worst. */
const OWN_MEMORY = 220;
const CONNECTION_MEMORY = 1.5;

/**
 * The server's options, from the memory that it has and the connections that it is to serve. The buffer pool gets what
 * is left, for what is in it need not be read from the volume; with too little memory for both it keeps 64 MiB.
 */
export function mysqlSettings({ memoryLimit, clients }: MysqlDimensions): string[] {
  const memory = mebibytes(memoryLimit);
  const connections = clients + OTHER_CONNECTIONS;
  // Its own instruments take 200 MiB and more.
  const instruments = memory >= 2048;
  const rest = memory * 0.9 - OWN_MEMORY - connections * CONNECTION_MEMORY - (instruments ? 250 : 0);
  const pool = Math.max(64, Math.floor(rest / 64) * 64);
  return [
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--skip-name-resolve",
    `--innodb-buffer-pool-size=${pool}M`,
    `--max-connections=${connections}`,
    `--performance-schema=${instruments ? "ON" : "OFF"}`,
    // What was acknowledged is on the disk.
    "--innodb-flush-log-at-trx-commit=1",
    // For replicas only, and would fill the volume.
    "--skip-log-bin",
    "--mysqlx=OFF",
    "--local-infile=OFF",
    // From there into the container's log: pods/mysql/start.sh.
    "--log-output=FILE",
    "--slow-query-log=ON",
    "--slow-query-log-file=/tmp/slow.log",
    "--long-query-time=1",
  ];
}

/** Threads of each worker process where an app's environment does not say. */
const DEFAULT_THREADS = 4;

/** Worker processes where it does not say: as many as the apps' images start with so much CPU. */
const defaultWorkers = (cpuLimit: string | undefined): number =>
  cpuLimit === undefined ? 2 : Math.max(2, Math.min(Math.floor(2 * cores(cpuLimit) + 1), 8));

/** What decides how many connections an app opens. */
export interface ClientPods {
  /** Its environment variables in clear. */
  env: Readonly<Record<string, string>>;
  replicas: { max: number };
  resources: { limits: { cpu?: string } };
}

/**
 * Connections that an app's pods may open at once: a pool for each worker process, with one for each of its threads, and
 * two for the question whether the database answers. At full load, and with one pod more, as while a release rolls out.
 */
export function poolConnections({ env, replicas, resources }: ClientPods): number {
  const number = (name: string, fallback: number) =>
    /^[1-9]\d*$/.test(env[name] ?? "") ? Number(env[name]) : fallback;
  const workers = number("WEB_CONCURRENCY", defaultWorkers(resources.limits.cpu));
  const pool = number("DB_POOL_SIZE", number("WEB_THREADS", DEFAULT_THREADS));
  return (replicas.max + 1) * workers * (pool + 2);
}
