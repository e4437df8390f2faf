/** The stage of the lifecycle suite: a real node, the real engine, and the unchanged program on the stack `local`. */
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import type { JsonObject } from "../../local/engine/stack";
import { loadContext } from "../../local/kubeconfig";
import { startNode, stopNode } from "../../local/node/node";
import { onNode, type ReadyCluster } from "../../local/place";
import { stepPrinter } from "../../local/steps";
import type { Order, Outcome } from "./order";

const ROOT = join(__dirname, "..", "..");

export class Stage {
  readonly kubeconfig: KubeConfig;
  private readonly home = mkdtempSync(join(tmpdir(), "flask-doks-lifecycle-"));

  private constructor(readonly cluster: ReadyCluster) {
    this.kubeconfig = loadContext(cluster.place.context, cluster.place.kubeconfig);
  }

  /** Starts a fresh node: what an earlier run left there is thrown away. */
  static async set(): Promise<Stage> {
    const { step } = stepPrinter();
    await stopNode("lifecycle", { purge: true }, step);
    return new Stage(onNode(await startNode("lifecycle", step)));
  }

  /** Stops everything that the suite started. */
  async strike(): Promise<void> {
    await stopNode("lifecycle", { purge: true }, stepPrinter().step);
    rmSync(this.home, { recursive: true, force: true });
  }

  /** The blog as the committed stack file has it, with changes; `null` takes a key away. */
  blog(changes: JsonObject = {}): JsonObject {
    const { config } = parse(readFileSync(join(ROOT, "Pulumi.local.yaml"), "utf8")) as {
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

  /** Where the blog answers: the same in every test, for its node port is in the committed stack file. */
  get url(): string {
    const { address } = this.cluster.overrides["cluster"] as { address: string };
    const { nodePort } = this.blog() as { nodePort: number };
    return `http://${address}:${nodePort}/`;
  }

  /** The cluster's config with changes. */
  clusterWith(changes: JsonObject): JsonObject {
    return { ...(this.cluster.overrides["cluster"] as JsonObject), ...changes };
  }

  /** A kubeconfig with the right context and a server that nobody listens at. */
  kubeconfigOfNowhere(): string {
    const path = join(this.home, "kubeconfig-of-nowhere");
    const text = readFileSync(this.cluster.place.kubeconfig ?? "", "utf8");
    writeFileSync(path, text.replace(/server: .*/, "server: https://127.0.0.1:6553"), { mode: 0o600 });
    return path;
  }

  /** Files of the stack's state and work folders in which a text stands in clear. */
  filesWith(text: string): string[] {
    const folder = join(this.home, "stack");
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes(text));
  }

  /** Starts an operation and kills it with all its processes, as a power cut would. */
  async killAfter(operation: Order["operation"], changes: Changes, seconds: number): Promise<void> {
    const { child, outcome } = this.start(operation, changes);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    for (const pid of descendants(child.pid ?? 0)) {
      process.kill(pid, "SIGKILL");
    }
    await outcome.then(
      () => {
        throw new Error(`the ${operation} had ended before it was killed`);
      },
      () => undefined,
    );
  }

  /** Runs one operation to its end. */
  async run(operation: Order["operation"], changes: Changes = {}): Promise<Outcome> {
    return this.start(operation, changes).outcome;
  }

  /** Starts one operation, to be watched or interrupted. */
  start(operation: Order["operation"], changes: Changes = {}): { child: ChildProcess; outcome: Promise<Outcome> } {
    const file = join(this.home, "outcome.json");
    rmSync(file, { force: true });
    const order: Order = {
      operation,
      home: join(this.home, changes.home ?? "stack"),
      overrides: { ...this.cluster.overrides, apps: [this.blog(changes.blog)], ...changes.config },
      secrets: changes.secrets ?? this.cluster.secrets,
      env: { ...this.cluster.env, ...changes.env },
      program: changes.program ?? "index",
      outcome: file,
    };
    const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "operate.ts")], {
      cwd: ROOT,
      stdio: ["pipe", "inherit", "inherit"],
    });
    child.stdin.end(JSON.stringify(order));
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
}

/** A process and all that it started, by id. */
function descendants(pid: number): number[] {
  const pairs = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // After the command's name, which may hold anything: the state, and the parent's id.
        const [, parent] =
          readFileSync(join("/proc", name, "stat"), "utf8")
            .split(") ")[1]
            ?.split(" ") ?? [];
        return [[Number(name), Number(parent)]];
      } catch {
        return [];
      }
    });
  const found = [pid];
  for (const parent of found) {
    found.push(...pairs.flatMap(([own, of]) => (own !== undefined && of === parent ? [own] : [])));
  }
  return found;
}

/** What an operation is to do differently from the committed stack file. */
export interface Changes {
  blog?: JsonObject;
  config?: JsonObject;
  secrets?: Order["secrets"];
  env?: Record<string, string>;
  program?: Order["program"];
  /** Name of another state than the suite's own. */
  home?: string;
}
