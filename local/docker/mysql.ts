/** An image that stands in for docker.io/library/mysql: MySQL from Debian unstable, which alone has it. */

import { existsSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { failedToday, rememberFailure } from "../engine/cache";
import type { NodeSettings } from "../node/settings";
import { bootstrapDebian, type DebianRoot } from "./debian";
import { docker } from "./engine";
import { buildImage, cachedImage, debian, LOCAL, type CachedImage } from "./imageCache";
import { buildPodImage } from "./podImage";

const RECIPE = join(__dirname, "mysql");
const ROOT: DebianRoot = { release: "sid", include: ["mysql-server-core", "mysql-client-core"] };

/** The server where unstable's packages cannot be installed: on the Debian that all other images are on. */
const MARIADB = join(__dirname, "mariadb");

/** Which server stands in for MySQL. */
export interface MysqlServer {
  name: "MySQL" | "MariaDB";
  version: string;
}

export interface MysqlImage extends CachedImage {
  server: MysqlServer;
}

/** From what a server says of itself: `mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64`. */
export function parseServer(text: string): MysqlServer {
  const [, version = "", rest = ""] = /\bVer (\d+\.\d+\.\d+)(\S*)/.exec(text) ?? [];
  return { name: rest.includes("MariaDB") ? "MariaDB" : "MySQL", version };
}

const serverFile = (folder: string): string => join(folder, "server.json");

const described = (image: CachedImage): MysqlImage => ({
  ...image,
  server: JSON.parse(readFileSync(serverFile(image.archive), "utf8")) as MysqlServer,
});

/** Writes down which server an image holds: whoever finds it in the cache has no other quick way to know. */
async function describe(node: NodeSettings, reference: string, folder: string): Promise<void> {
  const said = await docker(node, "run", "--rm", "--network=none", "--entrypoint=mysqld", reference, "--version");
  await writeFile(serverFile(folder), JSON.stringify(parseServer(said)));
}

/** What becomes of a bootstrap that fails: no other failure is a reason to take another server. */
class NoUnstable extends Error {}

/** Builds the archive of MySQL's image if the cache has none, or MariaDB's where unstable cannot be installed. */
export async function buildMysql(node: NodeSettings): Promise<MysqlImage> {
  const image = cachedImage("mysql", "oci", [RECIPE, join(__dirname, "debian.ts")], JSON.stringify(ROOT));
  // Under the key: a changed recipe is tried at once.
  const failure = `mysql-${image.key}`;
  if (!existsSync(image.archive) && (await failedToday(failure))) return buildMariadb(node);
  try {
    await buildPodImage(node, image, async (reference, folder) => {
      const root = `${LOCAL}/debian-with-mysql:${image.key}`;
      const tar = join(folder, "root.tar");
      await bootstrapDebian(tar, ROOT).catch((error: unknown) => {
        throw new NoUnstable(String(error));
      });
      await docker(node, "import", tar, root);
      await rm(tar);
      await buildImage(node, RECIPE, reference, "", root);
      await docker(node, "rmi", root);
      await describe(node, reference, folder);
    });
  } catch (error) {
    if (!(error instanceof NoUnstable)) throw error;
    await rememberFailure(failure);
    return buildMariadb(node);
  }
  return described(image);
}

async function buildMariadb(node: NodeSettings): Promise<MysqlImage> {
  const image = cachedImage("mariadb", "oci", [MARIADB], debian().key);
  await buildPodImage(node, image, async (reference, folder) => {
    await buildImage(node, MARIADB, reference);
    await describe(node, reference, folder);
  });
  return described(image);
}
