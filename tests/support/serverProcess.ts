/** Servers that a test starts as processes of their own. */
import type { ChildProcess } from "node:child_process";

/** With what a server ends that handles SIGTERM itself. */
const TERMINATED = 143;

/** Waits for a line that a server prints when it is ready, and gives its first group. Fails when it ends before. */
export function said(child: ChildProcess, name: string, line: RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (more: string) => {
        text = (text + more).slice(-4000);
        const found = line.exec(text);
        if (found !== null) resolve(found[1] ?? "");
      });
    }
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      // Told even when nobody waits any more: what asks it next would only see that nothing answers.
      if (signal !== "SIGTERM" && code !== TERMINATED)
        console.error(`${name} ended with ${String(code ?? signal)}: ${text}`);
      reject(new Error(`${name} ended with ${String(code ?? signal)}: ${text}`));
    });
  });
}

/** Ends a server, and waits until it has ended. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}
