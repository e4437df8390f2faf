import { isMap, isPair, isScalar, isSeq, parseDocument, type Node } from "yaml";

const KEY = "flask-doks:apps";

/** What follows a key that has no apps yet: nothing, or an empty list, and a comment. */
const NO_APPS = /^:[ \t]*(?:\[[ \t]*\]|null|~)?(?<comment>[ \t]*(?:#.*)?)$/;

/**
 * Adds an entry to the end of a stack file's list of apps. All else stays as it stands, comments too.
 *
 * @param lines The entry's lines, without what they are indented by.
 * @returns `undefined` for a list that has not a line for each entry, such as one in brackets.
 */
export function addToApps(text: string, lines: readonly string[]): string | undefined {
  const config = parseDocument(text).get("config");
  const pair = isMap(config) ? config.items.find(({ key }) => isScalar(key) && key.value === KEY) : undefined;
  if (!isScalar(pair?.key) || pair.key.range == null) return undefined;
  const [keyStart, keyEnd] = pair.key.range;
  const apps = pair.value;
  if (isSeq(apps) && apps.flow !== true && apps.items.length > 0) {
    const dash = text.lastIndexOf("-", (apps.items[0] as Node).range?.[0]);
    const column = columnOf(text, dash);
    return inserted(text, endOfEntry(text, endOfValue(apps), column), lines, column);
  }
  const end = endOfLine(text, keyEnd);
  const comment = NO_APPS.exec(text.slice(keyEnd, end).trimEnd())?.groups?.["comment"];
  return comment === undefined
    ? undefined
    : inserted(
        `${text.slice(0, keyEnd)}:${comment}${text.slice(end)}`,
        keyEnd + 1 + comment.length,
        lines,
        columnOf(text, keyStart) + 2,
      );
}

const columnOf = (text: string, position: number): number => position - (text.lastIndexOf("\n", position - 1) + 1);

function endOfLine(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end < 0 ? text.length : text[end - 1] === "\r" ? end - 1 : end;
}

/** Where the text of a value ends. A list or group's own range may take in what stands below it. */
function endOfValue(value: unknown): number {
  if ((isMap(value) || isSeq(value)) && value.flow !== true && value.items.length > 0) {
    const last = value.items.at(-1);
    return endOfValue(isPair(last) ? (last.value ?? last.key) : last);
  }
  return (value as Node).range?.[1] ?? 0;
}

/** The end of the last line of an entry, comments that are indented as parts of it included. */
function endOfEntry(text: string, valueEnd: number, column: number): number {
  let end = endOfLine(text, text[valueEnd - 1] === "\n" ? valueEnd - 1 : valueEnd);
  for (;;) {
    const start = text.indexOf("\n", end) + 1;
    const next = text.slice(start, endOfLine(text, start));
    if (start === 0 || !next.trimStart().startsWith("#") || next.indexOf("#") <= column) return end;
    end = endOfLine(text, start);
  }
}

/** Puts lines below the one that ends at a position. */
function inserted(text: string, end: number, lines: readonly string[], indent: number): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const added = lines.map((line) => `${newline}${" ".repeat(indent)}${line}`).join("");
  return `${text.slice(0, end)}${added}${text.slice(end)}`;
}
