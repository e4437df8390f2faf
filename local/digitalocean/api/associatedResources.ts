/** A cluster's deletion together with what it left behind: load balancers, volumes and their snapshots. */
import { z } from "zod";
import { NO_CONTENT, ok, unprocessable } from "../answer";
import type { Clusters } from "../clusters";
import { route, type Route, texts } from "../router";
import type { ClusterRecord } from "../state";

const PATH = "/v2/kubernetes/clusters/{cluster_id}/destroy_with_associated_resources";

/** What carries the cluster's tag, as its cloud controller and volume driver put it on all that they make. */
function associated({ world: { state } }: Clusters, { id }: ClusterRecord) {
  const its = ({ tags }: { tags: readonly string[] }): boolean => tags.includes(`k8s:${id}`);
  const volumes = state.volumes.filter(its);
  return {
    load_balancers: state.loadBalancers.filter(its),
    volumes,
    volume_snapshots: state.snapshots.filter(
      (snapshot) => its(snapshot) || volumes.some((volume) => volume.id === snapshot.volumeId),
    ),
  };
}

type Associated = ReturnType<typeof associated>;

function destroy({ world: { state } }: Clusters, { load_balancers, volumes, volume_snapshots }: Associated): void {
  const without = <T>(all: T[], some: readonly T[]): T[] => all.filter((each) => !some.includes(each));
  state.loadBalancers = without(state.loadBalancers, load_balancers);
  state.volumes = without(state.volumes, volumes);
  state.snapshots = without(state.snapshots, volume_snapshots);
}

const SELECTION = z.object({ load_balancers: texts, volumes: texts, volume_snapshots: texts });

export const associatedRoutes = (clusters: Clusters): Route[] => [
  route("GET", PATH, "kubernetes:read", (call) => {
    const all = associated(clusters, clusters.get(call.param("cluster_id")));
    const named = (list: readonly { id: string; name: string }[]) => list.map(({ id, name }) => ({ id, name }));
    return ok({
      load_balancers: named(all.load_balancers),
      volumes: named(all.volumes),
      volume_snapshots: named(all.volume_snapshots),
    });
  }),
  route("DELETE", `${PATH}/dangerous`, "kubernetes:delete", (call) => {
    const cluster = clusters.get(call.param("cluster_id"));
    destroy(clusters, associated(clusters, cluster));
    if (cluster.deleting !== true) clusters.end(cluster);
    return NO_CONTENT;
  }),
  route("DELETE", `${PATH}/selective`, "kubernetes:delete", (call) => {
    const cluster = clusters.get(call.param("cluster_id"));
    const all = associated(clusters, cluster);
    const asked = call.read(SELECTION);
    const chosen = <T extends { id: string }>(list: readonly T[], ids: readonly string[] = []): T[] =>
      ids.map((id) => {
        const found = list.find((each) => each.id === id);
        if (found === undefined) throw unprocessable(`${id} is not associated with the cluster`);
        return found;
      });
    destroy(clusters, {
      load_balancers: chosen(all.load_balancers, asked.load_balancers),
      volumes: chosen(all.volumes, asked.volumes),
      volume_snapshots: chosen(all.volume_snapshots, asked.volume_snapshots),
    });
    if (cluster.deleting !== true) clusters.end(cluster);
    return NO_CONTENT;
  }),
];
