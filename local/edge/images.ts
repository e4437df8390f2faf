/** The images of what answers at the edge of a cluster. They go straight into the node's containerd and are never pulled. */

import { existsSync } from "node:fs";
import { cp, link, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { docker } from "../docker/engine";
import { cachedImage, ensureArchive, LOCAL, type CachedImage } from "../docker/imageCache";
import { goToolchain } from "../go";
import { importImages } from "../node/containerd";
import type { NodeSettings } from "../node/settings";
import type { Step } from "../steps";
import { buildEdgeBinaries, edgeBinariesAreBuilt, edgeBinariesKey, edgeBinary } from "./binaries";
import { pebbleCertificates } from "./modules";

const RECIPE = join(__dirname, "images");
const BINARIES = ["traefik", "controller", "webhook", "cainjector", "acmesolver", "startupapicheck", "pebble"] as const;
const NAMES = [
  "traefik",
  "cert-manager-controller",
  "cert-manager-webhook",
  "cert-manager-cainjector",
  "cert-manager-acmesolver",
  "cert-manager-startupapicheck",
  "pebble",
] as const;

export type EdgeImage = (typeof NAMES)[number];

/** Each one's reference. */
export type EdgeImages = Record<EdgeImage, string>;

const cached = (): CachedImage => cachedImage("edge", "tar", [RECIPE], edgeBinariesKey());

/** The references, whether or not the images are built. A pod that names one needs no pull policy `Always`. */
export function edgeImages(): EdgeImages {
  const { key } = cached();
  return Object.fromEntries(NAMES.map((name) => [name, `${LOCAL}/${name}:${key}`])) as EdgeImages;
}

/** Builds the archive of all of them if the cache has none, from what is built where that is not there either. */
export async function buildEdgeImages(node: NodeSettings, step: Step): Promise<void> {
  if (existsSync(cached().archive)) return;
  const go = await goToolchain(step);
  if (!edgeBinariesAreBuilt()) {
    await step("Building Traefik, cert-manager and pebble, for minutes", () => buildEdgeBinaries(go));
  }
  await step("Making their images", () =>
    ensureArchive(cached(), async (archive) => {
      const folder = `${archive}.context`;
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await cp(RECIPE, folder, { recursive: true });
      await cp(await pebbleCertificates(go), join(folder, "certificates"), { recursive: true });
      for (const name of BINARIES) await link(edgeBinary(name), join(folder, name));
      const images = edgeImages();
      // Built by hand, not by buildImage: none of them is on Debian.
      for (const name of NAMES) await docker(node, "build", "--quiet", "--target", name, "-t", images[name], folder);
      await docker(node, "save", "--output", `${archive}.unfinished`, ...Object.values(images));
      await rename(`${archive}.unfinished`, archive);
      await rm(folder, { recursive: true });
      await docker(node, "rmi", ...Object.values(images));
    }),
  );
}

/** Loads them from the cache into the node's containerd, if the ones of this recipe are not there yet. */
export const importEdgeImages = (node: NodeSettings): Promise<void> =>
  importImages(node, Object.values(edgeImages()), cached().archive);
