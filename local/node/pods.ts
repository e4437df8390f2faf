/** What the API server believes of pods that are gone. */

import { hasContainers } from "./cgroups";
import { kubectl } from "./kubectl";
import type { NodeSettings } from "./settings";

interface PodList {
  items: { status?: { conditions?: { type: string; status: string }[] } }[];
}

/**
 * After a stop or a kill no container runs, but the API server still has every pod as ready, and would until the kubelet
 * has looked. Whoever asks meanwhile must not take them for running: says of each that it is not ready.
 */
export async function forgetReadiness(node: NodeSettings): Promise<void> {
  if (await hasContainers(node)) return;
  const pods = JSON.parse(await kubectl(node, ["get", "pods", "--all-namespaces", "-o", "json"])) as PodList;
  for (const condition of pods.items.flatMap((pod) => pod.status?.conditions ?? [])) {
    if (condition.type === "Ready" || condition.type === "ContainersReady") condition.status = "False";
  }
  if (pods.items.length > 0) await kubectl(node, ["replace", "--subresource=status", "-f", "-"], JSON.stringify(pods));
}
