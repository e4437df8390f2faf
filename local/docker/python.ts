/** An image that stands in for docker.io/library/python: for images to be built on, and for pods. */

import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../command";
import type { RegistryAccess } from "../node/registry";
import type { NodeSettings } from "../node/settings";
import { DEBIAN_RELEASE } from "./debian";
import { docker } from "./engine";
import { buildImage, cachedImage, debian, LOCAL, present, type CachedImage } from "./imageCache";
import { buildPodImage, pushPodImage } from "./podImage";

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

/** Builds the image's archive if the cache has none. */
export async function buildPython(node: NodeSettings): Promise<CachedImage> {
  const files = await configFiles();
  const image = cachedImage("python", "oci", [RECIPE], debian().key, JSON.stringify(files));
  await buildPodImage(node, image, async (reference) => {
    const folder = `${image.archive}.context`;
    await rm(folder, { recursive: true, force: true });
    await cp(RECIPE, folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, "etc", name, ".."), { recursive: true });
      await writeFile(join(folder, "etc", name), content);
    }
    await buildImage(node, folder, reference);
    await rm(folder, { recursive: true });
  });
  return image;
}

/** Where one image is under two names. */
export interface PythonNames {
  /** In the node's engine, for `FROM`. Does not change with the image. */
  base: string;
  /** In the registry, with its digest, for pods. */
  pods: string;
}

/** Puts it into the node's registry, and from there into its engine. */
export async function providePython(
  node: NodeSettings,
  access: RegistryAccess,
  image: CachedImage,
): Promise<PythonNames> {
  const base = `${LOCAL}/python:${DEBIAN_RELEASE}`;
  const pods = await pushPodImage(node, access, image);
  if (!(await present(node, pods))) await docker(node, "pull", "--quiet", pods);
  await docker(node, "tag", pods, base);
  return { base, pods };
}
