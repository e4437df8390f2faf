import dockerignore from "@balena/dockerignore";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, readlinkSync, lstatSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * Hash of a Docker build context: of the names, modes and contents of the files that `.dockerignore` lets through, and
 * of the build's own parameters. The same content gives the same hash on every machine.
 *
 * @param folder The build context.
 * @param parameters What else decides the image, such as build arguments and the platform.
 * @returns 12 hexadecimal digits, fit for an image tag.
 */
export function contextHash(folder: string, parameters: Record<string, string>): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))));
  for (const path of contextFiles(folder)) {
    const full = join(folder, path);
    const stat = lstatSync(full);
    const content = stat.isSymbolicLink() ? readlinkSync(full) : readFileSync(full);
    // Of the mode only the executable bit counts: a clone with another umask holds the same content.
    hash.update(JSON.stringify([path, stat.isSymbolicLink() ? "link" : stat.mode & 0o100 ? "x" : "-", content.length]));
    hash.update(content);
  }
  return hash.digest("hex").slice(0, 12);
}

/** The files of a build context that `.dockerignore` lets through, and the Dockerfile, sorted, with `/` between parts. */
export function contextFiles(folder: string): string[] {
  const ignoreFile = join(folder, ".dockerignore");
  const ignore = dockerignore();
  if (existsSync(ignoreFile)) {
    ignore.add(readFileSync(ignoreFile, "utf8"));
  }
  // Docker sends the Dockerfile and .dockerignore even when they are ignored.
  const always = ["Dockerfile", ".dockerignore"];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => always.includes(path) || !ignore.ignores(path))
    .sort();
}
