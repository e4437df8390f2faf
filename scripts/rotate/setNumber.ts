import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";
import type { KeyPath } from "./stackSecret";

/** A range of a text, and what takes its place. */
interface Edit {
  from: number;
  to: number;
  text: string;
}

/**
 * Sets a number in a stack file. All else stays as it stands, comments too: one line changes, or is added.
 *
 * @param path Where it is, without the project's name. A group that is written as a bare word becomes one in braces.
 * @param missing What stands in the place of a top-level group that the file has not: its kind.
 * @returns `undefined` for a file that is written in another way, such as with an alias or with JSON in a string.
 */
export function setNumber(
  text: string,
  [first, ...rest]: KeyPath,
  value: number,
  missing?: string,
): string | undefined {
  const document = parseDocument(text);
  const config = document.get("config");
  const last = rest.pop();
  if (!isMap(config) || last === undefined) return undefined;
  const top = `flask-doks:${first}`;
  if (pairOf(config, top) === undefined && missing !== undefined) {
    return applied(text, firstLine(text, config, `${top}: { kind: ${missing}, ${last}: ${value} }`));
  }
  let node: unknown = pairOf(config, top)?.value;
  for (const part of rest)
    node = isSeq(node) ? node.items[Number(part)] : isMap(node) ? pairOf(node, part)?.value : undefined;
  return applied(text, editOf(text, node, String(last), value));
}

const pairOf = (map: YAMLMap, name: string | number): Pair | undefined =>
  map.items.find(({ key }) => isScalar(key) && key.value === name);

const rangeOf = (node: unknown): [number, number] | undefined => {
  const range = (node as Node | null | undefined)?.range;
  return range == null ? undefined : [range[0], range[1]];
};

/** What sets a number in a group. */
function editOf(text: string, group: unknown, name: string, value: number): Edit | undefined {
  const range = rangeOf(group);
  if (range === undefined) return undefined;
  if (isScalar(group) && typeof group.value === "string" && /^[a-z-]+$/.test(group.value)) {
    return { from: range[0], to: range[1], text: `{ kind: ${group.value}, ${name}: ${value} }` };
  }
  if (!isMap(group)) return undefined;
  const there = pairOf(group, name);
  if (there !== undefined) {
    const at = isScalar(there.value) ? rangeOf(there.value) : undefined;
    return at === undefined ? undefined : { from: at[0], to: at[1], text: String(value) };
  }
  if (group.flow === true) {
    const end = endOf(group.items.at(-1));
    return end === undefined ? undefined : { from: end, to: end, text: `, ${name}: ${value}` };
  }
  return belowItsFirst(text, group, `${name}: ${value}`);
}

const endOf = (pair: Pair | undefined): number | undefined => (rangeOf(pair?.value) ?? rangeOf(pair?.key))?.[1];

/** A line below the one that says what the group is: each has one, in one line. */
function belowItsFirst(text: string, group: YAMLMap, line: string): Edit | undefined {
  const pair = pairOf(group, "kind") ?? pairOf(group, "name");
  const start = rangeOf(pair?.key)?.[0];
  const end = isScalar(pair?.value) ? endOf(pair) : undefined;
  return start === undefined || end === undefined ? undefined : lineBelow(text, end, columnOf(text, start), line);
}

/** A line at the head of the whole config: below it may be a comment on what follows. */
function firstLine(text: string, config: YAMLMap, line: string): Edit | undefined {
  const start = config.flow === true ? undefined : rangeOf(config.items[0]?.key)?.[0];
  const head = /^config:.*$/m.exec(text);
  return start === undefined || head === null ? undefined : lineBelow(text, head.index, columnOf(text, start), line);
}

const columnOf = (text: string, position: number): number => position - (text.lastIndexOf("\n", position - 1) + 1);

function lineBelow(text: string, position: number, indent: number, line: string): Edit {
  const found = text.indexOf("\n", position);
  const end = found < 0 ? text.length : text[found - 1] === "\r" ? found - 1 : found;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  return { from: end, to: end, text: `${newline}${" ".repeat(indent)}${line}` };
}

const applied = (text: string, edit: Edit | undefined): string | undefined =>
  edit === undefined ? undefined : `${text.slice(0, edit.from)}${edit.text}${text.slice(edit.to)}`;
