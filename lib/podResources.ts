import type { types } from "@pulumi/kubernetes";

/** CPU and memory of a pod: what is reserved, and the memory (and, when given, CPU) above which it is held. */
export interface PodResources {
  requests: { cpu: string; memory: string };
  limits: { memory: string; cpu?: string };
}

/**
 * A container's resources, with room on the node's disk for its logs and temporary files: so much of it at most.
 * No CPU limit unless config asks for one: it would slow requests down while the node idles.
 */
export function containerResources(resources: PodResources, disk = "512Mi"): types.input.core.v1.ResourceRequirements {
  return {
    requests: { ...resources.requests, "ephemeral-storage": "64Mi" },
    limits: { ...resources.limits, "ephemeral-storage": disk },
  };
}
