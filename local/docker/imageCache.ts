/** Images that are built once for the machine and kept as files, by the content of their recipe. */

import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { contentKey } from "../contentKey";
import { locked } from "../lock";
import { cacheFolder } from "../cacheFolder";
import type { NodeSettings } from "../node/settings";
import { docker, proxyArguments } from "./engine";
import { BASE, bootstrapDebian, CA_BUNDLE } from "./debian";

/** The domain of images that are never pulled from anywhere. */
export const LOCAL = "flask-doks.local";

export interface CachedImage {
  name: string;
  /** Changes with the recipe. */
  key: string;
  /** Path of the archive in the cache. */
  archive: string;
}

export function cachedImage(
  name: string,
  kind: "tar" | "oci",
  recipe: readonly string[],
  ...texts: string[]
): CachedImage {
  const key = contentKey(recipe, ...texts);
  return { name, key, archive: join(cacheFolder(), "images", `${name}-${key}.${kind}`) };
}

/** Makes an image's archive if the cache has none, and removes those of its older recipes. */
export async function ensureArchive(
  { name, archive }: CachedImage,
  make: (archive: string) => Promise<void>,
): Promise<void> {
  if (existsSync(archive)) return;
  const folder = join(cacheFolder(), "images");
  await mkdir(folder, { recursive: true });
  await locked(join(folder, `${name}.lock`), async () => {
    if (existsSync(archive)) return;
    await make(archive);
    const older = (await readdir(folder)).filter((file) => new RegExp(`^${name}-[0-9a-f]{12}\\.`).test(file));
    for (const file of older.map((file) => join(folder, file)))
      if (file !== archive) await rm(file, { recursive: true });
  });
}

/** Whether the node's engine has an image. */
export const present = (node: NodeSettings, reference: string): Promise<boolean> =>
  docker(node, "image", "inspect", reference).then(
    () => true,
    () => false,
  );

/** The Debian that the other images are built on, in the node's engine. Returns its reference. */
export async function debianImage(node: NodeSettings): Promise<string> {
  const image = debian();
  const reference = `${LOCAL}/debian:${image.key}`;
  if (await present(node, reference)) return reference;
  await ensureArchive(image, (archive) => bootstrapDebian(archive));
  await docker(node, "import", image.archive, reference);
  return reference;
}

/** Also what the images built on it depend on. */
export const debian = (): CachedImage =>
  cachedImage(
    "debian",
    "tar",
    [join(__dirname, "debian.ts"), ...(existsSync(CA_BUNDLE) ? [CA_BUNDLE] : [])],
    JSON.stringify(BASE),
  );

/**
 * Builds the stage `target` of a folder's Dockerfile (its last one if that is empty) on Debian.
 *
 * @param root Reference of the Debian; default: the one that all images but MySQL's are built on.
 */
export async function buildImage(
  node: NodeSettings,
  folder: string,
  reference: string,
  target = "",
  root?: string,
): Promise<void> {
  const base = root ?? (await debianImage(node));
  const stage = target === "" ? [] : ["--target", target];
  await docker(
    node,
    "build",
    "--quiet",
    "--build-arg",
    `DEBIAN=${base}`,
    ...proxyArguments(),
    ...stage,
    "-t",
    reference,
    folder,
  );
}
