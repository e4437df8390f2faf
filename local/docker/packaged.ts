/** Images that stand in for Docker Hub's, each with what one of Debian's packages brings. */

import { join } from "node:path";
import type { NodeSettings } from "../node/settings";
import { buildImage, cachedImage, debian, type CachedImage } from "./imageCache";
import { buildPodImage } from "./podImage";

/** Each has a folder here with its recipe. */
export type Packaged = "nginx" | "redis";

/** Builds the archive of one of them if the cache has none. It takes seconds. */
export async function buildPackaged(node: NodeSettings, name: Packaged): Promise<CachedImage> {
  const recipe = join(__dirname, name);
  const image = cachedImage(name, "oci", [recipe], debian().key);
  await buildPodImage(node, image, (reference) => buildImage(node, recipe, reference));
  return image;
}
