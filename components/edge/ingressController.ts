import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { chartSource } from "../../lib/chartSource";
import { ingressNginxSelector, ingressNginxValues } from "../../lib/ingressNginxValues";
import type { IngressSettings } from "../../lib/ingressSettings";
import { partLabels } from "../../lib/labels";
import type { LoadBalancerAddress } from "../../lib/loadBalancerAddress";
import { controllerPolicies } from "../../lib/networkPolicies";
import { RESTRICTED_NAMESPACE_LABELS } from "../../lib/podSecurity";
import { traefikSelector, traefikValues } from "../../lib/traefikValues";
import { CHARTS } from "../../lib/versions";
import { LoadBalancer, type LoadBalancerType } from "./loadBalancer";

/** How requests come to the controller: by a load balancer of DigitalOcean's, or at ports of every node. */
export type ControllerWayIn =
  | {
      kind: "loadBalancer";
      /** Name of the load balancer, unique in the account. */
      name: string;
      type: LoadBalancerType;
      sizeUnit: number;
      ipv6: boolean;
    }
  | {
      kind: "nodePort";
      /** Ports for HTTP and HTTPS. */
      http: number;
      https: number;
    };

/** Arguments of {@link IngressController}. */
export interface IngressControllerArgs extends Omit<IngressSettings, "publicService"> {
  /** Which controller: a plain value, for it decides which chart is installed. */
  controller: "nginx" | "traefik";
  /** Namespace of the controller, made here. */
  namespace: string;
  wayIn: ControllerWayIn;
  /** Where the charts are taken from, if not from their public homes. */
  charts: { ingressNginx?: string | undefined; traefik?: string | undefined };
  /** The controllers' images, by digest. */
  images: { ingressNginx: string; ingressNginxCertgen: string; traefik: string };
}

/** Name of the Service in front of the controller. */
const SERVICE = "public";

/** How long Helm waits for a chart's pods, in seconds: an image may have to be pulled onto a new node (D12). */
const INSTALL_SECONDS = 600;

/**
 * The Ingress controller: ingress-nginx or Traefik, serving the same Ingress objects.
 * Creates its namespace with network policies, the Ingress class, the Helm release and the Service in front. The class
 * and the Service are the same for both, so that one can take over from the other while requests come: the new one is
 * ready before the Service leads to it, and the old one goes after that.
 */
export class IngressController extends pulumi.ComponentResource {
  /** Name of the Ingress class. */
  readonly className: pulumi.Output<string>;
  /** Namespace of the controller's pods. */
  readonly namespace: pulumi.Output<string>;
  /** The Helm release. Ingress objects depend on it: its webhook answers for them, to their end (K6). */
  readonly release: k8s.helm.v3.Release;
  /** Where its load balancer is reached; none with node ports. */
  readonly address: pulumi.Output<LoadBalancerAddress> | undefined;

  constructor(name: string, args: IngressControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:edge:IngressController", name, args, opts);
    const child = { parent: this };

    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: args.namespace, labels: { ...RESTRICTED_NAMESPACE_LABELS, ...partLabels("ingress") } } },
      child,
    );
    this.namespace = namespace.metadata.name;
    const metadata = (role: string) => ({ name: role, namespace: this.namespace, labels: partLabels("ingress") });

    const policies = Object.entries(controllerPolicies()).map(
      ([role, spec]) =>
        new k8s.networking.v1.NetworkPolicy(`${name}-${role}`, { metadata: metadata(role), spec }, child),
    );

    const ingressClass = new k8s.networking.v1.IngressClass(
      `${name}-class`,
      {
        metadata: { name: args.className, labels: partLabels("ingress") },
        // Traefik goes by it; ingress-nginx is told the class by its name. It cannot be changed later.
        spec: { controller: "traefik.io/ingress-controller" },
      },
      child,
    );
    this.className = ingressClass.metadata.name;

    const { chart, values, selector, ports } = controllerOf({ ...args, publicService: `${args.namespace}/${SERVICE}` });
    this.release = new k8s.helm.v3.Release(
      `${name}-${args.controller}`,
      {
        ...chart,
        // Fixed: an auto-named one that is replaced fails on what the old one still owns (K5).
        name: RELEASES[args.controller],
        namespace: this.namespace,
        timeout: INSTALL_SECONDS,
        // The program uses none of the charts' own kinds.
        skipCrds: true,
        values,
      },
      { ...child, dependsOn: [...policies, ingressClass] },
    );

    const service = { metadata: metadata(SERVICE), selector, ports, after: [this.release] };
    if (args.wayIn.kind === "loadBalancer") {
      const { name: loadBalancerName, type, sizeUnit, ipv6 } = args.wayIn;
      const { proxyProtocol } = args;
      this.address = new LoadBalancer(
        name,
        { ...service, loadBalancerName, type, sizeUnit, ipv6, proxyProtocol },
        child,
      ).address;
    } else {
      const { http, https } = args.wayIn;
      new k8s.core.v1.Service(
        `${name}-service`,
        {
          metadata: service.metadata,
          spec: {
            type: "NodePort",
            // Keeps the client's address.
            externalTrafficPolicy: "Local",
            selector,
            ports: ports.map((port) => ({
              ...port,
              protocol: "TCP",
              nodePort: port.name === "https" ? https : http,
            })),
          },
        },
        { ...child, dependsOn: service.after },
      );
    }

    // Not the release: a saved plan cannot tell how a resource will be referred to.
    this.registerOutputs({
      className: this.className,
      namespace: this.namespace,
      address: this.address,
    });
  }
}

/** Names of the Helm releases. */
const RELEASES = { nginx: "ingress-nginx", traefik: "traefik" } as const;

/** What differs between the controllers: the chart with its values, and the pods' labels and ports. */
function controllerOf(args: IngressControllerArgs & IngressSettings) {
  const { controller, namespace, charts, images } = args;
  const release = RELEASES[controller];
  const ports = (http: string, https: string) => [
    { name: "http", port: 80, targetPort: http },
    { name: "https", port: 443, targetPort: https },
  ];
  return controller === "nginx"
    ? {
        chart: chartSource(CHARTS.ingressNginx, charts.ingressNginx),
        values: ingressNginxValues(
          args,
          { controller: images.ingressNginx, certgen: images.ingressNginxCertgen },
          release,
        ),
        selector: ingressNginxSelector(release),
        ports: ports("http", "https"),
      }
    : {
        chart: chartSource(CHARTS.traefik, charts.traefik),
        values: traefikValues(args, images.traefik, release, namespace),
        selector: traefikSelector(release, namespace),
        ports: ports("web", "websecure"),
      };
}
