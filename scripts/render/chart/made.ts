/** Which files of a chart this tool has made: the chart says so itself, and nothing else is ever deleted. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { parseDocument } from "yaml";
import { UserError } from "../../../local/steps";

/** Annotation of a Chart.yaml with the other files that were made with it: a path and a hash of its text to a line. */
const FILES = "flask-doks/files";

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);

/** The annotation for these files, by path. */
export const madeFiles = (files: Readonly<Record<string, string>>): Record<string, string> => ({
  [FILES]: Object.entries(files)
    .map(([path, text]) => `${path} ${hashOf(text)}\n`)
    .sort()
    .join(""),
});

/** The files that the chart in a folder says were made with it, with their hashes; `undefined` where it says nothing. */
function filesMade(folder: string): [path: string, hash: string][] | undefined {
  const chart = parseDocument(readFileSync(join(folder, "Chart.yaml"), "utf8"));
  const text = chart.getIn(["annotations", FILES]);
  if (typeof text !== "string") return undefined;
  return text
    .split("\n")
    .map((line): [string, string] => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)])
    .filter(([path]) => path !== "" && resolve(folder, path).startsWith(`${resolve(folder)}${sep}`));
}

/**
 * Refuses a folder with something in it that writing a chart there would lose.
 *
 * @throws UserError that names it.
 */
export function refuseLoss(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  if (!existsSync(join(folder, "Chart.yaml"))) {
    throw new UserError(`${folder} is there and is no chart: name another folder.`);
  }
  const made = filesMade(folder);
  if (made === undefined) {
    throw new UserError(`${folder} holds a chart that this command has not made: name another folder.`);
  }
  const changed = made
    .map(([path, hash]) => ({ file: join(folder, path), hash }))
    .filter(({ file, hash }) => existsSync(file) && hashOf(readFileSync(file, "utf8")) !== hash)
    .map(({ file }) => file);
  if (changed.length > 0) {
    throw new UserError(
      `${changed.join(", ")}: changed by hand, and would be written anew. Keep values in a file of your own outside of the chart, ` +
        "which helm takes with -f; then delete what you have changed, and run this again. Nothing was written.",
    );
  }
}

/** Writes a chart in place of the one that was made before. What else is in the folder stays. */
export function writeChart(folder: string, files: Readonly<Record<string, string>>): void {
  if (existsSync(join(folder, "Chart.yaml"))) {
    for (const [path] of filesMade(folder) ?? []) rmSync(join(folder, path), { force: true });
  }
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
