/** What Helm has on record about a release. */

import type { KubernetesObject } from "./client";
import { type Helm, HelmFailed } from "./helm";
import { objectsOf, resourceNames } from "./releaseObjects";
import type { Values } from "../values";

export interface Recorded {
  /** The `status` output of a Release. */
  status: {
    name: string;
    namespace: string;
    chart: string;
    version: string;
    appVersion: string;
    revision: number;
    status: string;
  };
  /** Why the status is as it is. */
  description: string;
  /** The values that were given, without the chart's own. */
  values: Values;
  resourceNames: Record<string, string[]>;
  /** Those of its hooks included. */
  objects: KubernetesObject[];
}

interface StatusAnswer {
  info: { status: string; description?: string };
  config?: Values | null;
  manifest?: string;
  hooks?: { manifest: string }[] | null;
}

/** The release as its last revision is; undefined when there is none, or nothing but the history of one. */
export async function lookUp(helm: Helm, name: string): Promise<Recorded | undefined> {
  const asked = await helm.attempt(["status", name, "--output", "json"]);
  if (asked.code !== 0 && /release: not found/.test(asked.stderr)) return undefined;
  if (asked.code !== 0) throw new HelmFailed(asked);
  const { info, config, manifest = "", hooks } = JSON.parse(asked.stdout) as StatusAnswer;
  if (info.status === "uninstalled") return undefined;
  const answer = await helm.run(["get", "metadata", name, "--output", "json"]);
  const { namespace, chart, version, appVersion, revision } = JSON.parse(answer) as Recorded["status"];
  return {
    status: { name, namespace, chart, version, appVersion, revision, status: info.status },
    description: info.description ?? "",
    values: config ?? {},
    resourceNames: resourceNames(manifest),
    objects: objectsOf([manifest, ...(hooks ?? []).map((hook) => hook.manifest)], namespace),
  };
}

const UNFINISHED = /^(pending-|uninstalling)/;

/**
 * Brings a release that a killed run left in the middle of something to where it can be upgraded: back to its last
 * whole revision, or away when it has none. Helm refuses with "another operation is in progress" otherwise.
 *
 * @param timeoutSeconds How long what goes away may take.
 */
export async function settleUnfinished(
  helm: Helm,
  { status: { name, status } }: Recorded,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (!UNFINISHED.test(status)) return;
  const answer = await helm.run(["history", name, "--max", "256", "--output", "json"]);
  const history = JSON.parse(answer) as { revision: number; status: string }[];
  const whole = history.filter((each) => /^(deployed|superseded|failed)$/.test(each.status));
  const target = whole.findLast((each) => each.status === "deployed") ?? whole.at(-1);
  const timeout = ["--timeout", `${timeoutSeconds}s`];
  // Not waited for: an upgrade follows at once.
  if (status.startsWith("pending-") && target !== undefined) {
    await helm.run(["rollback", name, String(target.revision), ...timeout], { signal });
  } else await helm.run(["uninstall", name, "--wait", ...timeout], { signal });
}
