/** The content of a build context: which files Docker would see, and one digest over them. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** A pattern of a .dockerignore as a regular expression over a path with forward slashes. */
function expression(pattern: string): RegExp {
  const parts = pattern.replace(/\*\*\/?|\*|\?|[.+^$(){}|\\]/g, (token) => {
    if (token.startsWith("**")) return token.endsWith("/") ? "(?:.*/)?" : ".*";
    if (token === "*") return "[^/]*";
    return token === "?" ? "[^/]" : `\\${token}`;
  });
  return new RegExp(`^${parts}(?:/.*)?$`);
}

interface Rule {
  expression: RegExp;
  keep: boolean;
}

/** The lines of a .dockerignore. The last one that matches a path decides. */
export function ignoreRules(text: string): Rule[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const keep = line.startsWith("!");
      const pattern = (keep ? line.slice(1) : line).trim().replace(/^\.?\/+|\/+$/g, "");
      return { expression: expression(pattern), keep };
    });
}

export function isIgnored(path: string, rules: Rule[]): boolean {
  return rules.filter(({ expression: each }) => each.test(path)).at(-1)?.keep === false;
}

async function rulesFor(context: string, dockerfile: string): Promise<Rule[]> {
  const own = `${dockerfile}.dockerignore`;
  const file = existsSync(own) ? own : join(context, ".dockerignore");
  return existsSync(file) ? ignoreRules(await readFile(file, "utf8")) : [];
}

/** The files of a context, sorted, as Docker would send them. */
export async function contextFiles(context: string, rules: Rule[], folder = ""): Promise<string[]> {
  const entries = await readdir(join(context, folder), { withFileTypes: true });
  const kept: string[] = [];
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    // An ignored folder may still hold files that a later line takes back.
    if (entry.isDirectory()) {
      const hopeless = isIgnored(path, rules) && !rules.some(({ keep }) => keep);
      if (!hopeless) kept.push(...(await contextFiles(context, rules, path)));
    } else if (!isIgnored(path, rules)) kept.push(path);
  }
  return kept.sort();
}

/** Changes when any file that the build can see changes: its path, its content, or whether it can be executed. */
export async function contextDigest(context: string, dockerfile: string): Promise<string> {
  const hash = createHash("sha256");
  hash.update(await readFile(dockerfile));
  for (const path of await contextFiles(context, await rulesFor(context, dockerfile))) {
    const file = join(context, path);
    const status = await lstat(file);
    const content = status.isSymbolicLink() ? await readlink(file) : await readFile(file);
    const digest = createHash("sha256").update(content).digest("hex");
    hash.update(`\0${path}\0${(status.mode & 0o111) === 0 ? "-" : "x"}\0${digest}`);
  }
  return hash.digest("hex");
}
