import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { issuerSpec, type IssuerSettings } from "../../lib/issuerSpec";
import { partLabels } from "../../lib/labels";

/** Arguments of {@link CertificateIssuer}. */
export interface CertificateIssuerArgs extends Omit<IssuerSettings, "dnsTokenSecret" | "className"> {
  /** Ingress class of the controller that takes the issuer's questions. */
  className: pulumi.Input<string>;
  /** Namespace of cert-manager. */
  namespace: pulumi.Input<string>;
  /** DigitalOcean API token that may change the domain's records, a secret; with challenge dns01. */
  dnsToken?: pulumi.Input<string> | undefined;
  /** cert-manager itself: it must answer for issuers from first to last, or their finalizers hang (K6, K12). */
  after: pulumi.Resource[];
}

/**
 * Who issues the certificates of all apps: Let's Encrypt, another ACME server, or cert-manager itself (self-signed).
 * Creates the ClusterIssuer, and with challenge dns01 the Secret with the token that it writes records with.
 */
export class CertificateIssuer extends pulumi.ComponentResource {
  /** Name of the ClusterIssuer. */
  readonly issuer: pulumi.Output<string>;

  constructor(name: string, args: CertificateIssuerArgs, opts?: pulumi.ComponentResourceOptions) {
    // Nothing of a resource: it would come back as a reference, which an up looks up and its preview does not.
    super("flask-doks:edge:CertificateIssuer", name, { className: args.className }, opts);
    const child = { parent: this };

    const dnsTokenSecret =
      args.dnsToken === undefined
        ? undefined
        : new k8s.core.v1.Secret(
            `${name}-dns-token`,
            {
              metadata: { name: "dns-token", namespace: args.namespace, labels: partLabels("cert-manager") },
              type: "Opaque",
              stringData: pulumi.secret({ token: args.dnsToken }),
            },
            child,
          ).metadata.name;

    const issuer = new k8s.apiextensions.CustomResource(
      `${name}-issuer`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "ClusterIssuer",
        metadata: { name: args.kind, labels: partLabels("cert-manager") },
        spec: pulumi
          .all([args.className, dnsTokenSecret])
          .apply(([className, secret]) => issuerSpec({ ...args, className, dnsTokenSecret: secret })),
      },
      { ...child, dependsOn: args.after },
    );
    this.issuer = issuer.metadata.name;

    this.registerOutputs({ issuer: this.issuer });
  }
}
