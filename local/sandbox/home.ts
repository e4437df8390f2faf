/** The folder of the sandbox, and which stack it holds. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of everything that the sandbox leaves in the project: state, passphrase, work. */
export const HOME = join(__dirname, "..", "..", ".sandbox");

export const SANDBOX_STACKS = ["dev", "prod"] as const;

/** A stack that can be deployed in the sandbox. */
export type SandboxStack = (typeof SANDBOX_STACKS)[number];

export const isSandboxStack = (name: string): name is SandboxStack =>
  (SANDBOX_STACKS as readonly string[]).includes(name);

const FILE = join(HOME, "stack");

/** The stack that the sandbox holds; none when there is no sandbox. */
export function rememberedStack(): SandboxStack | undefined {
  const name = existsSync(FILE) ? readFileSync(FILE, "utf8").trim() : "";
  return isSandboxStack(name) ? name : undefined;
}

export function rememberStack(name: SandboxStack): void {
  mkdirSync(HOME, { recursive: true, mode: 0o700 });
  writeFileSync(FILE, name);
}
