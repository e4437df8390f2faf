/** Checkers of Kubernetes objects and of workflows that know nothing of this project. All run offline. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../../../local/command";
import { goToolchain } from "../../../local/go";
import { cacheFolder } from "../../../local/cacheFolder";
import type { Step } from "../../../local/steps";
import { pythonEnvironment } from "../python";

const KUBE_SCORE = "v1.20.0";
const ACTIONLINT = "v1.7.12";
const KUBERNETES = "1.34";

/** The path of a Go command, built once for the machine. */
async function goCommand(name: string, module: string, version: string, step: Step): Promise<string> {
  const folder = join(cacheFolder(), "bin", `${name}-${version}`);
  const command = join(folder, name);
  if (!existsSync(command)) {
    const go = await goToolchain(step);
    const env = { GOBIN: folder, CGO_ENABLED: "0" };
    const args = ["install", `${module}@${version}`];
    await step(`Building ${name} ${version}`, () => run(go, args, { env, cwd: "/" }));
  }
  return command;
}

/** What kube-score calls critical. */
export interface Finding {
  /** Such as `Deployment/apps/v1/blog/blog`. */
  object: string;
  /** The check's id. */
  check: string;
  summaries: string[];
}

/** Critical findings of kube-score in a YAML file, every one of its default checks applied. */
export async function kubeScore(file: string, step: Step): Promise<Finding[]> {
  const command = await goCommand("kube-score", "github.com/zegl/kube-score/cmd/kube-score", KUBE_SCORE, step);
  const { stdout } = await attempt(command, ["score", "--kubernetes-version", `v${KUBERNETES}`, "-o", "json", file]);
  const objects = JSON.parse(stdout) as {
    object_name: string;
    checks: { check: { id: string }; grade: number; skipped: boolean; comments: { summary: string }[] | null }[];
  }[];
  const CRITICAL = 1;
  return objects.flatMap(({ object_name: object, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade <= CRITICAL)
      .map(({ check, comments }) => ({
        object,
        check: check.id,
        summaries: (comments ?? []).map(({ summary }) => summary),
      })),
  );
}

/** Objects of a YAML file that kubernetes-validate does not find valid, with its reasons; unknown fields are refused. */
export async function kubernetesValidate(file: string, step: Step): Promise<{ passed: number; failed: string[] }> {
  const environment = await pythonEnvironment({ name: "checkers", lock: join(__dirname, "requirements.lock") }, step);
  const command = join(environment, "bin", "kubernetes-validate");
  const { code, stdout, stderr } = await attempt(command, ["--strict", "-k", KUBERNETES, file]);
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  const passed = lines.filter((line) => line.startsWith("INFO ") && line.includes(" passed ")).length;
  const failed = lines.filter((line) => !line.startsWith("INFO "));
  return { passed, failed: code === 0 ? failed : [...failed, `exit code ${code ?? "none"}`] };
}

/** A finding of actionlint, as it says it. */
export interface WorkflowFinding {
  filepath: string;
  line: number;
  /** The check's name. */
  kind: string;
  message: string;
}

/** Findings of actionlint in workflow files. Where shellcheck is installed, scripts are looked at as well. */
export async function actionlint(files: readonly string[], step: Step): Promise<WorkflowFinding[]> {
  const command = await goCommand("actionlint", "github.com/rhysd/actionlint/cmd/actionlint", ACTIONLINT, step);
  const FOUND = 1;
  const { code, stdout, stderr } = await attempt(command, ["-format", "{{json .}}", ...files]);
  if (code !== 0 && code !== FOUND) {
    throw new Error(`actionlint ended with ${code ?? "no code"}: ${stderr.trim()}`);
  }
  const findings = JSON.parse(stdout) as WorkflowFinding[];
  return findings.map(({ filepath, line, kind, message }) => ({ filepath, line, kind, message }));
}
