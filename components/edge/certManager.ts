import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CERT_MANAGER_NAMESPACE, type CertManagerImages, certManagerValues } from "../../lib/certManagerValues";
import { chartSource } from "../../lib/chartSource";
import { partLabels } from "../../lib/labels";
import { RESTRICTED_NAMESPACE_LABELS } from "../../lib/podSecurity";
import { CHARTS } from "../../lib/versions";

/** Arguments of {@link CertManager}. */
export interface CertManagerArgs {
  /** Where the chart is taken from, if not from its public home. */
  chart?: string | undefined;
  /** Its images, by digest. */
  images: CertManagerImages;
  /** Number of pods of the controller and the webhook. */
  replicas: number;
}

/**
 * cert-manager, which gets certificates and renews them. Creates its namespace and the Helm release, with the definitions
 * of its kinds, which stay when it goes. It is ready when its webhook answers (K6).
 */
export class CertManager extends pulumi.ComponentResource {
  /** Namespace of the controller, where issuers look for their secrets. */
  readonly namespace: pulumi.Output<string>;
  /** The Helm release. What it has to answer for, such as an issuer, depends on it, and is deleted before it (K11, K12). */
  readonly release: k8s.helm.v3.Release;

  constructor(name: string, args: CertManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:edge:CertManager", name, args, opts);
    const child = { parent: this };

    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: CERT_MANAGER_NAMESPACE,
          labels: { ...RESTRICTED_NAMESPACE_LABELS, ...partLabels("cert-manager") },
        },
      },
      child,
    );
    this.namespace = namespace.metadata.name;

    this.release = new k8s.helm.v3.Release(
      `${name}-cert-manager`,
      {
        ...chartSource(CHARTS.certManager, args.chart),
        // Fixed: an auto-named one that is replaced fails with "invalid ownership metadata" (K5).
        name: "cert-manager",
        namespace: this.namespace,
        // An image may have to be pulled onto a new node (D12).
        timeout: 600,
        values: certManagerValues({ images: args.images, replicas: args.replicas }),
      },
      child,
    );

    // Not the release: a saved plan cannot tell how a resource will be referred to.
    this.registerOutputs({ namespace: this.namespace });
  }
}
