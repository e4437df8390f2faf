import { readdirSync } from "node:fs";

/** The stacks that have a file in a folder, by name. */
export const stacksOf = (folder: string): string[] =>
  readdirSync(folder)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();

/** Which they are, as a sentence without its full stop. */
export function stacksIn(folder: string): string {
  const stacks = stacksOf(folder);
  return stacks.length === 0 ? "There are no stack files here" : `There are: ${stacks.join(", ")}`;
}
