/** An image that stands in for docker.io/library/python, in the node's Docker engine. */

import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../command";
import type { NodeSettings } from "../node/settings";
import { DEBIAN_RELEASE } from "./debian";
import { docker } from "./engine";
import { buildImage, cachedImage, debian, ensureArchive, loadImage, LOCAL, type CachedImage } from "./imageCache";

const RECIPE = join(__dirname, "python");

/** Settings of pip's that say where packages come from; the others are the machine's own business. */
const CARRIED_OVER = ["index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries"];

/** pip's configuration of this machine, from its files and its environment. */
async function pipSettings(): Promise<Map<string, string>> {
  const { stdout } = await attempt("python3", ["-m", "pip", "config", "list"], { cwd: "/" });
  const settings = new Map<string, string>();
  for (const [, name = "", value = ""] of stdout.matchAll(/^global\.([\w-]+)='(.*)'$/gm)) settings.set(name, value);
  for (const name of CARRIED_OVER) {
    const value = process.env[`PIP_${name.toUpperCase().replaceAll("-", "_")}`];
    if (value !== undefined) settings.set(name, value);
  }
  return new Map(CARRIED_OVER.flatMap((name) => (settings.has(name) ? [[name, settings.get(name) ?? ""]] : [])));
}

/** The files of /etc that pip and uv read. */
async function configFiles(): Promise<{ "pip.conf": string; "uv/uv.toml": string }> {
  const settings = await pipSettings();
  const lines = [...settings].map(([name, value]) => `${name} = ${value.replaceAll(/\\n|\n/g, "\n    ")}\n`);
  const index = settings.get("index-url");
  return {
    "pip.conf": `[global]\n${lines.join("")}`,
    "uv/uv.toml": index === undefined ? "" : `index-url = ${JSON.stringify(index)}\n`,
  };
}

const reference = (image: CachedImage): string => `${LOCAL}/python:${image.key}`;

/** Builds the image's archive if the cache has none. */
export async function buildPython(node: NodeSettings): Promise<CachedImage> {
  const files = await configFiles();
  const image = cachedImage("python", "tar", [RECIPE], debian().key, JSON.stringify(files));
  await ensureArchive(image, async (archive) => {
    const folder = `${archive}.context`;
    await rm(folder, { recursive: true, force: true });
    await cp(RECIPE, folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, "etc", name, ".."), { recursive: true });
      await writeFile(join(folder, "etc", name), content);
    }
    await buildImage(node, folder, reference(image));
    await docker(node, "save", "--output", `${archive}.unfinished`, reference(image));
    await rename(`${archive}.unfinished`, archive);
    await rm(folder, { recursive: true });
  });
  return image;
}

/** Puts it into the node's engine under a name that does not change. */
export async function providePython(node: NodeSettings, image: CachedImage): Promise<string> {
  const name = `${LOCAL}/python:${DEBIAN_RELEASE}`;
  await loadImage(node, image, reference(image));
  await docker(node, "tag", reference(image), name);
  return name;
}
