import dockerignore from "@balena/dockerignore";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, readlinkSync, lstatSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * Hash of a Docker build context: of the names, modes and contents of the files that its rules let through, and of the
 * build's own parameters. The same content gives the same hash on every machine, and in every folder.
 *
 * @param folder The build context.
 * @param parameters What else decides the image, such as build arguments and the platform.
 * @param dockerfile A Dockerfile outside of the folder, whose text decides the image too. Default: the folder's own.
 * @returns 12 hexadecimal digits, fit for an image tag.
 */
export function contextHash(folder: string, parameters: Record<string, string>, dockerfile?: string): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))));
  if (dockerfile !== undefined) {
    const text = readFileSync(dockerfile);
    hash.update(JSON.stringify(["Dockerfile", text.length]));
    hash.update(text);
  }
  for (const path of contextFiles(folder, dockerfile)) {
    const full = join(folder, path);
    const stat = lstatSync(full);
    const content = stat.isSymbolicLink() ? readlinkSync(full) : readFileSync(full);
    // Of the mode only the executable bit counts: a clone with another umask holds the same content.
    hash.update(JSON.stringify([path, stat.isSymbolicLink() ? "link" : stat.mode & 0o100 ? "x" : "-", content.length]));
    hash.update(content);
  }
  return hash.digest("hex").slice(0, 12);
}

/**
 * The files of a build context that the rules let through, and its own Dockerfile, sorted, with `/` between parts. The
 * rules are Docker's: `<Dockerfile>.dockerignore` counts in place of the context's `.dockerignore`, not beside it.
 *
 * @param dockerfile A Dockerfile outside of the folder. Default: the folder's own.
 */
export function contextFiles(folder: string, dockerfile?: string): string[] {
  const ignoreFile = [`${dockerfile ?? join(folder, "Dockerfile")}.dockerignore`, join(folder, ".dockerignore")].find(
    (file) => existsSync(file),
  );
  const ignore = dockerignore();
  if (ignoreFile !== undefined) {
    ignore.add(readFileSync(ignoreFile, "utf8"));
  }
  // Docker sends a context's own Dockerfile and its rules even when they are ignored.
  const always = dockerfile === undefined ? ["Dockerfile", "Dockerfile.dockerignore", ".dockerignore"] : [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => always.includes(path) || !ignore.ignores(path))
    .sort();
}
