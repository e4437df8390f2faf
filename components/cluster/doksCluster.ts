import * as digitalocean from "@pulumi/digitalocean";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link DoksCluster}. */
export interface DoksClusterArgs {
  /** DigitalOcean region, such as `fra1`. */
  region: string;
  /** Slug of the Kubernetes version, such as `1.35.1-do.0`. Pinned: never "latest" (D3). */
  version: string;
  /** Highly available control plane. It costs, and cannot be turned off again (D5). */
  ha: boolean;
  /** The default pool: the nodes' size, and how many at rest (`min`) and at full load (`max`). */
  pool: { size: string; min: number; max?: number | undefined };
  /** When DigitalOcean may patch the cluster: a weekday and a time in UTC. */
  maintenance: { day: string; start: string };
  /** Address ranges of the nodes, the pods and the Services. None of them can be changed later (D6). */
  networks: { vpcCidr: string; clusterSubnet: string; serviceSubnet: string };
  /** Tags of the cluster and its nodes. */
  tags: string[];
  /** Whether destroying the cluster takes along load balancers and volumes that were left behind (D7). */
  destroyAssociatedResources: boolean;
}

/**
 * A DigitalOcean Kubernetes cluster in a VPC of its own.
 * Creates the VPC, the cluster with its default node pool, and the Kubernetes provider that everything else inherits.
 */
export class DoksCluster extends pulumi.ComponentResource {
  /** The one Kubernetes provider of the stack. */
  readonly provider: k8s.Provider;
  /** The cluster's id. */
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: DoksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:cluster:DoksCluster", name, args, opts);
    const maxNodes = args.pool.max ?? args.pool.min;
    const autoScale = maxNodes > args.pool.min;

    const vpc = new digitalocean.Vpc(
      `${name}-vpc`,
      { region: args.region, ipRange: args.networks.vpcCidr, description: `Nodes of ${name}` },
      { parent: this },
    );

    const cluster = new digitalocean.KubernetesCluster(
      `${name}-cluster`,
      {
        region: args.region,
        version: args.version,
        ha: args.ha,
        vpcUuid: vpc.id,
        clusterSubnet: args.networks.clusterSubnet,
        serviceSubnet: args.networks.serviceSubnet,
        surgeUpgrade: true,
        autoUpgrade: false,
        maintenancePolicy: { day: args.maintenance.day, startTime: args.maintenance.start },
        destroyAllAssociatedResources: args.destroyAssociatedResources,
        tags: args.tags,
        nodePool: {
          name: "default",
          size: args.pool.size,
          tags: args.tags,
          ...(autoScale
            ? { autoScale, minNodes: args.pool.min, maxNodes, nodeCount: args.pool.min }
            : { nodeCount: args.pool.min }),
        },
      },
      // The autoscaler changes the number of nodes; an `up` must not change it back (D4).
      { parent: this, ignoreChanges: autoScale ? ["nodePool.nodeCount"] : [] },
    );
    this.id = cluster.id;

    // The cluster's own kubeconfig is kept in the state and expires after 7 days: a fresh one, for an hour, each run (D1).
    const kubeconfig = digitalocean
      .getKubernetesClusterOutput({ name: cluster.name, kubeconfigExpireSeconds: 3600 }, { parent: this })
      .kubeConfigs.apply((configs) => configs[0]?.rawConfig ?? "");

    this.provider = new k8s.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: pulumi.secret(kubeconfig),
        // Without it a new token would plan a replacement of everything in the cluster (D2).
        clusterIdentifier: cluster.id,
        enableServerSideApply: true,
      },
      { parent: this },
    );

    this.registerOutputs({ provider: this.provider, id: this.id });
  }
}
