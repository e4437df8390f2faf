import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectMetadata, selector } from "../../lib/labels";

/** How requests reach an app. */
export type Exposure =
  | { kind: "ingress"; className: string; controllerNamespace: string; hosts: string[]; https: boolean }
  | { kind: "nodePort"; port?: number | undefined; address: pulumi.Input<string> }
  | { kind: "loadBalancer"; type: string; sizeUnit: number };

/** Status of a Service of type LoadBalancer: empty until the cloud has given it an address. */
interface LoadBalancerStatus {
  loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
}

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
 * The way in to one app. Creates an Ingress for `ingress`, a Service of type LoadBalancer for `loadBalancer`, and
 * nothing for `nodePort`, where the app's own Service is reached.
 */
export class AppExposure extends pulumi.ComponentResource {
  /** Where the app answers, known when there is something behind it. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: AppExposureArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:app:AppExposure", name, args, opts);
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
        const loadBalancer = new k8s.core.v1.Service(
          `${name}-service`,
          {
            metadata: {
              ...metadata(`${app}-public`),
              annotations: {
                // Named, for the default changed once already (D9).
                "service.beta.kubernetes.io/do-loadbalancer-type": exposure.type,
                "service.beta.kubernetes.io/do-loadbalancer-size-unit": String(exposure.sizeUnit),
              },
            },
            spec: {
              type: "LoadBalancer",
              // Keeps the client's address.
              externalTrafficPolicy: "Local",
              selector: selector(app, "web"),
              ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
            },
          },
          {
            ...child,
            dependsOn: [deployment],
            // Load balancers take minutes to come up (D12).
            customTimeouts: { create: "15m", update: "15m", delete: "15m" },
          },
        );
        this.url = loadBalancer.status.apply((status: LoadBalancerStatus | undefined) => {
          const entry = status?.loadBalancer?.ingress?.[0];
          return `http://${entry?.ip ?? entry?.hostname ?? "pending"}`;
        });
        break;
      }
      case "ingress": {
        const { hosts, https, className } = exposure;
        new k8s.networking.v1.Ingress(
          `${name}-ingress`,
          {
            metadata: metadata(app),
            spec: {
              ingressClassName: className,
              ...(https ? { tls: [{ hosts, secretName: `${app}-tls` }] } : {}),
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
          { ...child, dependsOn: [deployment] },
        );
        this.url = pulumi.output(`${https ? "https" : "http"}://${hosts.find((host) => !host.startsWith("*.")) ?? hosts[0] ?? ""}`);
        break;
      }
    }

    this.registerOutputs({ url: this.url });
  }
}
