/** MySQL's image as a next patch release would be: the same content under another digest. For tests of upgrades. */

import { createHash } from "node:crypto";
import { askRegistry, type RegistryAccess } from "../node/registry";
import { MANIFEST } from "./podImage";

interface Manifest {
  config: { digest: string; size: number };
}
interface ImageConfig {
  config: { Labels?: Record<string, string> };
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/**
 * Puts it beside the image that it is made from, which takes no time: only a label is new, all layers are there.
 *
 * @param reference MySQL's image in the node's registry, with its digest.
 * @returns The new one's reference, with its digest.
 */
export async function provideNextMysql(access: RegistryAccess, reference: string): Promise<string> {
  const [path = "", digest = ""] = reference.slice(access.server.length + 1).split("@");
  const ask = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await askRegistry(access, url, init);
    if (!answer.ok) throw new Error(`${init.method ?? "GET"} ${url}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const manifest = (await ask(`/v2/${path}/manifests/${digest}`, { headers: { Accept: MANIFEST } }).then((answer) =>
    answer.json(),
  )) as Manifest;
  const image = (await ask(`/v2/${path}/blobs/${manifest.config.digest}`).then((answer) =>
    answer.json(),
  )) as ImageConfig;

  image.config.Labels = { ...image.config.Labels, "flask-doks.patch-release": "next" };
  const config = JSON.stringify(image);
  const upload = await ask(`/v2/${path}/blobs/uploads/`, { method: "POST" });
  const { pathname, searchParams } = new URL(upload.headers.get("location") ?? "", `http://${access.server}`);
  searchParams.set("digest", digestOf(config));
  await ask(`${pathname}?${String(searchParams)}`, {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream" },
    body: config,
  });

  const next = JSON.stringify({
    ...manifest,
    config: { ...manifest.config, digest: digestOf(config), size: Buffer.byteLength(config) },
  });
  await ask(`/v2/${path}/manifests/${digestOf(next)}`, {
    method: "PUT",
    headers: { "Content-Type": MANIFEST },
    body: next,
  });
  return `${access.server}/${path}@${digestOf(next)}`;
}
