/** Runs scripts as GitHub's runner does. */
import { spawn } from "node:child_process";

/** How a script ended. */
export interface ScriptResult {
  /** `null` when its time was over. */
  code: number | null;
  /** Both outputs, in the order in which they came. */
  output: string;
}

/** What a script is run with. */
export interface ScriptOptions {
  cwd: string;
  /** All of its environment: nothing of this process's own comes along. */
  env: Record<string, string>;
  timeoutSeconds: number;
}

/** Runs a script with what `shell: bash` stands for: it ends at the first command that fails, in a pipe as well. */
export function bash(script: string, { cwd, env, timeoutSeconds }: ScriptOptions): Promise<ScriptResult> {
  return new Promise((resolve, reject) => {
    const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
    // In a group of its own, so that what it started can be ended with it.
    const child = spawn("bash", args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const timer = setTimeout(() => {
      output += `\nThe step was ended after ${timeoutSeconds} s.\n`;
      if (child.pid !== undefined) {
        process.kill(-child.pid, "SIGKILL");
      }
    }, timeoutSeconds * 1000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}
