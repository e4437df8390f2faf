/** An image that stands in for docker.io/library/mysql, in the node's registry. */

import { readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import { askRegistry, type RegistryAccess } from "../node/registry";
import type { NodeSettings } from "../node/settings";
import { docker, registryCredentials } from "./engine";
import { buildImage, cachedImage, debian, ensureArchive, LOCAL, type CachedImage } from "./imageCache";

const RECIPE = join(__dirname, "mysql");
const REPOSITORY = "base/mysql";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

const skopeo = (...args: string[]): Promise<string> => run("skopeo", ["--insecure-policy", "copy", "--quiet", ...args]);

/** Builds the image's archive if the cache has none. It is a folder, as OCI lays it out: its layers are
 * pushed as they are, uncompressed, since packing and unpacking them takes longer than moving them over a veth pair. */
export async function buildMysql(node: NodeSettings): Promise<CachedImage> {
  const image = cachedImage("mysql", "oci", [RECIPE], debian().key);
  await ensureArchive(image, async (archive) => {
    const reference = `${LOCAL}/mysql:${image.key}`;
    const unfinished = `${archive}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await buildImage(node, RECIPE, reference);
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
  return image;
}

/** Pushes it to the node's registry, unless it is there. Returns its reference, with the digest. */
export async function provideMysql(node: NodeSettings, access: RegistryAccess, image: CachedImage): Promise<string> {
  const index = JSON.parse(readFileSync(join(image.archive, "index.json"), "utf8")) as {
    manifests: { digest: string }[];
  };
  const digest = index.manifests[0]?.digest ?? "";
  const answer = await askRegistry(access, `/v2/${REPOSITORY}/manifests/${digest}`, {
    method: "HEAD",
    headers: { Accept: MANIFEST },
  });
  if (!answer.ok) {
    const target = `docker://${access.server}/${REPOSITORY}:${image.key}`;
    const credentials = ["--preserve-digests", "--authfile", registryCredentials(node), "--dest-tls-verify=false"];
    await skopeo(...credentials, `oci:${image.archive}:${image.key}`, target);
  }
  return `${access.server}/${REPOSITORY}@${digest}`;
}
