/** Commands of a test's own: nothing else is on PATH, and each records how it is called. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a command was called. */
export interface Call {
  /** The command and its arguments. */
  line: string[];
  /** What it read from its standard input. */
  input: string;
}

export class FakeCommands {
  readonly folder = mkdtempSync(join(tmpdir(), "commands-"));
  private readonly log = join(this.folder, ".calls");
  private readonly path = process.env["PATH"];

  constructor() {
    process.env["PATH"] = this.folder;
  }

  /**
   * Adds a command.
   *
   * @param script What it does, for sh, once the call is recorded. Default: nothing, and with success.
   */
  add(command: string, script = ""): void {
    // Separators that no argument holds: between arguments, before the input, after the call.
    const record = `{ printf '%s' '${command}'; for each; do printf '\\037%s' "$each"; done; printf '\\036'; cat; printf '\\035'; }`;
    writeFileSync(join(this.folder, command), `#!/bin/sh\nPATH=/usr/bin:/bin\n${record} >>'${this.log}'\n${script}\n`, {
      mode: 0o755,
    });
  }

  /** The calls so far, in their order. */
  calls(): Call[] {
    const recorded = existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
    return recorded
      .split("\x1d")
      .slice(0, -1)
      .map((call) => {
        const [line = "", input = ""] = call.split("\x1e");
        return { line: line.split("\x1f"), input };
      });
  }

  /** The calls so far, each as one line. */
  lines(): string[] {
    return this.calls().map(({ line }) => line.join(" "));
  }

  /** Forgets the calls so far. */
  forget(): void {
    rmSync(this.log, { force: true });
  }

  /** Removes them all, and gives PATH back. */
  remove(): void {
    process.env["PATH"] = this.path;
    rmSync(this.folder, { recursive: true });
  }
}
