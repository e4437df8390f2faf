/** `npm run status`, as a person runs it: a process of its own that reads the stack's outputs through the real CLI. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Account } from "./cloud";

const ROOT = join(__dirname, "..", "..", "..");

export interface StatusOptions {
  /** Authority in PEM to trust for the apps' certificates. */
  root: string;
  /** Hosts that do not resolve on this machine, and where they lead. */
  hosts: readonly string[];
  address: string;
}

export async function statusOf(
  { stage }: Account,
  { root, hosts, address }: StatusOptions,
): Promise<{ code: number | null; out: string }> {
  const home = join(stage.home, "stack");
  const authority = stage.write("acme-root.pem", root);
  const resolve = hosts.flatMap((host) => ["--resolve", `${host}=${address}`]);
  const args = ["--import", "tsx", join(ROOT, "scripts", "status.ts"), stage.options.stack];
  const child = spawn(process.execPath, [...args, "--cwd", join(home, "work"), "--ca", authority, ...resolve], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      ...stage.options.env,
      PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(home, "passphrase"),
    },
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [out, code] = await Promise.all([text(child.stdout), ended]);
  return { code, out };
}
