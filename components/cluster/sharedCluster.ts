import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeAccess } from "../../lib/edge";
import { sharedEdge, sharedOutput } from "../../lib/stackOutput";

/** Arguments of {@link SharedCluster}. */
export interface SharedClusterArgs {
  /** The stack whose cluster is used: `dev` for one of this project, or `<organization>/<project>/<stack>`. */
  stack: string;
}

/**
 * Another stack's cluster, for review apps.
 * Creates the Kubernetes provider that everything else inherits, from the other stack's outputs `kubeconfig` and
 * `clusterId`, and nothing at DigitalOcean.
 */
export class SharedCluster extends pulumi.ComponentResource {
  /** The one Kubernetes provider of the stack. */
  readonly provider: k8s.Provider;
  /** The cluster's id. */
  readonly id: pulumi.Output<string>;
  /** Its kubeconfig, a secret. It holds no token (D1). */
  readonly kubeconfig: pulumi.Output<string>;
  /** The way in that the other stack has. Only to be used by an app that is behind an Ingress: there may be none. */
  readonly edge: (wanted: { https: boolean }) => EdgeAccess;

  constructor(name: string, args: SharedClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:cluster:SharedCluster", name, args, opts);
    const qualified = args.stack.includes("/")
      ? args.stack
      : `${pulumi.getOrganization()}/${pulumi.getProject()}/${args.stack}`;
    const other = new pulumi.StackReference(`${name}-owner`, { name: qualified }, { parent: this });

    const outputOf = (key: string): pulumi.Output<string> =>
      other.getOutput(key).apply((value: unknown) => sharedOutput(qualified, key, value));

    this.id = outputOf("clusterId");
    this.kubeconfig = pulumi.secret(outputOf("kubeconfig"));
    this.edge = ({ https }) => {
      const edge = other.getOutput("edge").apply((value: unknown) => sharedEdge(qualified, value));
      return {
        className: edge.className,
        namespace: edge.namespace,
        address: edge.apply(({ address }) => address ?? {}),
        issuer: https ? edge.apply(({ issuer }) => sharedOutput(qualified, "edge.issuer", issuer)) : undefined,
        after: [],
      };
    };
    this.provider = new k8s.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        // Without it a changed kubeconfig would plan a replacement of everything in the cluster (D2).
        clusterIdentifier: this.id,
        enableServerSideApply: true,
        // A database whose password changes must not be made anew with its Secret.
        enableSecretMutable: true,
      },
      { parent: this },
    );

    // Not the provider: a saved plan cannot tell how a resource will be referred to.
    this.registerOutputs({ id: this.id, kubeconfig: this.kubeconfig });
  }
}
