/** A minimal Debian as an image, made from the packages of the mirror that the machine itself uses. */

import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run } from "../command";
import { UserError } from "../steps";

export const DEBIAN_RELEASE = "bookworm";
export const CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/** What a root folder is made of. */
export interface DebianRoot {
  /** Debian's name of the release. Unstable's is `sid`. */
  release: string;
  /** Packages, beside the smallest set that can install others. */
  include: readonly string[];
}

/** What the other images are built on. */
export const BASE: DebianRoot = { release: DEBIAN_RELEASE, include: ["ca-certificates"] };

/** What an image has no use for. */
const REMOVED = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
  "var/cache/apt",
  "var/lib/apt/lists",
];

interface Source {
  url: string;
  suite: string;
}

/** Debian's two formats of package sources: one line each, or paragraphs of fields. */
export function parseSources(text: string): Source[] {
  const lines = [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/gm)].map(
    ([, url = "", suite = "", components = ""]) => ({ urls: [url], suites: [suite], components }),
  );
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => {
    const uncommented = paragraph.replaceAll(/^#.*\n?/gm, "");
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, "im").exec(uncommented)?.[1] ?? "";
    const isBinary = field("Types").split(/\s+/).includes("deb") && !/^no$/i.test(field("Enabled"));
    const words = (name: string) => (isBinary ? field(name).split(/\s+/).filter(Boolean) : []);
    return { urls: words("URIs"), suites: words("Suites"), components: field("Components") };
  });
  return [...lines, ...paragraphs]
    .filter(({ components }) => components.split(/\s+/).includes("main"))
    .flatMap(({ urls, suites }) => urls.flatMap((url) => suites.map((suite) => ({ url, suite }))));
}

async function machineSources(): Promise<Source[]> {
  const folder = "/etc/apt/sources.list.d";
  const files = (await readdir(folder).catch(() => []))
    .filter((name) => /\.(list|sources)$/.test(name))
    .map((name) => join(folder, name));
  const texts = await Promise.all(
    ["/etc/apt/sources.list", ...files].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const ofRelease = (suite: string) => suite === DEBIAN_RELEASE || suite.startsWith(`${DEBIAN_RELEASE}-`);
  // A repository of somebody else's may use Debian's suite names: Debian's own are called after Debian.
  return texts
    .flatMap(parseSources)
    .filter(({ url, suite }) => ofRelease(suite) && /\/debian(-security)?\/?$/.test(url));
}

/** Writes an image's root folder as a tar archive. Another release than the machine's comes from the same mirror. */
export async function bootstrapDebian(archive: string, { release, include }: DebianRoot = BASE): Promise<void> {
  const sources = await machineSources();
  const main = sources.find(({ suite }) => suite === DEBIAN_RELEASE);
  if (!main)
    throw new UserError(`/etc/apt names no Debian mirror with ${DEBIAN_RELEASE}, which base images are made from.`);
  const root = `${archive}.root`;
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  const log = `${archive}.log`;
  const packages = `--include=${include.join(",")}`;
  try {
    await run("debootstrap", ["--variant=minbase", packages, release, root, main.url], { log });
  } catch (error) {
    // Half a Debian is large and of no use. What it may have left mounted is not to be emptied.
    await attempt("rm", ["-rf", "--one-file-system", root]);
    throw error;
  }

  const ofRelease = release === DEBIAN_RELEASE ? sources : [{ url: main.url, suite: release }];
  const list = ofRelease.map(({ url, suite }) => `deb ${url} ${suite} main\n`).join("");
  await writeFile(join(root, "etc/apt/sources.list"), list);
  const excluded = REMOVED.filter((path) => path.startsWith("usr/")).map((path) => `path-exclude /${path}/*\n`);
  await writeFile(join(root, "etc/dpkg/dpkg.cfg.d/slim"), excluded.join(""));
  await writeFile(join(root, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  // What the machine trusts, its image trusts: the way to a package registry may lead through a proxy with a CA of its own.
  if (existsSync(CA_BUNDLE)) await cp(CA_BUNDLE, join(root, CA_BUNDLE));
  for (const path of REMOVED) await rm(join(root, path), { recursive: true, force: true });
  await mkdir(join(root, "var/cache/apt/archives/partial"), { recursive: true });
  await mkdir(join(root, "var/lib/apt/lists/partial"), { recursive: true });

  await run("tar", ["--numeric-owner", "--one-file-system", "-C", root, "-cf", `${archive}.unfinished`, "."]);
  await rename(`${archive}.unfinished`, archive);
  await rm(root, { recursive: true });
  await rm(log, { force: true });
}
