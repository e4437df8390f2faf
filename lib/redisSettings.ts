import { mebibytes } from "./quantity";

/** What of a cache outlives a restart of its primary. */
export type Persistence =
  | { kind: "none" }
  /** A volume of so many GiB, of a StorageClass; default: the cluster's. */
  | { kind: "volume"; storageGi: number; storageClass?: string | undefined };

/**
 * Share of a server's memory that its data gets, keys and values with what belongs to them. The rest is for what is lost
 * between them (up to a quarter of the data, where values differ in size), for the server itself (8 MiB), for the pages
 * that change while a fork of it writes the data down, for its volume or for a replica, and for what replicas have yet
 * to take.
 */
const DATA_SHARE = 0.6;

/** MiB that the data of a server may take. */
export const dataMebibytes = (memoryLimit: string): number => Math.floor(mebibytes(memoryLimit) * DATA_SHARE);

/** A part of the memory, in Redis' notation, whose `mb` are MiB. */
const part = (memoryLimit: string, share: number): string =>
  `${Math.max(1, Math.floor(mebibytes(memoryLimit) * share))}mb`;

/** Nothing is written down but the log of writes, where there is one. */
const NO_SNAPSHOTS = ['save ""', "dir /data"];

/** The configuration of a primary, line by line. */
export function primarySettings(memoryLimit: string, persistence: Persistence["kind"]): string[] {
  return [
    ...NO_SNAPSHOTS,
    `maxmemory ${dataMebibytes(memoryLimit)}mb`,
    ...(persistence === "volume"
      ? [
          "appendonly yes",
          // What was acknowledged is on the disk.
          "appendfsync always",
          // What is to be kept is not taken away for what is new: a write that finds no room fails, and says so.
          "maxmemory-policy noeviction",
        ]
      : ["appendonly no", "maxmemory-policy allkeys-lru"]),
    // For a replica that was away for a moment: it takes what it has missed, and not all of the data.
    `repl-backlog-size ${part(memoryLimit, 1 / 32)}`,
    // Redis' own limits are larger than a small server's memory.
    `client-output-buffer-limit replica ${part(memoryLimit, 1 / 8)} ${part(memoryLimit, 1 / 16)} 60`,
    // Straight to the replicas, without a file, and to those that have come within a second of each other at once.
    "repl-diskless-sync yes",
    "repl-diskless-sync-delay 1",
  ];
}

/** The configuration of a read replica, line by line. Its data is as large as its primary's. */
export function replicaSettings(primary: { host: string; port: number }): string[] {
  return [
    ...NO_SNAPSHOTS,
    "appendonly no",
    `replicaof ${primary.host} ${primary.port}`,
    "replica-read-only yes",
    // While the primary is away it serves what it has.
    "replica-serve-stale-data yes",
    // The first copy goes straight into memory. A later one into a file first, so that the old data is served meanwhile.
    "repl-diskless-load on-empty-db",
    // That file is of no further use.
    "rdb-del-sync-files yes",
  ];
}
