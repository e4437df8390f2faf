/** A stack's status as one screen for a person. */
import { many, size } from "../data/figures";
import type {
  AppStatus,
  BackupStatus,
  CertificateStatus,
  DatabaseStatus,
  EdgeStatus,
  RestoreTestStatus,
  RunStatus,
  StackStatus,
  UrlStatus,
  WorkloadStatus,
} from "./model";
import { counted, span } from "./spans";

const WIDTH = 100;
/** Before a name: indentation, mark, blank. */
const MARGIN = 4;
const NAMES = { least: 14, most: 44 };

/** Good, bad, on its way, or nothing to judge. */
type Mark = "✓" | "✗" | "…" | "–";

interface Row {
  mark: Mark;
  name: string;
  text: string;
  /** What explains it, below. */
  details?: readonly string[];
}

const COLOURS: Record<Mark, number> = { "✓": 32, "✗": 31, "…": 33, "–": 90 };

/**
 * The status as lines of at most 100 columns, where no single word is longer.
 *
 * @param colours Whether marks have colours: for a terminal.
 */
export function statusReport(status: StackStatus, colours = false): string {
  const now = new Date(status.checkedAt);
  const sections: [string, Row[]][] = status.apps.map((app) => [app.name, appRows(app, now)]);
  if (status.edge !== undefined) sections.push(["edge", edgeRows(status.edge)]);
  const lengths = sections.flatMap(([, rows]) => rows.map(({ name }) => name.length));
  const width = Math.max(NAMES.least, ...lengths.filter((length) => length <= NAMES.most));
  const place = status.place === undefined ? "" : ` (${status.place})`;
  const verdict = status.healthy ? "healthy" : counted(status.problems.length, "problem");
  return [
    `${status.stack}${place} — ${verdict}`,
    ...sections.flatMap(([title, rows]) => ["", title, ...rows.flatMap((row) => rowLines(row, width, colours))]),
    "",
  ].join("\n");
}

function appRows(app: AppStatus, now: Date): Row[] {
  return [
    ...app.urls.map(urlRow),
    ...(app.certificate === undefined ? [] : [certificateRow(app.certificate)]),
    ...app.loadBalancers.map(addressRow),
    ...app.workloads.map(workloadRow),
    ...(app.workloads.length > 0
      ? []
      : [{ mark: "✗", name: "pods", text: `nothing of it runs in the namespace ${app.namespace}` } as const]),
    ...(app.database === undefined ? [] : [databaseRow("database", app.database)]),
    ...(app.spareDatabase === undefined ? [] : [databaseRow("spare database", app.spareDatabase)]),
    ...(app.backup === undefined ? [] : [backupRow(app.backup, now)]),
    ...(app.restoreTest === undefined ? [] : [restoreTestRow(app.restoreTest, now)]),
  ];
}

function edgeRows({ workloads, loadBalancers, issuers }: EdgeStatus): Row[] {
  return [
    ...loadBalancers.map(addressRow),
    ...workloads.map(workloadRow),
    ...issuers.map(({ name, ok, problem }) => ({ mark: markOf(ok), name: `issuer ${name}`, text: problem ?? "ready" })),
  ];
}

const markOf = (ok: boolean): Mark => (ok ? "✓" : "✗");

const listed = (...parts: (string | undefined)[]): string => parts.filter((part) => part !== undefined).join(", ");

function urlRow({ url, ok, status, milliseconds, note, problem }: UrlStatus): Row {
  if (status === undefined && problem === undefined) return { mark: "–", name: url, text: note ?? "not asked" };
  const answered =
    status === undefined || milliseconds === undefined ? undefined : `${status} in ${milliseconds.toFixed(0)} ms`;
  return { mark: markOf(ok), name: url, text: ok ? listed(answered, note) : (problem ?? "") };
}

function certificateRow(certificate: CertificateStatus): Row {
  const { ok, issuer, daysLeft, renewedDaysBefore, note, cause, problem } = certificate;
  const mark = cause === "pending" && daysLeft === undefined ? "…" : markOf(ok);
  if (!ok) return { mark, name: "certificate", text: problem ?? "" };
  const left = daysLeft === undefined ? undefined : `${counted(daysLeft, "day")} left`;
  const renewed =
    renewedDaysBefore === undefined ? undefined : `renewed ${counted(renewedDaysBefore, "day")} before the end`;
  return { mark, name: "certificate", text: listed(issuer, left, renewed, note) };
}

const addressRow = ({
  name,
  ok,
  address,
  problem,
}: {
  name: string;
  ok: boolean;
  address?: string;
  problem?: string;
}) => ({
  mark: markOf(ok),
  name: `load balancer ${name}`,
  text: problem ?? address ?? "",
});

function workloadRow({ name, kind, ok, ready, wanted, restarts, note, problem, reasons }: WorkloadStatus): Row {
  if (kind === "Job") return { mark: ok ? "…" : "✗", name, text: problem ?? note ?? "", details: reasons };
  const pods = `${ready} of ${counted(wanted, "pod")} ready`;
  const { lastHour, exact } = restarts ?? { lastHour: 0, exact: true };
  const times =
    lastHour === 0 ? undefined : `${exact ? "" : "at least "}${counted(lastHour, "restart")} in the last hour`;
  return { mark: markOf(ok), name, text: listed(problem ?? pods, times, note), details: reasons };
}

function databaseRow(row: string, { name, ok, host, volume, note, problem, reasons }: DatabaseStatus): Row {
  // Nobody has looked at one that is elsewhere.
  if (host !== undefined) return { mark: "–", name: row, text: listed(`${name} at ${host}`, note) };
  const text = listed(problem === undefined ? `${name} ready` : `${name}: ${problem}`, volume, note);
  return { mark: markOf(ok), name: row, text, details: reasons };
}

function backupRow(backup: BackupStatus, now: Date): Row {
  const { configured, bytes } = backup;
  if (!configured) return { mark: "–", name: "backups", text: "none configured" };
  return runRow("backups", backup, bytes === undefined ? undefined : size(bytes), now);
}

const restoreTestRow = (test: RestoreTestStatus, now: Date): Row =>
  runRow("restore test", test, test.rows === undefined ? undefined : many(test.rows, "row"), now);

/** What is good, with its figure; below what is bad, where there is such. */
function runRow(
  name: string,
  { ok, lastSuccess, note, problem, reasons }: RunStatus,
  figure: string | undefined,
  now: Date,
): Row {
  const last =
    lastSuccess === undefined ? undefined : `last success ${span(now.getTime() - new Date(lastSuccess).getTime())} ago`;
  const text = listed(last, figure, note);
  if (!ok) return { mark: "✗", name, text: problem ?? "", details: [text, ...reasons].filter((line) => line !== "") };
  return { mark: last === undefined ? "…" : "✓", name, text, details: reasons };
}

function rowLines({ mark, name, text, details = [] }: Row, width: number, colours: boolean): string[] {
  const shown = colours ? `\u001b[${COLOURS[mark]}m${mark}\u001b[0m` : mark;
  const indent = " ".repeat(MARGIN + width + 2);
  const room = WIDTH - indent.length;
  const [first = "", ...more] = wrapped(text, room);
  const below = [...more, ...details.flatMap((detail) => wrapped(detail, room))].map((line) => `${indent}${line}`);
  // A name that is too long for its column has a line to itself.
  return name.length > width
    ? [`  ${shown} ${name}`, `${indent}${first}`, ...below]
    : [`  ${shown} ${name.padEnd(width)}  ${first}`.trimEnd(), ...below];
}

/** What goes on is set in, so that it does not look like another detail. */
function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
