/** Runs the CLI for the Automation API so that Ctrl-C reaches it once, and only through us. */

import { spawn } from "node:child_process";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { type PulumiCli, QUIET_ENV } from "./cli";

/** The CLI ended with an error. */
export class CliFailed extends Error {
  override readonly name = "CliFailed";
  constructor(
    readonly args: string[],
    readonly code: number | null,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`pulumi ${args[0] ?? ""} ended with ${code === null ? "a signal" : `code ${code}`}: ${stderr.trim()}`);
  }
}

type Run = (
  args: string[],
  cwd: string,
  env: Record<string, string>,
) => Promise<{ stdout: string; stderr: string; code: number }>;

export interface Runner {
  command: PulumiCommand;
  /** Asks the CLI that runs now to stop: gracefully the first time, at once the second. */
  interrupt(): void;
}

/** A file that no name leads to any more: gone with the last process that has it open. */
function namelessFile(): number {
  const folder = mkdtempSync(join(tmpdir(), "flask-doks-cli-"));
  const file = openSync(join(folder, "output"), "w+", 0o600);
  rmSync(folder, { recursive: true });
  return file;
}

function takeText(file: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size);
  readSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
  return bytes.toString("utf8");
}

/**
 * The CLI gets a process group of its own: a terminal's Ctrl-C would reach it besides our own signal, and two of them
 * make it stop at once instead of gracefully. It writes to files and not to pipes: a broken pipe would end it in the
 * middle of writing its state when this process is killed.
 */
export function makeRunner(cli: PulumiCli): Runner {
  const running = new Set<ReturnType<typeof spawn>>();
  const run: Run = (args, cwd, env) => {
    const all = args.includes("--non-interactive") ? args : [...args, "--non-interactive"];
    const [out, err] = [namelessFile(), namelessFile()];
    const child = spawn(cli.path, all, {
      cwd,
      env: { ...process.env, ...QUIET_ENV, ...env, PULUMI_AUTOMATION_API: "true" },
      detached: true,
      stdio: ["ignore", out, err],
    });
    running.add(child);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        running.delete(child);
        const [stdout, stderr] = [takeText(out), takeText(err)];
        if (code === 0) resolve({ stdout, stderr, code });
        else reject(new CliFailed(args, code, stdout, stderr));
      });
    });
  };
  const command = { command: cli.path, version: { toString: () => cli.version }, run } as unknown as PulumiCommand;
  return {
    command,
    interrupt: () => {
      for (const child of running) child.kill("SIGINT");
    },
  };
}
