import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link ExistingCluster}. */
export interface ExistingClusterArgs {
  /** Context of the kubeconfig. Always named: the current context may be somebody's production. */
  context: string;
  /** Path of the kubeconfig. Default: `$KUBECONFIG`, or `~/.kube/config`. */
  kubeconfig?: string | undefined;
}

/**
 * A cluster that is there already: kind, minikube, Docker Desktop or any other that a kubeconfig reaches.
 * Creates the Kubernetes provider that everything else inherits, and nothing in the cluster.
 */
export class ExistingCluster extends pulumi.ComponentResource {
  /** The one Kubernetes provider of the stack. */
  readonly provider: k8s.Provider;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:cluster:ExistingCluster", name, args, opts);

    this.provider = new k8s.Provider(
      `${name}-kubernetes`,
      {
        ...(args.kubeconfig === undefined ? {} : { kubeconfig: args.kubeconfig }),
        context: args.context,
        // A kubeconfig that moves or changes must not plan a replacement of everything in the cluster (D2).
        clusterIdentifier: args.context,
        enableServerSideApply: true,
        // A database whose password changes must not be made anew with its Secret.
        enableSecretMutable: true,
      },
      { parent: this },
    );

    // Not the provider: a saved plan cannot tell how a resource will be referred to.
    this.registerOutputs({});
  }
}
