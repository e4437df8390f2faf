/** Runs Helm against the cluster of a provider's settings. What nobody may see goes by files and by standard input. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandResult } from "../../command";
import { prepareHelm } from "../../helm";
import { stepPrinter } from "../../steps";
import type { Settings } from "../provider";
import { Unreachable } from "./client";

/** Helm ended with an error; the message is what it said, without the warnings before it, which quote values. */
export class HelmFailed extends Error {
  override readonly name = "HelmFailed";
  constructor({ code, stderr }: CommandResult) {
    const said = /^Error: ([\s\S]*)$/m.exec(stderr)?.[1]?.trim();
    super(said ?? (code === null ? "helm was stopped, or could not be run" : `helm ended with code ${code}`));
  }
}

export interface RunOptions {
  /** What it reads from its standard input. */
  input?: string;
  /** Fires when it is to stop: Helm then marks the release as failed. */
  signal?: AbortSignal;
}

export class Helm {
  constructor(
    private readonly path: string,
    /** Those that say which cluster and namespace. */
    private readonly target: readonly string[],
  ) {}

  /** Runs it to its end, however it ends. */
  attempt(args: readonly string[], { input, signal }: RunOptions = {}): Promise<CommandResult> {
    return new Promise((resolve) => {
      const child = spawn(this.path, [...args, ...this.target], {
        env: { ...process.env, ...OUTSIDE_SETTINGS },
        stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
        ...(signal === undefined ? {} : { signal, killSignal: "SIGTERM" as const }),
      });
      let stdout = "";
      let stderr = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      // Also emitted when the signal fires; Helm is then still busy writing down that the release failed.
      child.on("error", (error) => {
        if (child.pid === undefined) resolve({ code: null, stdout, stderr: `Error: ${error.message}` });
      });
      child.on("close", (code) => {
        resolve({ code, stdout, stderr });
      });
      child.stdin?.on("error", () => undefined).end(input);
    });
  }

  /** What it printed. Throws `HelmFailed`. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const result = await this.attempt(args, options);
    if (result.code !== 0) throw new HelmFailed(result);
    return result.stdout;
  }
}

/** Variables by which a shell could lead Helm to another cluster than the provider's, or make it print values. */
const OUTSIDE_SETTINGS: Record<string, undefined> = Object.fromEntries(
  [
    "HELM_DEBUG",
    "HELM_KUBEAPISERVER",
    "HELM_KUBEASGROUPS",
    "HELM_KUBEASUSER",
    "HELM_KUBECAFILE",
    "HELM_KUBECONTEXT",
    "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
    "HELM_KUBETLS_SERVER_NAME",
    "HELM_KUBETOKEN",
    "HELM_NAMESPACE",
  ].map((name) => [name, undefined]),
);

/** Whether the kubeconfig of the settings is a file, or the content of one, or left to Helm to be found. */
function kubeconfigOf(settings: Settings): { file?: string; content?: string } {
  const given = settings["kubeconfig"];
  if (typeof given !== "string" || given === "") return {};
  if (existsSync(given)) return { file: given };
  if (/[\n{]/.test(given)) return { content: given };
  throw new Unreachable(`there is no kubeconfig file ${given}`);
}

/** Does `work` with a Helm that is led to the settings' cluster. A kubeconfig file that this takes is removed again. */
export async function withHelm<T>(settings: Settings, namespace: string, work: (helm: Helm) => Promise<T>): Promise<T> {
  const { file, content } = kubeconfigOf(settings);
  const path = await prepareHelm(stepPrinter().step);
  const folder = content === undefined ? undefined : await mkdtemp(join(tmpdir(), "flask-doks-helm-"));
  try {
    const target = ["--namespace", namespace];
    const context = settings["context"];
    if (typeof context === "string" && context !== "") target.push("--kube-context", context);
    if (file !== undefined) target.push("--kubeconfig", file);
    if (folder !== undefined && content !== undefined) {
      const own = join(folder, "kubeconfig");
      await writeFile(own, content, { mode: 0o600 });
      target.push("--kubeconfig", own);
    }
    return await work(new Helm(path, target));
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
