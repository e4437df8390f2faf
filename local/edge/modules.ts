/** What is read from the files of Go modules, not built from them. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";

/**
 * The version whose objects the program writes, as far as it is served. Newer than the controllers that are built
 * here: they go on working with it, and an API server that knows its fields keeps them.
 */
const CRDS = "github.com/cert-manager/cert-manager@v1.21.1";

/** The folder of a module in Go's cache. Fetches it if it is not there. */
async function moduleFolder(go: string, module: string, cwd: string): Promise<string> {
  const answer = await run(go, ["mod", "download", "-json", module], { cwd });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

/** cert-manager's CustomResourceDefinitions, as one YAML stream. */
export async function certManagerCrds(go: string): Promise<string> {
  const folder = join(await moduleFolder(go, CRDS, "/"), "deploy", "crds");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => (text.startsWith("---\n") ? text : `---\n${text}`)).join("");
}

/** Folder with pebble's test certificates: its authority's `pebble.minica.pem`, and `localhost/` for the name `pebble`. */
export async function pebbleCertificates(go: string): Promise<string> {
  const folder = await moduleFolder(go, "github.com/letsencrypt/pebble/v2", join(__dirname, "pebble"));
  return join(folder, "test", "certs");
}
