import { imageParts } from "./imageParts";
import { digestImage } from "./ingressSettings";

/** Namespace of cert-manager, and of the secrets of its issuers. */
export const CERT_MANAGER_NAMESPACE = "cert-manager";

/** The images of cert-manager's parts. */
export interface CertManagerImages {
  controller: string;
  webhook: string;
  cainjector: string;
  acmesolver: string;
  startupapicheck: string;
}

/** Values for the chart cert-manager. */
export function certManagerValues({
  images,
  replicas,
}: {
  images: CertManagerImages;
  /** Number of pods of the controller and the webhook. */
  replicas: number;
}) {
  const image = (reference: string) => digestImage(imageParts(reference));
  const several = replicas > 1;
  const podDisruptionBudget = several ? { enabled: true, maxUnavailable: 1 } : { enabled: false };
  return {
    // Kept when the Release goes: with the definitions every certificate in the cluster would go.
    crds: { enabled: true, keep: true },
    // In its own namespace, where it has rights of its own; not in kube-system.
    global: { leaderElection: { namespace: CERT_MANAGER_NAMESPACE } },
    image: image(images.controller),
    replicaCount: replicas,
    podDisruptionBudget,
    resources: partResources("32Mi", "256Mi"),
    webhook: {
      image: image(images.webhook),
      replicaCount: replicas,
      podDisruptionBudget,
      // DigitalOcean complains of webhooks that may take longer than 29 s (D13).
      timeoutSeconds: 10,
      resources: partResources("24Mi", "128Mi"),
    },
    cainjector: { image: image(images.cainjector), resources: partResources("48Mi", "512Mi") },
    acmesolver: { image: image(images.acmesolver) },
    // The Release is ready when the webhook answers, and not before: issuers come right after it (K6).
    startupapicheck: {
      enabled: true,
      image: image(images.startupapicheck),
      resources: partResources("24Mi", "128Mi"),
    },
  };
}

const partResources = (request: string, limit: string) => ({
  requests: { cpu: "10m", memory: request },
  limits: { memory: limit },
});
