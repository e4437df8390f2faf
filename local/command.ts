/**
 * Running a command and knowing what it said when it failed.
 * (execa 10 cannot be used here: one of its modules has no `require` condition, which tsx resolves by in a CommonJS package.)
 */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface CommandOptions {
  cwd?: string;
  /** Laid over the process's own environment. `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** What the command reads from its standard input. */
  input?: string;
  /** A file that takes both outputs, anew, instead of them being kept. For what is long. */
  log?: string;
  timeoutSeconds?: number;
}

export interface CommandResult {
  /** `null` if it could not be started, or a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, however it ends. Neither a missing command nor a bad exit throws. */
export function attempt(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const log = options.log === undefined ? undefined : openSync(options.log, "w");
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", log ?? "pipe", log ?? "pipe"],
      timeout: (options.timeoutSeconds ?? 0) * 1000,
      killSignal: "SIGKILL",
    });
    if (log !== undefined) closeSync(log);
    let stdout = "";
    let stderr = log === undefined ? "" : `see ${String(options.log)}`;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    // What it started may hold its outputs open for much longer than its time.
    child.on("exit", () => {
      if (!child.killed) return;
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
    child.on("error", (error) => {
      resolve({ code: null, stdout, stderr: error.message });
    });
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
    // A command that ends before it has read everything is judged by its exit code, not by the broken pipe.
    child.stdin?.on("error", () => undefined).end(options.input);
  });
}

/** Runs a command that must succeed, and gives back what it printed, trimmed. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, args, options);
  if (code === 0) return stdout.trim();
  const said = (stderr.trim() || stdout.trim()).slice(-4000);
  throw new Error(
    `${[command, ...args].join(" ").slice(0, 400)}: ${code === null ? "did not end" : `exit ${code}`}: ${said}`,
  );
}

export const succeeds = async (command: string, args: readonly string[], options: CommandOptions = {}) =>
  (await attempt(command, args, options)).code === 0;
