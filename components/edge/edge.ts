import * as pulumi from "@pulumi/pulumi";
import type { CertManagerImages } from "../../lib/certManagerValues";
import type { EdgeAccess } from "../../lib/edge";
import type { IssuerKind } from "../../lib/issuerSpec";
import type { LoadBalancerAddress } from "../../lib/loadBalancerAddress";
import { CertificateIssuer } from "./certificateIssuer";
import { CertManager } from "./certManager";
import { IngressController, type IngressControllerArgs } from "./ingressController";

/** Arguments of {@link Edge}. */
export interface EdgeArgs {
  /** Ingress class that the apps name. */
  className: string;
  /** Namespace of the controller. */
  namespace: string;
  /** The Ingress controller to install; none where the cluster has one already. A plain value, as the issuer is. */
  controller?: Omit<IngressControllerArgs, "className" | "namespace" | "replicas"> | undefined;
  /** Who issues certificates; none for no certificates. */
  issuer?:
    | {
        kind: IssuerKind;
        email?: string | undefined;
        server?: string | undefined;
        serverCa?: string | undefined;
        challenge: "http01" | "dns01";
        dnsToken?: pulumi.Input<string> | undefined;
        selfCheck: boolean;
      }
    | undefined;
  /** Number of pods of each part. */
  replicas: number;
  /** Where cert-manager's chart is taken from, if not from its public home. */
  certManagerChart?: string | undefined;
  /** cert-manager's images, by digest. */
  certManagerImages: CertManagerImages;
}

/**
 * The way in that the apps of a stack share. Creates the Ingress controller with its load balancer, cert-manager and the
 * issuer of certificates: each only where the stack wants it.
 */
export class Edge extends pulumi.ComponentResource implements EdgeAccess {
  /** Ingress class that the apps name. */
  readonly className: pulumi.Output<string>;
  /** Namespace that requests come from. */
  readonly namespace: pulumi.Output<string>;
  /** Where the load balancer is reached; none with node ports, and with a controller of somebody else's. */
  readonly address: pulumi.Output<LoadBalancerAddress> | undefined;
  /** Name of the ClusterIssuer; none without certificates. */
  readonly issuer: pulumi.Output<string> | undefined;
  /** What answers for Ingress objects and certificates, from their first to their last. */
  readonly after: pulumi.Resource[] = [];

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:edge:Edge", name, args, opts);
    const { className, namespace, replicas } = args;
    const child = { parent: this };

    if (args.controller === undefined) {
      this.className = pulumi.output(className);
      this.namespace = pulumi.output(namespace);
    } else {
      const controller = new IngressController(name, { ...args.controller, className, namespace, replicas }, child);
      this.className = controller.className;
      this.namespace = controller.namespace;
      this.address = controller.address;
      this.after.push(controller.release);
    }

    if (args.issuer !== undefined) {
      const { certManagerChart: chart, certManagerImages: images } = args;
      const certManager = new CertManager(`${name}-certificates`, { chart, images, replicas }, child);
      const issuer = new CertificateIssuer(
        name,
        {
          ...args.issuer,
          className: this.className,
          namespace: certManager.namespace,
          after: [certManager.release],
        },
        child,
      );
      this.issuer = issuer.issuer;
      this.after.push(issuer);
    }

    this.registerOutputs({
      className: this.className,
      namespace: this.namespace,
      address: this.address,
      issuer: this.issuer,
    });
  }
}
