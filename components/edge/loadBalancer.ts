import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { addressOf, type LoadBalancerAddress } from "../../lib/loadBalancerAddress";

/** The kinds of load balancer: one that passes connections through, and one that takes them itself. */
export type LoadBalancerType = "REGIONAL_NETWORK" | "REGIONAL";

/** Arguments of {@link LoadBalancer}. */
export interface LoadBalancerArgs {
  /** Name, namespace and labels of the Service. */
  metadata: { name: pulumi.Input<string>; namespace: pulumi.Input<string>; labels: Record<string, string> };
  /** Name of the load balancer at DigitalOcean, unique in the account. */
  loadBalancerName: string;
  /** Kind of the load balancer. Another one is another load balancer, with another address. */
  type: LoadBalancerType;
  /** Size in nodes: each adds connections and requests per second. */
  sizeUnit: number;
  /** Whether it has an IPv6 address too. */
  ipv6?: boolean;
  /** Whether it tells the client's address by PROXY protocol. Only with type REGIONAL; otherwise it is left out (D9). */
  proxyProtocol?: boolean;
  /** Labels of the pods that the requests go to. */
  selector: Record<string, string>;
  /** Ports: those of the load balancer, and the pods' that they lead to. */
  ports: { name: string; port: number; targetPort: pulumi.Input<string | number> }[];
  /** What is ready before the way in is opened, and is there until it is shut. */
  after?: pulumi.Resource[];
}

const ANNOTATION = "service.beta.kubernetes.io/do-loadbalancer-";

/** What the cloud controller writes back to the Service (D8). */
const WRITTEN_BACK = ["kubernetes.digitalocean.com/load-balancer-id", `${ANNOTATION}type`];

/**
 * A load balancer of DigitalOcean's: a Service of type LoadBalancer, for which the cluster's cloud controller makes one.
 * Creates that Service and nothing else: a load balancer of our own beside it would be fought over (D8). The Service's
 * deletion is awaited, and with it the load balancer's, while the cluster is there to see to it (D7).
 */
export class LoadBalancer extends pulumi.ComponentResource {
  /** Where it is reached: an IP address or a host name, neither while the cloud has given none. */
  readonly address: pulumi.Output<LoadBalancerAddress>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    // Nothing of a resource: it would come back as a reference, which an up looks up and its preview does not.
    super("flask-doks:edge:LoadBalancer", name, { loadBalancerName: args.loadBalancerName, type: args.type }, opts);
    const { type } = args;
    const speaksProxyProtocol = args.proxyProtocol === true && type === "REGIONAL";

    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: {
          ...args.metadata,
          annotations: {
            [`${ANNOTATION}name`]: args.loadBalancerName,
            // Named, for the default changed once already. No host name: requests from within the cluster would hang (D9).
            [`${ANNOTATION}type`]: type,
            [`${ANNOTATION}size-unit`]: String(args.sizeUnit),
            ...(args.ipv6 === true ? { [`${ANNOTATION}network-stack`]: "DUALSTACK" } : {}),
            ...(speaksProxyProtocol ? { [`${ANNOTATION}enable-proxy-protocol`]: "true" } : {}),
          },
        },
        spec: {
          type: "LoadBalancer",
          // Keeps the client's address, and sends requests to nodes that have a pod (D9).
          externalTrafficPolicy: "Local",
          selector: args.selector,
          ports: args.ports.map((port) => ({ ...port, protocol: "TCP" })),
        },
      },
      {
        parent: this,
        dependsOn: args.after ?? [],
        // The cloud controller writes them back; to take them away again would be drift on every run (D8).
        ignoreChanges: WRITTEN_BACK.map((key) => `metadata.annotations["${key}"]`),
        // The type is among them, and cannot be changed on a load balancer: another type is another Service.
        replacementTrigger: type,
        // Two cannot bear the same name.
        deleteBeforeReplace: true,
        // Load balancers take minutes to come up, and to go (D12).
        customTimeouts: { create: "15m", update: "15m", delete: "15m" },
      },
    );
    this.address = service.status.apply(addressOf);

    this.registerOutputs({ address: this.address });
  }
}
