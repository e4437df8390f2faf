import type { types } from "@pulumi/kubernetes";

/** Labels of a namespace that admits only pods of the Pod Security level `restricted`, and warns on the rest. */
export const RESTRICTED_NAMESPACE_LABELS = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

/** Pod level: a numeric user that is not root, its group on the volumes, the runtime's own seccomp profile. */
export function podSecurityContext(userId: number): types.input.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: userId,
    runAsGroup: userId,
    fsGroup: userId,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** Container level: no way to more rights, no capability, nothing writable but the volumes. */
export function containerSecurityContext(): types.input.core.v1.SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
    privileged: false,
  };
}
