/** What DigitalOcean runs beside a cluster, so that its Services and volumes become things of the account. */
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { NodeSettings } from "../../node/settings";
import type { ClusterIdentity, Companion } from "../nodeBackend";
import { ApiClient } from "./apiClient";
import { DataPath } from "./dataPath";
import type { LoadBalancerPlace } from "./loadBalancerRequest";
import { ServiceController } from "./serviceController";
import { VolumeController } from "./volumeController";
import { ComeBack, WorkQueue } from "./workQueue";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** Of a cluster in the API, what the controller looks at. */
interface DigitalOceanCluster {
  vpc_uuid?: string;
  version?: string;
  node_pools?: {
    id: string;
    name: string;
    size: string;
    labels?: Record<string, string> | null;
    nodes?: { id: string; droplet_id?: string }[];
  }[];
}

export interface CloudControllerArgs {
  /** URL of the API, without `/v2`, and a token that may do everything. */
  api: { url: string; token: string };
  node: NodeSettings;
  cluster: ClusterIdentity;
  /** Default: 1. */
  pollSeconds?: number;
  /** Told of failures. Default: nobody. */
  log?: (line: string) => void;
}

export async function startCloudController(args: CloudControllerArgs): Promise<Companion> {
  const { cluster, node, pollSeconds = 1, log = () => undefined } = args;
  const config = new KubeConfig();
  config.loadFromFile(node.kubeconfig);
  const api = new ApiClient(args.api);
  const dataPath = new DataPath(node);
  const describe = async (): Promise<DigitalOceanCluster> => {
    const path = `/v2/kubernetes/clusters/${cluster.id}`;
    return (await api.request<{ kubernetes_cluster: DigitalOceanCluster }>("GET", path)).kubernetes_cluster;
  };
  const place = async (): Promise<LoadBalancerPlace> => {
    const { vpc_uuid: vpc, node_pools: pools = [] } = await describe();
    const droplets = pools.flatMap(({ nodes = [] }) => nodes.map(({ droplet_id: id }) => Number(id)));
    return { clusterId: cluster.id, region: cluster.region, vpc, dropletIds: droplets.filter((id) => id > 0) };
  };
  const services = new ServiceController({ config, api, dataPath, place, pollSeconds, log });
  const volumes = new VolumeController({ config, api, clusterId: cluster.id, region: cluster.region, log });
  // The API shows a cluster's nodes some time after it was asked for: until then they are waited for.
  const labels = new WorkQueue({
    work: async () => {
      const known = await describe();
      if (known.node_pools?.[0]?.nodes?.[0] === undefined)
        throw new ComeBack("the cluster has no nodes yet", pollSeconds);
      const metadata = { labels: nodeLabels(cluster, known) };
      await config.makeApiClient(CoreV1Api).patchNode({ name: node.fullName, body: { metadata } }, MERGE);
    },
    failed: () => undefined,
  });
  await Promise.all([services.start(), volumes.start()]);
  labels.add(node.fullName);
  return {
    stop: async () => {
      await Promise.all([services.stop(), volumes.stop(), labels.stop()]);
      await dataPath.closeAll();
    },
  };
}

/** The one node stands for all of the first pool's. */
function nodeLabels(cluster: ClusterIdentity, { node_pools: [pool] = [], version }: DigitalOceanCluster) {
  return {
    ...pool?.labels,
    "topology.kubernetes.io/region": cluster.region,
    region: cluster.region,
    "node.kubernetes.io/instance-type": pool?.size,
    "doks.digitalocean.com/managed": "true",
    "doks.digitalocean.com/node-pool": pool?.name,
    "doks.digitalocean.com/node-pool-id": pool?.id,
    "doks.digitalocean.com/node-id": pool?.nodes?.[0]?.id,
    "doks.digitalocean.com/version": version ?? cluster.version,
  };
}
