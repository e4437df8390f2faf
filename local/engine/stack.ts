/** Runs operations of the real Pulumi engine on a stack, with the project's unchanged program in this process. */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ConcurrentUpdateError, LocalWorkspace, type OutputMap, type Stack } from "@pulumi/pulumi/automation";
import { run } from "../command";
import { TAKE_OVER } from "../providers/kubernetes";
import { UserError } from "../steps";
import { type PulumiCli, QUIET_ENV } from "./cli";
import { isPulumiRunning, judgeLock, lockedSentence, mendState, readLocks } from "./lock";
import { Interrupted, OperationFailed, type OperationOptions, type OperationResult } from "./operation";
import { Report, sentence } from "./report";
import { CliFailed, makeRunner } from "./runner";
import { type JsonObject, type SecretSetting, type Settings, writeSettings } from "./settings";

export type { JsonObject, OperationOptions, OperationResult, SecretSetting };
export { Interrupted, OperationFailed };

export interface StackOptions {
  stack: string;
  /** Holds `state/`, `passphrase` and `work/`, such as `<repository>/.local`. */
  home: string;
  /** The folder with Pulumi.yaml and the stack files. Default: this repository. */
  repository?: string;
  /** What `pulumi up` would run: requires the program's index.ts and returns its exports. */
  program: () => Promise<Record<string, unknown>>;
  /** Laid over the committed stack file's config, without the project's name, such as `{ cluster: { kubeconfig } }`. */
  overrides: JsonObject;
  secrets: SecretSetting[];
  /** For the engine, such as what `preparePlugins` gave. */
  env: Record<string, string>;
  cli: PulumiCli;
  /** Takes sentences about what is done besides, such as the recovery from an interrupted run. */
  note?: (text: string) => void;
}

type Operation = "up" | "preview" | "destroy" | "refresh";
interface EngineOptions {
  onEvent: Report["onEvent"];
  parallel?: number;
  refresh?: boolean;
}

export class OpenStack {
  readonly #env: Record<string, string>;
  readonly #runner: ReturnType<typeof makeRunner>;
  #stack: Stack | undefined;
  /** The engine was ended before it could write down what it did. */
  #cutOff = false;

  constructor(
    private readonly options: StackOptions,
    private readonly settings: Settings,
  ) {
    this.#runner = makeRunner(options.cli);
    this.#env = {
      ...QUIET_ENV,
      ...options.env,
      PULUMI_BACKEND_URL: `file://${this.#state}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: settings.passphraseFile,
    };
  }

  /** Creates and changes what the program describes. */
  async up(options: OperationOptions = {}): Promise<OperationResult> {
    await this.#recover(options);
    this.#takeOverHalfMade();
    await writeFile(this.#unfinishedFile, "");
    try {
      return await this.#operate("up", options, (stack, engine) => stack.up(engine));
    } finally {
      Reflect.deleteProperty(process.env, TAKE_OVER);
      if (!this.#cutOff) await rm(this.#unfinishedFile, { force: true });
    }
  }

  /** Says what `up` would do. */
  async preview(options: OperationOptions = {}): Promise<OperationResult> {
    return this.#operate("preview", options, (stack, engine) => stack.preview(engine));
  }

  /** Deletes everything that the stack has. */
  async destroy(options: OperationOptions = {}): Promise<OperationResult> {
    await this.#recover(options);
    return this.#operate("destroy", options, (stack, engine) => stack.destroy(engine));
  }

  /** Brings the state in line with the real resources. */
  async refresh(options: OperationOptions = {}): Promise<OperationResult> {
    await this.#freeLock();
    const clearPendingCreates = (await this.#pendingOperations()) > 0;
    return this.#operate("refresh", options, (stack, engine) => stack.refresh({ ...engine, clearPendingCreates }));
  }

  /** The outputs of the last `up`, secrets in clear and marked. */
  async outputs(): Promise<OutputMap> {
    return (await this.#open()).outputs();
  }

  /** Takes away a lock that somebody left behind, whoever it was. */
  async cancel(): Promise<void> {
    await (await this.#open()).cancel();
  }

  get #state(): string {
    return join(this.options.home, "state");
  }

  get #stateFile(): string {
    return join(this.#state, ".pulumi", "stacks", this.settings.project, `${this.options.stack}.json`);
  }

  /** There while an `up` runs, and afterwards if it had no chance to end in order. */
  get #unfinishedFile(): string {
    return join(this.settings.work, `unfinished.${this.options.stack}`);
  }

  async #open(): Promise<Stack> {
    if (this.#stack !== undefined) return this.#stack;
    const { stack: stackName, program } = this.options;
    const { project: projectName, work: workDir } = this.settings;
    const args = { stackName, projectName, program };
    const workspace = { workDir, envVars: this.#env, pulumiCommand: this.#runner.command };
    this.#stack = existsSync(this.#stateFile)
      ? await LocalWorkspace.selectStack(args, workspace)
      : await LocalWorkspace.createStack(args, workspace);
    await this.#encryptSecrets();
    return this.#stack;
  }

  /** Values go through standard input: an argument could be read by every user of the machine. */
  async #encryptSecrets(): Promise<void> {
    for (const { path, value } of this.settings.changedSecrets) {
      const args = ["config", "set", "--path", path, "--secret", "--raw", "--stack", this.options.stack];
      const env = { ...this.#env };
      await run(this.options.cli.path, args, { cwd: this.settings.work, env, input: value, timeoutSeconds: 60 });
    }
    await this.settings.remember();
  }

  /** Refuses to run beside another run, and clears up after one that was killed. */
  async #freeLock(): Promise<void> {
    const locks = await readLocks(this.#state, this.settings.project, this.options.stack);
    const held = locks.find((lock) => judgeLock(lock, hostname(), isPulumiRunning) === "held");
    if (held !== undefined) throw new UserError(lockedSentence(this.options.stack, held));
    if (locks.length === 0) return;
    this.options.note?.(`The last run on the stack "${this.options.stack}" was killed; taking over its lock.`);
    if (await mendState(this.#stateFile)) {
      this.options.note?.("The writing of its state was cut off; it has been repaired.");
    }
    await this.cancel();
  }

  /** How many operations a run that was killed had begun and not ended. */
  async #pendingOperations(): Promise<number> {
    if (!existsSync(this.#stateFile)) return 0;
    const { checkpoint } = JSON.parse(await readFile(this.#stateFile, "utf8")) as {
      checkpoint: { latest?: { pending_operations?: unknown[] } };
    };
    return checkpoint.latest?.pending_operations?.length ?? 0;
  }

  /** After a run that was killed in the middle of operations: looks at what became of them. */
  async #recover(options: OperationOptions): Promise<void> {
    await this.#freeLock();
    const pending = await this.#pendingOperations();
    if (pending === 0) return;
    this.options.note?.(`The last run was cut off in ${pending} operation(s); looking at what became of them.`);
    await this.refresh({ ...options, onOutput: () => undefined });
  }

  /**
   * After an `up` that was killed, objects may exist in the cluster without the state knowing. The Kubernetes provider
   * would refuse them as somebody else's; it is told to take them over, for this one run.
   */
  #takeOverHalfMade(): void {
    if (!existsSync(this.#unfinishedFile)) return;
    this.options.note?.("The last run was killed; objects that it left half made are taken over.");
    // Not in this process's own environment: there the SDK would make provider settings of them, a change of its own.
    this.#env["PULUMI_K8S_UPSERT_EXISTING_OBJECTS"] = "true";
    this.#env["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true";
    process.env[TAKE_OVER] = "true";
    this.#stack = undefined;
  }

  async #operate(
    operation: Operation,
    { onOutput, refresh, parallel }: OperationOptions,
    work: (stack: Stack, engine: EngineOptions) => Promise<unknown>,
  ): Promise<OperationResult> {
    await this.#freeLock();
    const report = new Report(operation === "preview", onOutput);
    const startMs = Date.now();
    const stack = await this.#open();
    const engine: EngineOptions = { onEvent: report.onEvent };
    if (parallel !== undefined) engine.parallel = parallel;
    if (refresh === true) engine.refresh = true;
    let outputs: OutputMap = {};
    await this.#interruptible(operation, async () => {
      try {
        const result = await work(stack, engine);
        outputs = (result as { outputs?: OutputMap }).outputs ?? {};
      } catch (error) {
        this.#cutOff = error instanceof CliFailed && error.code === null;
        throw await this.#explain(error, operation, report);
      }
    });
    const seconds = (Date.now() - startMs) / 1000;
    const summary = report.summary();
    const { changes, counts, diagnostics } = report;
    onOutput?.(`  ${operation} of "${this.options.stack}": ${summary} (${seconds.toFixed(1)} s)`);
    return { changes, counts, diagnostics, summary, seconds, outputs };
  }

  /** Passes Ctrl-C on to the engine: the first one lets it finish what it has begun, the second ends it. */
  async #interruptible(operation: Operation, work: () => Promise<void>): Promise<void> {
    let times = 0;
    let lastMs = 0;
    const interrupt = () => {
      // npm and npx pass on a signal that the terminal has sent to us already: the same key press twice.
      if (Date.now() - lastMs < 1000) return;
      lastMs = Date.now();
      times++;
      const slowly = `Stopping: waiting for what has begun. Press Ctrl-C again to stop at once.`;
      this.options.note?.(times === 1 ? slowly : "Stopping at once.");
      this.#cutOff = times > 1;
      this.#runner.interrupt();
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, interrupt);
    const stopped = () =>
      new Interrupted(`The ${operation} was stopped. Nothing is lost: simply run it again and it goes on from there.`);
    try {
      await work();
      if (times > 0) throw stopped();
    } catch (error) {
      throw times > 0 ? stopped() : error;
    } finally {
      for (const signal of signals) process.off(signal, interrupt);
    }
  }

  /** The engine's failure as a sentence. */
  async #explain(error: unknown, operation: Operation, report: Report): Promise<unknown> {
    const { stack } = this.options;
    if (
      error instanceof ConcurrentUpdateError ||
      (error instanceof CliFailed && error.stderr.includes("is currently locked by"))
    ) {
      const [lock] = await readLocks(this.#state, this.settings.project, stack);
      if (lock !== undefined) return new UserError(lockedSentence(stack, lock));
    }
    if (!(error instanceof CliFailed)) return error;
    const { errors, changes } = report;
    const told =
      errors.length > 0 ? errors.map(({ message }) => message) : [sentence(error.stderr.trim() || error.stdout.trim())];
    const [first = "unknown reason"] = told;
    const [line = first] = first.split("\n");
    const more = told.length > 1 ? ` (and ${told.length - 1} more)` : "";
    return new OperationFailed(
      `The ${operation} of "${stack}" failed: ${line.replace(/:$/, ", told above")}${more}`,
      errors,
      changes,
    );
  }
}

/** Readies a stack to be operated on: its folders, its configuration, its passphrase. No login, no prompt. */
export async function openStack(options: StackOptions): Promise<OpenStack> {
  await mkdir(options.home, { recursive: true });
  const { home, stack, overrides, secrets } = options;
  const repository = options.repository ?? join(__dirname, "..", "..");
  const settings = await writeSettings({ repository, home, stack, overrides, secrets });
  return new OpenStack(options, settings);
}
