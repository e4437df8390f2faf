/** Droplets: those that are nodes of clusters. None is made by itself. */
import { notFound, ok, page } from "../answer";
import { SIZES } from "../catalog";
import type { Clusters } from "../clusters";
import { timestamp } from "../clock";
import { route, type Route } from "../router";
import type { ClusterRecord, NodeRecord, PoolRecord } from "../state";
import { regionView, sizeView } from "./account";

const PATH = "/v2/droplets";

interface Droplet {
  cluster: ClusterRecord;
  pool: PoolRecord;
  node: NodeRecord;
}

export const dropletRoutes = (clusters: Clusters): Route[] => {
  const all = (): Droplet[] =>
    clusters
      .all()
      .flatMap((cluster) => cluster.pools.flatMap((pool) => pool.nodes.map((node) => ({ cluster, pool, node }))));
  const tagsOf = ({ cluster, pool }: Droplet): string[] => ["k8s", `k8s:${cluster.id}`, "k8s:worker", ...pool.tags];
  const view = (droplet: Droplet): Record<string, unknown> => {
    const { cluster, pool, node } = droplet;
    const size = SIZES.find(({ slug }) => slug === pool.size);
    const volumes = clusters.world.state.volumes.filter(({ dropletIds }) => dropletIds.includes(node.dropletId));
    return {
      id: node.dropletId,
      name: node.name,
      memory: size?.memoryMb ?? 0,
      vcpus: size?.vcpus ?? 0,
      disk: size?.diskGb ?? 0,
      locked: false,
      status: clusters.nodeState(cluster, node) === "provisioning" ? "new" : "active",
      created_at: timestamp(node.createdMs),
      features: ["private_networking"],
      backup_ids: [],
      next_backup_window: null,
      snapshot_ids: [],
      image: {},
      volume_ids: volumes.map(({ id }) => id),
      size: size === undefined ? {} : sizeView(size),
      size_slug: pool.size,
      networks: { v4: [], v6: [] },
      region: regionView(cluster.region),
      tags: tagsOf(droplet),
      vpc_uuid: cluster.vpcId,
    };
  };
  return [
    route("GET", PATH, "droplet:read", (call) => {
      const [tag, name] = [call.query("tag_name"), call.query("name")];
      const fitting = all()
        .filter((droplet) => tag === undefined || tagsOf(droplet).includes(tag))
        .filter(({ node }) => name === undefined || node.name === name);
      return page(
        call.url,
        "droplets",
        fitting.map((droplet) => view(droplet)),
      );
    }),
    route("GET", `${PATH}/{droplet_id}`, "droplet:read", (call) => {
      const droplet = all().find(({ node }) => String(node.dropletId) === call.param("droplet_id"));
      if (droplet === undefined) throw notFound();
      return ok({ droplet: view(droplet) });
    }),
  ];
};
