/** The stage of the lifecycle suite: the real engine and the unchanged program on a committed stack, on a real cluster. */
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { JsonObject, SecretSetting } from "../../local/engine/stack";
import type { Order, Outcome } from "./order";
import { descendants } from "./processes";

const ROOT = join(__dirname, "..", "..");

/** A stack, and what its committed file is laid over with so that it can run here. */
export interface StageOptions {
  stack: string;
  overrides: JsonObject;
  secrets: SecretSetting[];
  /** For the engine and its providers; `undefined` is never inherited from this process. */
  env: Record<string, string>;
}

/** What an operation is to do differently from the committed stack file. */
export interface Changes {
  blog?: JsonObject;
  config?: JsonObject;
  secrets?: Order["secrets"];
  env?: Record<string, string>;
  program?: Order["program"];
  protected?: Order["protected"];
  /** Name of another state than the suite's own. */
  home?: string;
  /** Another stack beside it, in the same state, that has no committed file. */
  stack?: string;
}

/** An operation that runs. */
export interface Running {
  child: ChildProcess;
  outcome: Promise<Outcome>;
}

export class Stage {
  readonly home: string;
  /** Everything that the operations have printed. */
  printed = "";

  constructor(readonly options: StageOptions) {
    this.home = mkdtempSync(join(tmpdir(), `flask-doks-${options.stack}-`));
  }

  /** Throws the state and the copied sources away. */
  strike(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  /** The blog as the committed stack file has it, with changes; `null` takes a key away. */
  blog(changes: JsonObject = {}): JsonObject {
    const { config } = parse(readFileSync(join(ROOT, `Pulumi.${this.options.stack}.yaml`), "utf8")) as {
      config: { "flask-doks:apps": JsonObject[] };
    };
    const blog = { ...config["flask-doks:apps"][0], ...changes };
    return Object.fromEntries(Object.entries(blog).filter(([, value]) => value !== null));
  }

  /** A copy of the blog's source that a test may change. */
  copySource(name: string): string {
    const folder = join(this.home, name);
    mkdirSync(folder);
    cpSync(join(ROOT, "app", "blog"), folder, { recursive: true });
    return folder;
  }

  /** The copy that was made under that name. */
  copiedSource(name: string): string {
    return join(this.home, name);
  }

  /** The cluster's config with changes. */
  clusterWith(changes: JsonObject): JsonObject {
    return { ...(this.options.overrides["cluster"] as JsonObject), ...changes };
  }

  /** Files of the stack's state and work folders in which a text stands in clear. */
  filesWith(text: string): string[] {
    const folder = join(this.home, "stack");
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes(text));
  }

  /** Starts an operation and kills it with all its processes, as a power cut would, when `moment` has come. */
  async killAt(operation: Order["operation"], changes: Changes, moment: () => Promise<void>): Promise<void> {
    const { child, outcome } = this.start(operation, changes);
    const ended = outcome.then(
      () => {
        throw new Error(`the ${operation} had ended before it was killed`);
      },
      () => undefined,
    );
    await Promise.race([moment(), ended]);
    for (const pid of descendants(child.pid ?? 0)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        // One that has ended meanwhile need not be killed.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    await ended;
  }

  /** Runs one operation to its end. */
  async run(operation: Order["operation"], changes: Changes = {}): Promise<Outcome> {
    return this.start(operation, changes).outcome;
  }

  /** Starts one operation, to be watched or interrupted. */
  start(operation: Order["operation"], changes: Changes = {}): Running {
    const { stack, overrides, secrets, env } = this.options;
    const file = join(this.home, "outcome.json");
    rmSync(file, { force: true });
    const order: Order = {
      stack: changes.stack ?? stack,
      operation,
      home: join(this.home, changes.home ?? "stack"),
      overrides: { ...overrides, apps: [this.blog(changes.blog)], ...changes.config },
      secrets: changes.secrets ?? secrets,
      env: { ...env, ...changes.env },
      program: changes.program ?? "index",
      outcome: file,
      ...(changes.protected === undefined ? {} : { protected: changes.protected }),
    };
    const child = spawn(
      process.execPath,
      ["--require", join(__dirname, "typescript.cjs"), join(__dirname, "operate.ts")],
      {
        cwd: ROOT,
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    child.stdin.end(JSON.stringify(order));
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.setEncoding("utf8").on("data", (text: string) => {
        this.printed += text;
        to.write(text);
      });
    }
    const outcome = new Promise<Outcome>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        try {
          resolve(JSON.parse(readFileSync(file, "utf8")) as Outcome);
        } catch {
          reject(
            new Error(`the ${operation} ended without an outcome (code ${code ?? "none"}, signal ${signal ?? "none"})`),
          );
        }
      });
    });
    return { child, outcome };
  }

  /** Writes a file beside the stack's, such as a kubeconfig that leads nowhere, and gives its path. */
  write(name: string, text: string): string {
    const path = join(this.home, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}
