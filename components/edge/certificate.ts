import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labels } from "../../lib/labels";

/** Arguments of {@link Certificate}. */
export interface CertificateArgs {
  /** Name of the app: a plain string, for it names the objects. */
  app: string;
  /** Namespace of the app. */
  namespace: pulumi.Input<string>;
  /** Hosts that the certificate is for. */
  hosts: string[];
  /** Name of the ClusterIssuer. */
  issuer: pulumi.Input<string>;
  /** What must be there first: the hosts' records, and the issuer (D11). */
  after: pulumi.Resource[];
}

/** Name of the Secret with the certificate of an app, in its namespace. */
export const certificateSecret = (app: string): string => `${app}-tls`;

/**
 * The certificate of one app's hosts. Creates the Certificate object; cert-manager gets the certificate itself and renews
 * it. It is not waited for: a domain may not lead here yet, and the app is served meanwhile.
 */
export class Certificate extends pulumi.ComponentResource {
  /** Name of the Secret that holds the certificate and its key. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    // Nothing of a resource: it would come back as a reference, which an up looks up and its preview does not.
    super("flask-doks:edge:Certificate", name, { app: args.app, hosts: args.hosts }, opts);
    const secretName = certificateSecret(args.app);

    const certificate = new k8s.apiextensions.CustomResource(
      `${name}-certificate`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: secretName, namespace: args.namespace, labels: labels(args.app, "web") },
        spec: {
          secretName,
          dnsNames: args.hosts,
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: args.issuer },
          // A new key with each renewal: one that leaked is worth little for long.
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
          usages: ["digital signature", "server auth"],
          revisionHistoryLimit: 2,
        },
      },
      { parent: this, dependsOn: args.after },
    );
    this.secretName = certificate.id.apply(() => secretName);

    this.registerOutputs({ secretName: this.secretName });
  }
}
