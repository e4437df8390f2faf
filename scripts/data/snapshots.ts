/** The backups that there are. */
import type { V1CronJob } from "@kubernetes/client-node";
import { z } from "zod";
import { UserError } from "../../local/steps";
import type { AppAccess, Following } from "./appAccess";
import type { AppNamespace } from "./appNamespace";
import { LISTING } from "./busy";
import { ago, size, utc } from "./figures";
import { runTask } from "./task";
import { failureOf } from "./taskFailed";
import { taskJob } from "./taskJob";

const KINDS = ["scheduled", "manual", "safety"] as const;

export interface Snapshot {
  /** The short one. */
  id: string;
  time: Date;
  /** Why it was made: none for one that this project did not make. */
  kind: (typeof KINDS)[number] | undefined;
  /** Of what was backed up. */
  bytes: number | undefined;
}

const schema = z.array(
  z.object({
    short_id: z.string(),
    time: z.string(),
    tags: z.array(z.string()).nullish(),
    summary: z.object({ total_bytes_processed: z.number().optional() }).nullish(),
  }),
);

const MARK = "snapshots: ";

/**
 * What a listing says, the newest first.
 *
 * @param lines Of its log: restic's own JSON stands in one of them.
 * @throws UserError when it is not there.
 */
export function parseSnapshots(lines: readonly string[]): Snapshot[] {
  const line = lines.find((each) => each.startsWith(MARK));
  const parsed = line === undefined ? undefined : schema.safeParse(parseJson(line.slice(MARK.length)));
  if (parsed?.success !== true) throw new UserError("The list of backups could not be read from the log of its Job.");
  return parsed.data
    .map(({ short_id: id, time, tags, summary }) => ({
      id,
      time: new Date(time),
      kind: KINDS.find((kind) => tags?.includes(kind)),
      bytes: summary?.total_bytes_processed,
    }))
    .sort((a, b) => b.time.getTime() - a.time.getTime());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks the store for the backups of an app, the newest first. */
export async function listSnapshots(
  space: AppNamespace,
  pattern: V1CronJob,
  { app }: AppAccess,
  following: Following,
): Promise<Snapshot[]> {
  const job = taskJob(pattern, {
    prefix: LISTING,
    owned: false,
    role: "restore",
    command: ["bash", "/opt/tasks/snapshots.sh"],
    keepSeconds: 600,
  });
  const { word, lines } = await runTask(`Asking for the backups of ${app}`, space, job, following);
  if (word.ok) return parseSnapshots(lines);
  // A store that nothing was ever written to.
  if (word.reason === "no-snapshot") return [];
  throw failureOf(word);
}

/**
 * The one that is meant: by the beginning of its id, or `latest`. That one is never a safety backup as long as there are
 * others: it would be what a restore has just done away with.
 *
 * @throws UserError when there is none.
 */
export function chooseSnapshot(snapshots: readonly Snapshot[], wanted: string): Snapshot {
  const matching =
    wanted === "latest"
      ? [snapshots.find(({ kind }) => kind !== "safety") ?? snapshots[0]].filter((each) => each !== undefined)
      : snapshots.filter(({ id }) => id.startsWith(wanted.toLowerCase().slice(0, id.length)));
  const [found, ...more] = matching;
  if (snapshots.length === 0) throw new UserError("There is no backup yet.");
  if (found === undefined) throw new UserError(`There is no backup "${wanted}". There are: ${idsOf(snapshots)}.`);
  if (more.length > 0) throw new UserError(`"${wanted}" may be any of ${idsOf(matching)}: give more of it.`);
  return found;
}

const MOST_IDS = 10;

const idsOf = (snapshots: readonly Snapshot[]): string => {
  const ids = snapshots.slice(0, MOST_IDS).map(({ id }) => id);
  return `${ids.join(", ")}${snapshots.length > MOST_IDS ? ` and ${snapshots.length - MOST_IDS} older ones` : ""}`;
};

/** One line of people's: `ab12cd34 of 3 hours ago (2026-11-26 02:17 UTC, scheduled, 1.4 MiB)`. */
export function described({ id, time, kind, bytes }: Snapshot, now: Date): string {
  const details = [utc(time), kind, bytes === undefined ? undefined : size(bytes)].filter((each) => each !== undefined);
  return `${id}, made ${ago(time, now)} (${details.join(", ")})`;
}

/** As lines of a table, each with the same columns. */
export function snapshotTable(snapshots: readonly Snapshot[], now: Date): string[] {
  const rows = snapshots.map(({ id, time, kind, bytes }) => [
    id,
    ago(time, now),
    utc(time),
    kind ?? "other",
    bytes === undefined ? "?" : size(bytes),
  ]);
  const table = [["id", "made", "at", "kind", "size"], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  // Sizes stand under each other by their right ends.
  const cell = (text: string, column: number) =>
    column === 4 ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return table.map((row) => `  ${row.map(cell).join("  ")}`.trimEnd());
}
