import * as digitalocean from "@pulumi/digitalocean";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { protection, type DataPolicy } from "../../lib/dataPolicy";
import { execKubeconfig } from "../../lib/kubeconfig";
import { isAutoscaled, poolSize, type NodePool, type NodePoolSize } from "../../lib/nodePool";

/** Arguments of {@link DoksCluster}. */
export interface DoksClusterArgs {
  /** DigitalOcean region, such as `fra1`. */
  region: string;
  /** Slug of the Kubernetes version, such as `1.35.1-do.0`. Pinned: never "latest" (D3). */
  version: string;
  /** Whether DigitalOcean upgrades the cluster in its maintenance window; `version` is then that of its creation only. */
  autoUpgrade: boolean;
  /** Highly available control plane. It costs, and cannot be turned off again (D5). */
  ha: boolean;
  /** The default pool. Another size of its nodes is another cluster. */
  pool: NodePoolSize;
  /** Pools beside it, each known by its name: a plain value, for it decides which resources there are. */
  pools: readonly NodePool[];
  /** When DigitalOcean may patch the cluster: a weekday and a time in UTC. */
  maintenance: { day: string; start: string };
  /** Address ranges of the nodes, the pods and the Services. None of them can be changed later (D6). */
  networks: { vpcCidr: string; clusterSubnet: string; serviceSubnet: string };
  /** Tags of the cluster and its nodes. */
  tags: string[];
  /** Name of the DigitalOcean project that lists the cluster; none for the account's default one. */
  project?: string | undefined;
  /**
   * `retain` protects the cluster. `delete` has its destruction take along load balancers and volumes that were left
   * behind (D7).
   */
  dataPolicy: DataPolicy;
}

/** How long the token lives that DigitalOcean mints when it makes the cluster, in seconds. Nothing uses it. */
const UNUSED_TOKEN_SECONDS = 3600;

/**
 * A DigitalOcean Kubernetes cluster in a VPC of its own.
 * Creates the VPC, the cluster with its default node pool, further pools, the membership in a project, and the Kubernetes
 * provider that everything else inherits. Cluster and VPC bear the component's name: a second one of the same name cannot
 * be made by a run that does not know of the first.
 */
export class DoksCluster extends pulumi.ComponentResource {
  /** The one Kubernetes provider of the stack. */
  readonly provider: k8s.Provider;
  /** The cluster's id. */
  readonly id: pulumi.Output<string>;
  /** Id of its VPC, in which a managed database has its place. */
  readonly vpcId: pulumi.Output<string>;
  /** What DigitalOcean's projects know the cluster by, such as `do:kubernetes:<id>`. */
  readonly clusterUrn: pulumi.Output<string>;
  /** URL of the API server. */
  readonly endpoint: pulumi.Output<string>;
  /** A kubeconfig that never expires and holds no token (D1). A secret all the same: it tells where production is. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: DoksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:cluster:DoksCluster", name, args, opts);
    const { region, tags, networks } = args;

    const vpc = new digitalocean.Vpc(
      `${name}-vpc`,
      { name, region, ipRange: networks.vpcCidr, description: `Nodes of ${name}` },
      {
        parent: this,
        // Two cannot bear the same name.
        deleteBeforeReplace: true,
        // It goes when the last of the cluster's machines is gone, minutes after the cluster (D7).
        customTimeouts: { delete: "15m" },
      },
    );

    const cluster = new digitalocean.KubernetesCluster(
      `${name}-cluster`,
      {
        name,
        region,
        version: args.version,
        autoUpgrade: args.autoUpgrade,
        surgeUpgrade: true,
        ha: args.ha,
        vpcUuid: vpc.id,
        clusterSubnet: networks.clusterSubnet,
        serviceSubnet: networks.serviceSubnet,
        maintenancePolicy: { day: args.maintenance.day, startTime: args.maintenance.start },
        destroyAllAssociatedResources: args.dataPolicy === "delete",
        kubeconfigExpireSeconds: UNUSED_TOKEN_SECONDS,
        tags,
        nodePool: { name: "default", tags, ...poolSize(args.pool) },
      },
      {
        parent: this,
        ...protection(args.dataPolicy),
        // Two cannot bear the same name.
        deleteBeforeReplace: true,
        ignoreChanges: [
          // The autoscaler changes the number of nodes; an `up` must not change it back (D4).
          ...(isAutoscaled(args.pool) ? ["nodePool.nodeCount"] : []),
          // DigitalOcean changes the version; to ask for the older one again would replace the cluster (D3).
          ...(args.autoUpgrade ? ["version"] : []),
        ],
      },
    );
    this.id = cluster.id;
    this.vpcId = vpc.id;
    this.clusterUrn = cluster.clusterUrn;
    this.endpoint = cluster.endpoint;

    const pools = args.pools.map((pool) => this.addPool(name, pool, cluster, tags));

    if (args.project !== undefined) {
      const project = digitalocean.getProjectOutput({ name: args.project }, { parent: this });
      new digitalocean.ProjectResources(
        `${name}-project`,
        { project: project.id, resources: [cluster.clusterUrn] },
        { parent: this },
      );
    }

    this.kubeconfig = pulumi.secret(
      pulumi.all([cluster.id, cluster.endpoint, cluster.kubeConfigs]).apply(([id, endpoint, [credentials]]) => {
        const certificateAuthority = credentials?.clusterCaCertificate;
        return execKubeconfig({ id, name, endpoint, certificateAuthority });
      }),
    );

    this.provider = new k8s.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        // Without it a changed kubeconfig would plan a replacement of everything in the cluster (D2).
        clusterIdentifier: cluster.id,
        enableServerSideApply: true,
        // A database whose password changes must not be made anew with its Secret.
        enableSecretMutable: true,
      },
      // What runs in the cluster finds all pools there, and is gone before they are.
      { parent: this, dependsOn: pools },
    );

    // Not the provider: a saved plan cannot tell how a resource will be referred to.
    this.registerOutputs({
      id: this.id,
      clusterUrn: this.clusterUrn,
      endpoint: this.endpoint,
      kubeconfig: this.kubeconfig,
    });
  }

  private addPool(
    name: string,
    pool: NodePool,
    cluster: digitalocean.KubernetesCluster,
    tags: string[],
  ): digitalocean.KubernetesNodePool {
    return new digitalocean.KubernetesNodePool(
      `${name}-pool-${pool.name}`,
      {
        clusterId: cluster.id,
        name: pool.name,
        labels: pool.labels,
        taints: pool.taints,
        tags,
        ...poolSize(pool),
      },
      {
        parent: this,
        // Two cannot bear the same name.
        deleteBeforeReplace: true,
        // The autoscaler changes the number of nodes; an `up` must not change it back (D4).
        ignoreChanges: isAutoscaled(pool) ? ["nodeCount"] : [],
      },
    );
  }
}
