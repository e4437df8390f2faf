/** The registry that images are pushed to and that the node pulls from, with a password of its own. */

import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import { startDaemon, untilReady } from "./daemon";
import type { NodeSettings } from "./settings";
import { fill } from "./template";

export interface RegistryAccess {
  /** host:port. Plain http. */
  server: string;
  username: string;
  password: string;
}

const USERNAME = "flask-doks";

/** A secret that is made once and kept where only root reads it. */
async function secret(node: NodeSettings, name: string): Promise<string> {
  const file = join(node.state, "secrets", name);
  if (!existsSync(file)) {
    await mkdir(join(node.state, "secrets"), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.unfinished`, randomBytes(24).toString("base64url"), { mode: 0o600 });
    await rename(`${file}.unfinished`, file);
  }
  return readFile(file, "utf8");
}

export const registryAccess = async (node: NodeSettings): Promise<RegistryAccess> => ({
  server: node.registry,
  username: USERNAME,
  password: await secret(node, "registry-password"),
});

/** A request to the registry's API, with the password. */
export async function askRegistry(access: RegistryAccess, path: string, init: RequestInit = {}): Promise<Response> {
  const credentials = Buffer.from(`${access.username}:${access.password}`).toString("base64");
  const headers = { ...(init.headers as Record<string, string>), Authorization: `Basic ${credentials}` };
  return fetch(`http://${access.server}${path}`, { ...init, headers, signal: AbortSignal.timeout(5_000) });
}

export async function startRegistry(node: NodeSettings): Promise<RegistryAccess> {
  const access = await registryAccess(node);
  const etc = join(node.state, "etc");
  await mkdir(etc, { recursive: true });
  const passwords = join(etc, "htpasswd");
  if (!existsSync(passwords) || readFileSync(passwords, "utf8").trim() === "") {
    const line = await run("htpasswd", ["-niB", access.username], { input: access.password });
    await writeFile(passwords, `${line}\n`, { mode: 0o600 });
  }
  const configFile = join(etc, "registry.yaml");
  const config = fill(readFileSync(join(__dirname, "registry.yaml"), "utf8"), {
    STATE: node.state,
    ADDRESS: access.server,
    SECRET: await secret(node, "registry-upload-secret"),
  });
  await writeFile(configFile, config, { mode: 0o600 });
  await startDaemon(node, {
    name: "registry",
    command: "docker-registry",
    args: ["serve", configFile],
    inNode: false,
    config,
  });
  await untilReady(node, "registry", async () => (await askRegistry(access, "/v2/")).ok);
  return access;
}
