/** The images that the node itself runs. They go straight into containerd: nothing of the node is pulled. */

import { cp, link, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { docker } from "../docker/engine";
import { buildImage, cachedImage, debian, ensureArchive, LOCAL, type CachedImage } from "../docker/imageCache";
import { binariesKey, binary } from "./binaries";
import type { NodeSettings } from "./settings";

const RECIPE = join(__dirname, "images");
const BINARIES = ["pause", "coredns", "local-path-provisioner"] as const;
const NAMES = [...BINARIES, "busybox"] as const;

const nodeImages = (): CachedImage => cachedImage("node", "tar", [RECIPE], binariesKey(), debian().key);

export const nodeImage = (name: (typeof NAMES)[number]): string => `${LOCAL}/${name}:${nodeImages().key}`;

/** The references of all of them. */
export const allNodeImages = (): string[] => NAMES.map(nodeImage);

/** All of them in one archive. */
export const nodeImagesArchive = (): string => nodeImages().archive;

/** Builds the archive if the cache has none. Needs the binaries. */
export async function buildNodeImages(node: NodeSettings): Promise<void> {
  await ensureArchive(nodeImages(), async (archive) => {
    const folder = `${archive}.context`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await cp(RECIPE, folder, { recursive: true });
    for (const name of BINARIES) await link(binary(name), join(folder, name));
    for (const name of NAMES) await buildImage(node, folder, nodeImage(name), name);
    await docker(node, "save", "--output", `${archive}.unfinished`, ...allNodeImages());
    await rename(`${archive}.unfinished`, archive);
    await rm(folder, { recursive: true });
    await docker(node, "rmi", ...allNodeImages());
  });
}
