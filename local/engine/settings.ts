/** The configuration that a local run gives to the engine: the committed stack file with this machine's values over it. */

import { createHmac, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { pathSteps } from "../providers/values";
import { UserError } from "../steps";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export interface JsonObject {
  [key: string]: Json;
}

/** A config value that must not stand in any file in clear. */
export interface SecretSetting {
  /** Where in the config, such as `registry.password`. */
  path: string;
  value: string;
}

interface StackFile {
  encryptionsalt?: string;
  config?: JsonObject;
  [key: string]: Json | undefined;
}

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * `over` laid over `base`: maps are merged, everything else is replaced, lists as a whole. Where the base says a bare
 * word and `over` says more, the word is the `kind`, as everywhere in this project's config.
 */
export function mergeConfig(base: Json | undefined, over: Json): Json {
  if (!isMap(over)) return over;
  const start: JsonObject = isMap(base) ? base : typeof base === "string" ? { kind: base } : {};
  const merged: JsonObject = { ...start };
  for (const [key, value] of Object.entries(over)) merged[key] = mergeConfig(start[key], value);
  return merged;
}

/** The key with its project in front, unless it has one. */
export function qualified(project: string, key: string): string {
  return /^[^.["]+:/.test(key) ? key : `${project}:${key}`;
}

/** What a key path holds in `config`. */
export function valueAt(config: Json | undefined, path: string): Json | undefined {
  let value: Json | undefined = config;
  for (const step of pathSteps(path)) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isMap(value)) value = value[String(step)];
    else return undefined;
  }
  return value;
}

/** `config` with `value` at a key path; maps and list places on the way are made. */
export function withValueAt(config: JsonObject, path: string, value: Json): JsonObject {
  const put = (node: Json | undefined, [step, ...rest]: (string | number)[]): Json => {
    if (step === undefined) return value;
    if (typeof step === "number") {
      const list = Array.isArray(node) ? [...node] : [];
      list[step] = put(list[step], rest);
      return list;
    }
    const map = isMap(node) ? node : typeof node === "string" ? { kind: node } : {};
    return { ...map, [step]: put(map[step], rest) };
  };
  return put(config, pathSteps(path)) as JsonObject;
}

export interface Settings {
  project: string;
  stack: string;
  work: string;
  /** None where the environment says what the passphrase is. */
  passphraseFile: string | undefined;
  /** Those that the stack file does not hold yet, or holds with another value. */
  changedSecrets: SecretSetting[];
  /** To be called once the changed secrets are in the stack file. */
  remember(): Promise<void>;
}

/** The passphrase of every stack under `home`, made on first use, or the one that is shared with others. */
async function passphrase(home: string, shared: string | undefined): Promise<{ file: string; text: string }> {
  const file = shared ?? join(home, "passphrase");
  if (shared === undefined) {
    if (!existsSync(file)) {
      await writeFile(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
    }
    await chmod(file, 0o600);
  }
  return { file, text: (await readFile(file, "utf8")).trim() };
}

async function readYaml(file: string): Promise<StackFile> {
  return existsSync(file) ? ((parse(await readFile(file, "utf8")) ?? {}) as StackFile) : {};
}

export interface SettingsOptions {
  repository: string;
  home: string;
  stack: string;
  overrides: JsonObject;
  secrets: SecretSetting[];
  /** A file with the passphrase, read only. Default: `<home>/passphrase`, made on first use. */
  passphraseFile?: string | undefined;
  /** Whether the environment says what the passphrase is, if the backend needs one: `PULUMI_CONFIG_PASSPHRASE[_FILE]`. */
  passphraseFromEnvironment?: boolean | undefined;
}

/**
 * Writes `<home>/work`: Pulumi.yaml and the merged stack file. The committed files stay as they are. The encryption
 * salt and the ciphertext of unchanged secrets are kept from the last run, so that nothing changes needlessly.
 */
export async function writeSettings(options: SettingsOptions): Promise<Settings> {
  const { repository, home, stack, overrides, secrets, passphraseFile: shared } = options;
  const work = join(home, "work");
  await mkdir(work, { recursive: true, mode: 0o700 });
  const isOurs = options.passphraseFromEnvironment !== true;
  const { file: passphraseFile, text } = isOurs ? await passphrase(home, shared) : { file: undefined, text: undefined };

  const projectFile = await readYaml(join(repository, "Pulumi.yaml"));
  const { name: project } = projectFile;
  if (typeof project !== "string") throw new UserError("Pulumi.yaml names no project.");
  await writeFile(join(work, "Pulumi.yaml"), stringify({ ...projectFile, main: repository }));

  const stackFile = join(work, `Pulumi.${stack}.yaml`);
  const previous = await readYaml(stackFile);
  const committed = await readYaml(join(repository, `Pulumi.${stack}.yaml`));
  const over = Object.fromEntries(Object.entries(overrides).map(([key, value]) => [qualified(project, key), value]));
  let config = mergeConfig(committed.config ?? {}, over) as JsonObject;

  const fingerprintFile = join(work, `secrets.${stack}.json`);
  const known = existsSync(fingerprintFile)
    ? (JSON.parse(await readFile(fingerprintFile, "utf8")) as Record<string, string>)
    : {};
  const fingerprints: Record<string, string> = {};
  const changedSecrets: SecretSetting[] = [];
  for (const secret of secrets) {
    const path = qualified(project, secret.path);
    const cipher = valueAt(previous.config, path);
    // Without a passphrase to make it with, a fingerprint would tell of the secret: it is encrypted anew each time.
    const print = text && createHmac("sha256", text).update(`${path}=${secret.value}`).digest("hex");
    if (print !== undefined) fingerprints[path] = print;
    const isKnown = cipher !== undefined && print !== undefined && known[path] === print;
    if (isKnown) config = withValueAt(config, path, cipher);
    else changedSecrets.push({ path, value: secret.value });
  }
  // The committed salt belongs to the passphrase of whoever committed it: with another one it opens nothing.
  const { encryptionsalt: committedSalt, ...plain } = committed;
  const isTheirs = shared !== undefined || !isOurs;
  const salt = isTheirs ? (committedSalt ?? previous.encryptionsalt) : previous.encryptionsalt;
  const merged = { ...plain, ...(salt === undefined ? {} : { encryptionsalt: salt }), config };
  await writeFile(stackFile, stringify(merged), { mode: 0o600 });
  const remember = () => writeFile(fingerprintFile, JSON.stringify(fingerprints), { mode: 0o600 });
  return { project, stack, work, passphraseFile, changedSecrets, remember };
}
