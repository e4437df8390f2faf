/** Has the engine run the rules of `policy/`, whether the CLI came with its language host for Node.js or not. */

import { existsSync } from "node:fs";
import { mkdir, realpath, rename, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { cacheFolder } from "../cacheFolder";
import { contentKey } from "../contentKey";
import type { PulumiCli } from "./cli";

export interface PolicyHost {
  /** To be set for the engine. */
  env: Record<string, string>;
  /** One line that says what runs the rules. */
  summary: string;
}

/** Comes with the CLI's releases, and is missing from one that is built of its Go module. */
const LANGUAGE_HOST = "pulumi-language-nodejs";

/** What the engine starts where there is no language host: with its own address, and the pack's folder as it works. */
const STAND_IN = "pulumi-analyzer-policy-nodejs";

const RUN_POLICY_PACK = join(__dirname, "..", "..", "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Starts the pack as the language host does. The SDK's own TypeScript, which keeps what it has compiled, is up in a
 * second; a faster loader before it gained nothing.
 */
const COMMAND = `#!/bin/sh
exec ${quoted(process.execPath)} ${quoted(RUN_POLICY_PACK)} "$@"
`;

async function hasLanguageHost(cli: PulumiCli): Promise<boolean> {
  const beside = dirname(await realpath(cli.path).catch(() => cli.path));
  const folders = [beside, dirname(cli.path), ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.some((folder) => folder !== "" && existsSync(join(folder, LANGUAGE_HOST)));
}

/** The folder of the stand-in, which is written once. */
async function standIn(): Promise<string> {
  const folder = join(cacheFolder(), "policy-host", contentKey([], COMMAND));
  const file = join(folder, STAND_IN);
  if (!existsSync(file)) {
    await mkdir(folder, { recursive: true });
    // In one go: others may be starting it.
    const partial = `${file}.${process.pid}`;
    await writeFile(partial, COMMAND, { mode: 0o755 });
    await rename(partial, file);
  }
  return folder;
}

/** What the engine needs to run a policy pack of Node.js. */
export async function policyHost(cli: PulumiCli): Promise<PolicyHost> {
  if (await hasLanguageHost(cli)) return { env: {}, summary: "Rules: run by Pulumi's language host for Node.js" };
  const path = [await standIn(), process.env["PATH"] ?? ""].filter((part) => part !== "").join(delimiter);
  return { env: { PATH: path }, summary: "Rules: run by this project's STAND-IN for Pulumi's language host" };
}
