import type { types } from "@pulumi/kubernetes";

/**
 * A budget that lets one pod of a set go at a time. `minAvailable: 1` on one replica would block every drain of its node,
 * and so would a pod that is broken anyway (K8).
 */
export const oneAtATime = (matchLabels: Record<string, string>): types.input.policy.v1.PodDisruptionBudgetSpec => ({
  maxUnavailable: 1,
  unhealthyPodEvictionPolicy: "AlwaysAllow",
  selector: { matchLabels },
});
