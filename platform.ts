import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { ContainerRegistry } from "./components/cluster/containerRegistry";
import { DoksCluster } from "./components/cluster/doksCluster";
import { ExistingCluster } from "./components/cluster/existingCluster";
import { SharedCluster } from "./components/cluster/sharedCluster";
import { BackupStore } from "./components/data/backupStore";
import type { DatabaseNetwork } from "./components/data/managedMysql";
import { Edge } from "./components/edge/edge";
import type { Config } from "./config";
import { type EdgeAccess, hasIngress, isHttps } from "./lib/edge";
import { edgePlan } from "./lib/edgePlan";
import { sharedNamespace } from "./lib/namespaceName";
import { registryPlan } from "./lib/registryPlan";

type Cluster = DoksCluster | ExistingCluster | SharedCluster;

/** What a stack's apps stand on. */
export interface Platform {
  /** Options of what is made in the cluster: they hold its one Kubernetes provider. */
  inCluster: pulumi.ComponentResourceOptions;
  /** Where their images are pushed to and pulled from. */
  registry: ContainerRegistry;
  /** What the apps behind an Ingress share; none where no app is. */
  edge: EdgeAccess | undefined;
  /** The network that a managed database has its place in; none where the stack did not make the cluster. */
  network: DatabaseNetwork | undefined;
  /** Where backups go, outside of the cluster; none where they go nowhere, or to a volume. */
  store: BackupStore | undefined;
  /** Name of an app's namespace. */
  namespaceOf: (app: string) => string;
  /** What others may know of it: review apps on the same cluster, and people. */
  outputs: Record<string, unknown>;
}

/** Makes the cluster, then beside each other the registry, the way in and the backups' store: each of the kind that the config names. */
export function makePlatform(environment: string, config: Config, account: Account | undefined): Platform {
  const cluster = makeCluster(environment, config);
  const registry = new ContainerRegistry(environment, registryPlan(config, environment, account?.registryName));
  const inCluster = { providers: { kubernetes: cluster.provider } };
  const shared = cluster instanceof SharedCluster;
  const edge = !hasIngress(config)
    ? undefined
    : shared
      ? cluster.edge({ https: isHttps(config) })
      : new Edge(environment, edgePlan(config, environment), inCluster);
  return {
    inCluster,
    registry,
    edge,
    network:
      cluster instanceof DoksCluster && config.cluster.kind === "doks"
        ? { region: config.cluster.region, vpcId: cluster.vpcId, clusterId: cluster.id }
        : undefined,
    store: makeStore(environment, config),
    namespaceOf: (app) => (shared ? sharedNamespace(pulumi.getStack(), app) : app),
    outputs: { ...accessTo(cluster, config), ...(shared || edge === undefined ? {} : { edge: described(edge) }) },
  };
}

function makeCluster(environment: string, { cluster, dataPolicy }: Config): Cluster {
  switch (cluster.kind) {
    case "doks":
      return new DoksCluster(environment, { ...cluster, networks: cluster, tags: [environment], dataPolicy });
    case "existing":
      return new ExistingCluster(environment, cluster);
    case "shared":
      return new SharedCluster(environment, cluster);
  }
}

function makeStore(environment: string, { backup, cluster }: Config): BackupStore | undefined {
  if (backup.kind === "none" || backup.kind === "volume") return undefined;
  if (backup.kind === "s3") return new BackupStore(environment, backup);
  const region = backup.region ?? (cluster.kind === "doks" ? cluster.region : "");
  return new BackupStore(environment, { ...backup, region });
}

/** How the cluster is reached. A kubeconfig holds no token, and is a secret all the same. */
function accessTo(cluster: Cluster, config: Config): Record<string, unknown> {
  if (cluster instanceof ExistingCluster) {
    return { cluster: config.cluster };
  }
  return { cluster: { kind: config.cluster.kind }, kubeconfig: cluster.kubeconfig, clusterId: cluster.id };
}

/** The way in, as those that share the cluster read it. */
const described = ({ className, namespace, issuer, address }: EdgeAccess) =>
  pulumi.output({ className, namespace, issuer, address });
