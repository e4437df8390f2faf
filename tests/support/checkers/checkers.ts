/** Checkers of Kubernetes objects that know nothing of this project. Both run offline. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../../../local/command";
import { goToolchain } from "../../../local/go";
import { cacheFolder } from "../../../local/cacheFolder";
import type { Step } from "../../../local/steps";
import { pythonEnvironment } from "../python";

const KUBE_SCORE = "v1.20.0";
const KUBERNETES = "1.34";

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
  const folder = join(cacheFolder(), "bin", `kube-score-${KUBE_SCORE}`);
  const command = join(folder, "kube-score");
  if (!existsSync(command)) {
    const go = await goToolchain(step);
    const env = { GOBIN: folder, CGO_ENABLED: "0" };
    const args = ["install", `github.com/zegl/kube-score/cmd/kube-score@${KUBE_SCORE}`];
    await step(`Building kube-score ${KUBE_SCORE}`, () => run(go, args, { env, cwd: "/" }));
  }
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
