/** An image that stands in for docker.io/restic/restic. The command is built from its Go module once for the machine. */

import { existsSync } from "node:fs";
import { cp, link, rm } from "node:fs/promises";
import { join } from "node:path";
import { contentKey } from "../contentKey";
import { buildImage, cachedImage, debian, type CachedImage } from "../docker/imageCache";
import { buildPodImage } from "../docker/podImage";
import { buildCommands, commandsFolder, type CommandSet } from "../goBuild";
import type { NodeSettings } from "../node/settings";

const RECIPE = join(__dirname, "image");
/** restic's version is in the go.mod here. */
const MODULE = join(__dirname, "module");

const binaries = (): CommandSet => ({
  name: "restic",
  key: contentKey([MODULE]),
  builds: [{ module: MODULE, packages: ["github.com/restic/restic/cmd/restic"] }],
});

/** Builds the archive if the cache has none. It takes a minute on two cores the first time, the command most of it. */
export async function buildRestic(node: NodeSettings, go: string): Promise<CachedImage> {
  const set = binaries();
  const image = cachedImage("restic", "oci", [RECIPE], set.key, debian().key);
  if (existsSync(image.archive)) return image;
  await buildCommands(go, set);
  await buildPodImage(node, image, async (reference) => {
    const folder = `${image.archive}.context`;
    await rm(folder, { recursive: true, force: true });
    await cp(RECIPE, folder, { recursive: true });
    await link(join(commandsFolder(set), "restic"), join(folder, "restic"));
    await buildImage(node, folder, reference);
    await rm(folder, { recursive: true });
  });
  return image;
}
