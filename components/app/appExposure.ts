import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeAccess } from "../../lib/edge";
import { labels, objectMetadata, selector } from "../../lib/labels";
import { urlAt, type LoadBalancerAddress } from "../../lib/loadBalancerAddress";
import { certificateSecret } from "../edge/certificate";
import { LoadBalancer, type LoadBalancerType } from "../edge/loadBalancer";

/** How requests reach an app. */
export type Exposure =
  | {
      kind: "ingress";
      /** The controller that it is behind. */
      edge: EdgeAccess;
      hosts: string[];
      /** Whether it is served by HTTPS, with a certificate of its own. */
      https: boolean;
      /** Port in the URL, if it is not the usual one. */
      port?: number | undefined;
    }
  | { kind: "nodePort"; port?: number | undefined; address: pulumi.Input<string> }
  | {
      kind: "loadBalancer";
      /** Name of the load balancer, unique in the account. */
      name: string;
      type: LoadBalancerType;
      sizeUnit: number;
      /** Hosts that have a DNS record at it; with none the URL is its address. */
      hosts: string[];
    };

/** Arguments of {@link AppExposure}. */
export interface AppExposureArgs {
  /** Name of the app: a plain string, for it names the objects. */
  app: string;
  /** Namespace of the app. */
  namespace: pulumi.Input<string>;
  /** How requests reach the app: a plain value, for it decides which objects there are. */
  exposure: Exposure;
  /** The app's Service within the cluster. */
  service: k8s.core.v1.Service;
  /** The app's Deployment. The way in is opened when it is ready. */
  deployment: k8s.apps.v1.Deployment;
}

/**
 * The way in to one app. Creates an Ingress for `ingress`, a load balancer for `loadBalancer`, and nothing for
 * `nodePort`, where the app's own Service is reached.
 */
export class AppExposure extends pulumi.ComponentResource {
  /** Where the app answers, known when there is something behind it. */
  readonly url: pulumi.Output<string>;
  /** Where its load balancer is reached, its own or the one that it shares; none with node ports. */
  readonly address: pulumi.Output<LoadBalancerAddress> | undefined;

  constructor(name: string, args: AppExposureArgs, opts?: pulumi.ComponentResourceOptions) {
    // Nothing of a resource: it would come back as a reference, which an up looks up and its preview does not.
    super("flask-doks:app:AppExposure", name, { app: args.app, kind: args.exposure.kind }, opts);
    const { app, exposure, service, deployment } = args;
    const child = { parent: this };
    const metadata = objectMetadata(app, args.namespace);

    switch (exposure.kind) {
      case "nodePort":
        // Through the deployment: the URL is printed when there is something behind it.
        this.url = pulumi
          .all([exposure.address, service.spec.ports, deployment.metadata.name])
          .apply(([address, ports]) => `http://${address}:${ports[0]?.nodePort ?? "<node port>"}`);
        break;
      case "loadBalancer": {
        const { hosts } = exposure;
        this.address = new LoadBalancer(
          name,
          {
            metadata: { name: `${app}-public`, namespace: args.namespace, labels: labels(app, "web") },
            loadBalancerName: exposure.name,
            type: exposure.type,
            sizeUnit: exposure.sizeUnit,
            selector: selector(app, "web"),
            ports: [{ name: "http", port: 80, targetPort: "http" }],
            after: [deployment],
          },
          child,
        ).address;
        this.url = this.address.apply((address) => (hosts.length > 0 ? `http://${mainHost(hosts)}` : urlAt(address)));
        break;
      }
      case "ingress": {
        const { edge, hosts, https, port } = exposure;
        new k8s.networking.v1.Ingress(
          `${name}-ingress`,
          {
            // Its address is the load balancer's, and known: a controller writes it here a minute later, or never.
            metadata: { ...metadata(app), annotations: { "pulumi.com/skipAwait": "true" } },
            spec: {
              ingressClassName: edge.className,
              ...(https ? { tls: [{ hosts, secretName: certificateSecret(app) }] } : {}),
              rules: hosts.map((host) => ({
                host,
                http: {
                  paths: [
                    {
                      path: "/",
                      pathType: "Prefix",
                      backend: { service: { name: service.metadata.name, port: { name: "http" } } },
                    },
                  ],
                },
              })),
            },
          },
          // The controller's webhook has to answer for it, to its end (K6).
          { ...child, dependsOn: [deployment, ...edge.after] },
        );
        this.address = edge.address;
        this.url = pulumi.output(
          `${https ? "https" : "http"}://${mainHost(hosts)}${port === undefined ? "" : `:${port}`}`,
        );
        break;
      }
    }

    this.registerOutputs({ url: this.url, address: this.address });
  }
}

/** The first host that can be opened, which a wildcard cannot. */
function mainHost(hosts: string[]): string {
  return hosts.find((host) => !host.startsWith("*.")) ?? hosts[0] ?? "";
}
