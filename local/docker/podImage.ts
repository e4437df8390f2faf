/** Images that pods pull from the node's registry, with its password. */

import { readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import { askRegistry, type RegistryAccess } from "../node/registry";
import type { NodeSettings } from "../node/settings";
import { docker, registryCredentials } from "./engine";
import { ensureArchive, LOCAL, type CachedImage } from "./imageCache";

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

const skopeo = (...args: string[]): Promise<string> => run("skopeo", ["--insecure-policy", "copy", "--quiet", ...args]);

/**
 * Builds an image's archive if the cache has none. It is a folder, as OCI lays it out: its layers are pushed as they
 * are, uncompressed, since packing and unpacking them takes longer than moving them over a veth pair.
 *
 * @param build Makes the image in the node's engine, under the reference. It may put files of its own into the folder.
 */
export async function buildPodImage(
  node: NodeSettings,
  image: CachedImage,
  build: (reference: string, folder: string) => Promise<void>,
): Promise<void> {
  await ensureArchive(image, async (archive) => {
    const reference = `${LOCAL}/${image.name}:${image.key}`;
    const unfinished = `${archive}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished);
    await build(reference, unfinished);
    await docker(node, "save", "--output", `${archive}.tar`, reference);
    await skopeo(
      "--dest-oci-accept-uncompressed-layers",
      `docker-archive:${archive}.tar`,
      `oci:${unfinished}:${image.key}`,
    );
    await rename(unfinished, archive);
    await rm(`${archive}.tar`);
    await docker(node, "rmi", reference);
  });
}

/** Pushes it to the node's registry, unless it is there. Returns its reference, with the digest. */
export async function pushPodImage(node: NodeSettings, access: RegistryAccess, image: CachedImage): Promise<string> {
  const repository = `base/${image.name}`;
  const index = JSON.parse(readFileSync(join(image.archive, "index.json"), "utf8")) as {
    manifests: { digest: string }[];
  };
  const digest = index.manifests[0]?.digest ?? "";
  const answer = await askRegistry(access, `/v2/${repository}/manifests/${digest}`, {
    method: "HEAD",
    headers: { Accept: MANIFEST },
  });
  if (!answer.ok) {
    const target = `docker://${access.server}/${repository}:${image.key}`;
    const credentials = ["--preserve-digests", "--authfile", registryCredentials(node), "--dest-tls-verify=false"];
    await skopeo(...credentials, `oci:${image.archive}:${image.key}`, target);
  }
  return `${access.server}/${repository}@${digest}`;
}
