/** Text that others have written, in Markdown: it is shown as it is, and does nothing. */
import { stripVTControlCharacters } from "node:util";

/** No person reads a longer line, and one alone could fill a comment. */
const LONGEST_LINE = 1_000;

/** Between `@` and a name, it is not seen, and nobody is mentioned. */
const WORD_JOINER = "\u2060";

/** Characters that are not seen: with them a text can be read as another, such as one that runs backwards. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

const codePoint = (character: string): number => character.codePointAt(0) ?? 0;

/** With what is not seen made visible, and what is long cut. */
export function visible(text: string): string {
  const shown = stripVTControlCharacters(text)
    .replaceAll("\t", "  ")
    .replace(UNSEEN, (character) => `\\u{${codePoint(character).toString(16)}}`);
  return shown.length > LONGEST_LINE ? `${shown.slice(0, LONGEST_LINE)}…` : shown;
}

/** The same on one line. */
export const oneLine = (text: string): string => visible(text.replace(/\s+/g, " ").trim());

/** A sentence of somebody else's. Not for the begin of a line, where a `#` or a `-` has a meaning of its own. */
export const prose = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_[\]~|]/g, "\\$&")
    .replace(/[@#](?=\w)|\bgh-(?=\d)/gi, `$&${WORD_JOINER}`)
    .replace(/[&<>$]/g, (character) => `&#${codePoint(character)};`);

/** The longest run of backticks in a text: what encloses it has to be longer. */
const backticks = (text: string): number =>
  [...text.matchAll(/`+/g)].reduce((longest, [run]) => Math.max(longest, run.length), 0);

/** A name, as code within a sentence. */
export function code(text: string): string {
  const shown = oneLine(text);
  const mark = "`".repeat(backticks(shown) + 1);
  const room = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${mark}${room}${shown}${room}${mark}`;
}

/** Lines as a block that nothing in them can end. Each has to be {@link visible}. */
export function fence(language: string, lines: readonly string[]): string {
  const mark = "`".repeat(Math.max(3, backticks(lines.join("\n")) + 1));
  return [`${mark}${language}`, ...lines, mark].join("\n");
}

/** What is shown only to whoever opens it. */
export const folded = (summary: string, text: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${text}\n\n</details>`;

/** How long a list may be, and where what does not fit can be read. */
export interface Room {
  lines: number;
  /** As Markdown, such as a link to a log. */
  rest: string;
}

/** A {@link fence} with the first of many lines, and a sentence below it about those that are missing. */
export function block(language: string, lines: readonly string[], room: Room): string {
  const missing = missingOf(lines, room);
  return [fence(language, lines.slice(0, room.lines)), ...missing].join("\n\n");
}

/** Why something is not known, line for line. */
export const errorBlock = (error: string, room: Room): string =>
  block("text", error.trim().split("\n").map(visible), room);

/** The first of many items of a list, and one about those that are missing. */
export const list = (items: readonly string[], room: Room): string[] =>
  [...items.slice(0, room.lines), ...missingOf(items, room)].map((item) => `- ${item}`);

function missingOf({ length }: readonly string[], { lines, rest }: Room): string[] {
  return length > lines ? [`… ${length - lines} of ${length} lines are missing here: see ${rest}.`] : [];
}

/** Characters that GitHub takes are 65,536; with the text comes a marker. */
const LIMIT = 65_000;

/** The text with as many lines in each list as GitHub takes. */
export function shortened(text: (lines: number) => string, limit = LIMIT): string {
  const whole = text(Infinity);
  if (whole.length <= limit) return whole;
  let [fits, tooMany] = [0, limit];
  while (tooMany - fits > 1) {
    const lines = Math.floor((fits + tooMany) / 2);
    if (text(lines).length <= limit) fits = lines;
    else tooMany = lines;
  }
  return text(fits);
}
