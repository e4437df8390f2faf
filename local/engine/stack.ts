/** Runs operations of the real Pulumi engine on a stack, with the project's unchanged program in this process. */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  LocalWorkspace,
  type OutputMap,
  type PreviewOptions,
  type Stack,
  type UpdateSummary,
  type UpOptions,
} from "@pulumi/pulumi/automation";
import { run } from "../command";
import { TAKE_OVER } from "../providers/kubernetes";
import { UserError } from "../steps";
import { type PulumiCli, QUIET_ENV } from "./cli";
import {
  explained,
  Interrupted,
  isWriting,
  type Operation,
  OperationFailed,
  type OperationOptions,
  type OperationResult,
} from "./operation";
import { FailedCreates } from "./failedCreates";
import { forgotten, halfMade } from "./halfMade";
import { recover } from "./recovery";
import { Report } from "./report";
import { CliFailed, makeRunner } from "./runner";
import { type JsonObject, type SecretSetting, type Settings, writeSettings } from "./settings";
import { Standstill } from "./standstill";
import { StackState } from "./stackState";
import { pendingOf, protectedNames, resourcesOf } from "./state";
import { StateCli } from "./stateCli";

export type { JsonObject, OperationOptions, OperationResult, SecretSetting };
export { Interrupted, OperationFailed };

export interface StackOptions {
  stack: string;
  /** Holds `state/`, `passphrase` and `work/`, such as `<repository>/.local`. */
  home: string;
  /** Where the state is kept, such as `s3://bucket?endpoint=…`. Default: `<home>/state`. Its credentials are in `env`. */
  backend?: string;
  /** A file with the passphrase, shared with others who work on the stack. Default: `<home>/passphrase`, made here. */
  passphraseFile?: string;
  /** Whether the environment says what the passphrase is, if the backend needs one. */
  passphraseFromEnvironment?: boolean;
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
  /** Whether the lock of a run that was killed on this machine is taken over. Default: it is. */
  takesOverLocks?: boolean;
  /** How long a recovery waits for what is still being made; its own defaults otherwise. */
  recovery?: { waitMs?: number; pollMs?: number };
}

type EngineOptions = Pick<PreviewOptions & UpOptions, "onEvent" | "parallel" | "plan" | "policyPacks" | "refresh">;

export class OpenStack {
  readonly #env: Record<string, string>;
  readonly #runner: ReturnType<typeof makeRunner>;
  readonly #state: StackState;
  readonly #failedCreates: FailedCreates;
  #stack: Stack | undefined;
  /** The engine was ended before it could write down what it did. */
  #cutOff = false;

  constructor(
    private readonly options: StackOptions,
    private readonly settings: Settings,
  ) {
    const { stack, cli, backend, note = () => undefined } = options;
    const folder = join(options.home, "state");
    this.#runner = makeRunner(cli);
    this.#env = {
      ...QUIET_ENV,
      ...options.env,
      PULUMI_BACKEND_URL: options.backend ?? `file://${folder}`,
      ...(settings.passphraseFile === undefined ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: settings.passphraseFile }),
    };
    this.#state = new StackState({
      project: settings.project,
      stack,
      folder: backend === undefined ? folder : undefined,
      cli: new StateCli({ cli: cli.path, folder: settings.work, env: this.#env, stack }),
      note,
      takesOver: options.takesOverLocks !== false,
    });
    this.#failedCreates = new FailedCreates(join(settings.work, `failedCreates.${stack}.json`));
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

  /** Says how the real resources differ from the state (P8). With none that does, it has no changes. */
  async drift(options: OperationOptions = {}): Promise<OperationResult> {
    return this.#operate("drift", options, (stack, engine) => stack.previewRefresh(engine));
  }

  /**
   * Deletes everything that the stack has, or all but what is protected.
   *
   * @throws UserError that names what is protected, if anything is and it is not to stay; then nothing was deleted.
   */
  async destroy(options: OperationOptions = {}): Promise<OperationResult> {
    const { excludeProtected = false } = options;
    await this.#state.freeLock();
    if (!excludeProtected) await this.#refuseProtected();
    await this.#recover(options);
    return this.#operate("destroy", options, (stack, engine) => stack.destroy({ ...engine, excludeProtected }));
  }

  /** Brings the state in line with the real resources. */
  async refresh(options: OperationOptions = {}): Promise<OperationResult> {
    await this.#state.freeLock();
    const state = await this.#state.read();
    const clearPendingCreates = pendingOf(state).length > 0;
    const failed = this.#failedCreates.read().length;
    if (halfMade(state).length > 0 || forgotten(state).length > 0 || failed > 0) await this.#takeIn();
    return this.#operate("refresh", options, (stack, engine) => stack.refresh({ ...engine, clearPendingCreates }));
  }

  /** After an `up` that failed: takes in what it made all the same, while this machine still knows that it tried. */
  async settle(): Promise<void> {
    if (this.#failedCreates.read().length > 0) await this.#takeIn();
  }

  /** The outputs of the last `up`, secrets in clear and marked. */
  async outputs(): Promise<OutputMap> {
    return (await this.#open()).outputs();
  }

  /** The newest hundred updates of the stack, the newest first, as the backend has written them down. */
  async history(): Promise<UpdateSummary[]> {
    return (await this.#open()).history(100, 1, false);
  }

  /** When the state was written last; empty for a stack of which nothing was. */
  async stateTime(): Promise<string> {
    await this.#open();
    const { deployment } = (await this.#state.read()) as { deployment: { manifest?: { time?: string } } | null };
    const time = deployment?.manifest?.time ?? "";
    // How Go writes no time at all.
    return time.startsWith("0001-") ? "" : time;
  }

  /** Takes away a lock that somebody left behind, whoever it was. */
  async cancel(): Promise<void> {
    await this.#state.cli.cancel();
  }

  /** There while an `up` runs, and afterwards if it had no chance to end in order. */
  get #unfinishedFile(): string {
    return join(this.settings.work, `unfinished.${this.options.stack}`);
  }

  async #open(operation?: Operation): Promise<Stack> {
    if (this.#stack !== undefined) return this.#stack;
    const { stack: stackName, program } = this.options;
    const { project: projectName, work: workDir } = this.settings;
    const args = { stackName, projectName, program };
    const workspace = { workDir, envVars: this.#env, pulumiCommand: this.#runner.command };
    const exists = await this.#state.exists(operation !== undefined && isWriting(operation));
    const create = () => LocalWorkspace.createStack(args, workspace);
    this.#stack = !exists
      ? await create()
      : await LocalWorkspace.selectStack(args, workspace).catch((error: unknown) => {
          if (exists === "perhaps" && error instanceof CliFailed && error.stderr.includes("no stack named"))
            return create();
          throw error;
        });
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

  /** After a run that was killed in the middle of operations, or failed to create: looks at what became of them. */
  async #recover(options: OperationOptions): Promise<void> {
    await this.#state.freeLock();
    const pending = pendingOf(await this.#state.read()).length;
    if (pending > 0) {
      this.options.note?.(`The last run was cut off in ${pending} operation(s); looking at what became of them.`);
      await this.refresh({ ...options, onOutput: () => undefined });
    } else if (this.#failedCreates.read().length > 0) await this.#takeIn();
  }

  /** Takes into the state what exists at DigitalOcean without its knowing. */
  async #takeIn(): Promise<void> {
    const note = this.options.note ?? (() => undefined);
    const creations = this.#failedCreates.read();
    // A stack that was forgotten altogether, and is begun anew.
    if (resourcesOf(await this.#state.read()).length > 0) {
      if (creations.length > 0) {
        note(
          `The last up failed to create ${creations.length} resource(s); looking whether they are there all the same.`,
        );
      }
      const env = { ...process.env, ...this.#env };
      await recover(this.#state.cli, { env, note, creations, ...this.options.recovery });
    }
    this.#failedCreates.clear();
  }

  /** The engine would find out in the middle, having deleted already whatever nothing protected depends on. */
  async #refuseProtected(): Promise<void> {
    const names = protectedNames(await this.#state.read());
    if (names.length === 0) return;
    throw new UserError(
      [
        `The stack "${this.options.stack}" is not destroyed, and nothing was deleted: these resources are protected.`,
        ...names.map((name) => `  ${name}`),
        `To take them down as well, and their data: pulumi config set ${this.settings.project}:dataPolicy delete`,
        'then "pulumi up", then "pulumi destroy" (docs/runbook.md, "Taking a production stack down").',
      ].join("\n"),
    );
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
    { onOutput, onEvent, refresh, ...given }: OperationOptions,
    work: (stack: Stack, engine: EngineOptions) => Promise<unknown>,
  ): Promise<OperationResult> {
    if (isWriting(operation)) await this.#state.freeLock();
    const report = new Report(!isWriting(operation), onOutput);
    const startMs = Date.now();
    const stack = await this.#open(operation);
    const standstill = new Standstill(() => {
      this.#runner.interrupt();
    });
    const engine: EngineOptions = {
      onEvent: (event) => {
        report.onEvent(event);
        onEvent?.(event);
        standstill.onEvent(event);
        if (operation === "up") this.#failedCreates.onEvent(event);
      },
    };
    for (const key of ["parallel", "plan", "policyPacks"] as const) {
      if (given[key] !== undefined) Object.assign(engine, { [key]: given[key] });
    }
    if (refresh === true) engine.refresh = true;
    let outputs: OutputMap = {};
    await this.#interruptible(operation, async () => {
      try {
        const result = await work(stack, engine);
        outputs = (result as { outputs?: OutputMap }).outputs ?? {};
      } catch (error) {
        this.#cutOff = error instanceof CliFailed && error.code === null;
        throw explained(error, { stack: this.options.stack, operation, report });
      } finally {
        standstill.stop();
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
}

/** Readies a stack to be operated on: its folders, its configuration, its passphrase. No login, no prompt. */
export async function openStack(options: StackOptions): Promise<OpenStack> {
  await mkdir(options.home, { recursive: true });
  const { home, stack, overrides, secrets, backend, passphraseFile, passphraseFromEnvironment } = options;
  if (backend === undefined) await mkdir(join(home, "state"), { recursive: true, mode: 0o700 });
  const repository = options.repository ?? join(__dirname, "..", "..");
  const args = { repository, home, stack, overrides, secrets, passphraseFile, passphraseFromEnvironment };
  const settings = await writeSettings(args);
  return new OpenStack(options, settings);
}
