/** The backup monitor as a process of its own, and what it says. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../support/stackFiles";
import { eventually } from "./eventually";

const SOURCES = join(ROOT, "pods", "backupMonitor");
/** What `python3` is, without what leads to it and takes time, such as pyenv. */
let python: string | undefined;

export interface LogLine {
  time: string;
  level: string;
  message: string;
  [field: string]: unknown;
}

/** A folder as a pod has it with the token of its account. */
export class ServiceAccount {
  readonly folder = mkdtempSync(join(tmpdir(), "account-"));

  constructor(authority: string) {
    this.write("ca.crt", authority);
    this.write("namespace", "app-blog");
    this.write("token", "first");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The program as a pod has it out of its ConfigMap: links to links, behind which an update can exchange all files at once. */
export class MountedProgram {
  readonly folder = mkdtempSync(join(tmpdir(), "program-"));

  constructor() {
    const content = join(this.folder, "..content");
    mkdirSync(content);
    symlinkSync("..content", join(this.folder, "..data"));
    for (const name of readdirSync(SOURCES).filter((each) => each.endsWith(".py"))) {
      copyFileSync(join(SOURCES, name), join(content, name));
      symlinkSync(join("..data", name), join(this.folder, name));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export class MonitorProcess {
  readonly child: ChildProcess;
  out = "";
  err = "";
  private url = "";

  constructor(program: MountedProgram, env: Record<string, string>) {
    python ??= execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    this.child = spawn(python, ["-u", join(program.folder, "monitor.py")], { env });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.out += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.err += text));
  }

  /** What it has logged after its first line, once there are as many as these. */
  async lines(count: number): Promise<LogLine[]> {
    await eventually(() => this.all.length > count, "the monitor logs");
    return this.all.slice(1);
  }

  /** Compares the messages that it has logged. */
  async says(...messages: string[]): Promise<void> {
    const lines = await this.lines(messages.length);
    assert.deepStrictEqual(
      lines.map(({ message }) => message),
      messages,
    );
  }

  private get all(): LogLine[] {
    return this.out
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  async started(): Promise<void> {
    await eventually(() => this.all.length > 0 || this.child.exitCode !== null, "the monitor starts");
    const [first] = this.all;
    assert.deepStrictEqual([first?.message, this.err], ["started", ""]);
    this.url = `http://127.0.0.1:${String(first?.["port"])}`;
  }

  async get(path: string): Promise<{ status: number; type: string | null; text: string }> {
    const answer = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(2000) });
    return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
  }

  /** Its metrics without `flask_doks_`, by name; with their labels where these are not the app's alone. */
  async metrics(): Promise<Record<string, number>> {
    const { status, type, text } = await this.get("/metrics");
    assert.deepStrictEqual([status, type], [200, "text/plain; version=0.0.4; charset=utf-8"]);
    return parseMetrics(text);
  }

  /** Waits until it has ended: its status, and how many milliseconds that took. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<{ code: number | null; ms: number }> {
    const began = Date.now();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, "exit");
      this.child.kill(signal);
      await exit;
    }
    return { code: this.child.exitCode, ms: Date.now() - began };
  }
}

/** Reads Prometheus' text format as strictly as a scrape does: each family told of first, and once. */
export function parseMetrics(text: string): Record<string, number> {
  assert.ok(text.endsWith("\n"));
  const metrics: Record<string, number> = {};
  const lines = text.slice(0, -1).split("\n");
  for (let at = 0; at < lines.length; at += 3) {
    const [help = "", type = "", sample = ""] = lines.slice(at, at + 3);
    const [, name = ""] = /^# HELP flask_doks_([a-z_]+) \S.*$/.exec(help) ?? assert.fail(help);
    const kind = name.endsWith("_total") ? "counter" : "gauge";
    assert.deepStrictEqual(type, `# TYPE flask_doks_${name} ${kind}`);
    const match =
      /^flask_doks_([a-z_]+)\{app="(?:[^"\\]|\\[\\"n])*"((?:,[a-z]+="(?:[^"\\]|\\[\\"n])*")*)\} (\S+)$/.exec(sample);
    const [, own, more = "", value] = match ?? assert.fail(sample);
    assert.deepStrictEqual(own, name);
    const key = more === "" ? name : `${name}{${more.slice(1)}}`;
    assert.ok(!(key in metrics), key);
    metrics[key] = Number(value);
    assert.ok(Number.isFinite(metrics[key]), sample);
  }
  return metrics;
}
