/** The changes of a preview, or of a look for drift, as text. */
import { block, code, oneLine, type Room } from "./commentText";
import type { ChangedProperty, PlannedChange } from "./previewReport";

type Op = PlannedChange["op"];

/** In the order in which they are shown, with the signs that GitHub colours in a diff. */
const SIGNS: Record<Op, string> = { delete: "-", replace: "±", update: "!", import: "+", create: "+" };
const OPS = Object.keys(SIGNS) as Op[];

/** What is lost for good, or with it all that is on it, when a resource of the type goes: what `dataPolicy` protects. */
const PRECIOUS: ReadonlyMap<string, string> = new Map([
  ["KubernetesCluster", "the cluster, with all that runs on it"],
  ["Namespace", "all that is in the namespace"],
  ["PersistentVolumeClaim", "the data on the volume"],
  ["StatefulSet", "a server with data"],
  ["DatabaseCluster", "the data of the databases"],
  ["DatabaseDb", "the data of the database"],
  ["ContainerRegistry", "the registry, with its images"],
  ["Domain", "the domain, with its records"],
]);

const SECRET = "[secret]";

/** How many of each kind, such as `3 to create, 1 to update`; nothing for no changes. */
export const countedChanges = (changes: readonly PlannedChange[]): string =>
  OPS.toReversed()
    .map((op) => [changes.filter((change) => change.op === op).length, op] as const)
    .filter(([count]) => count > 0)
    .map(([count, op]) => `${count} to ${op}`)
    .join(", ");

/** What goes of data and of the cluster: an item of a list for each. */
export const losses = (changes: readonly PlannedChange[]): string[] =>
  changes.flatMap(({ op, type, name, properties }) => {
    const what = PRECIOUS.get(type);
    if (what === undefined || (op !== "delete" && op !== "replace")) return [];
    const causes = properties.filter(({ replaces }) => replaces === true).map(({ path }) => code(path));
    const why = causes.length > 0 ? `, for another ${causes.join(", ")}` : "";
    return [`${what}: ${code(`${type} ${name}`)} is to be ${op}d${why}`];
  });

/** The changes as a block, the ones that take away first. */
export function changesBlock(changes: readonly PlannedChange[], room: Room): string {
  const sorted = OPS.flatMap((op) => changes.filter((change) => change.op === op));
  return block("diff", sorted.flatMap(changeLines), room);
}

const changeLines = ({ op, type, name, properties }: PlannedChange): string[] => [
  `${SIGNS[op]} ${oneLine(`${type} ${name}`)}${op === "import" ? ", which is there already" : ""}`,
  ...properties.map((property) => `    ${oneLine(`${property.path}: ${valuesOf(property)}`)}`),
];

function valuesOf({ kind, replaces, before: was, after: becomes }: ChangedProperty): string {
  // Where one of both is a secret, the other is one too, whatever it looks like.
  const [before, after] = was === SECRET || becomes === SECRET ? [SECRET, SECRET] : [was, becomes];
  const why = replaces === true ? " (replaces it)" : "";
  // What is long, or not known yet, has no text.
  if (kind === "add") return `${after === undefined ? "added" : `${after} (added)`}${why}`;
  if (kind === "delete") return `${before === undefined ? "removed" : `${before} (removed)`}${why}`;
  const values = before === undefined && after === undefined ? "changes" : `${before ?? "…"} → ${after ?? "…"}`;
  return `${values}${why}`;
}
