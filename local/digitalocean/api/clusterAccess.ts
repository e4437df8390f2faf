/** How a cluster is reached: kubeconfigs and credentials. Each answer holds a token that was made for it (D1). */
import { stringify } from "yaml";
import { ok, Refusal } from "../answer";
import type { Clusters } from "../clusters";
import { timestamp } from "../clock";
import type { ClusterAccess } from "../contract";
import { type Call, route, type Route } from "../router";
import type { ClusterRecord } from "../state";

const ONE = "/v2/kubernetes/clusters/{cluster_id}";
const SCOPE = "kubernetes:access_cluster";

function kubeconfig({ name, region }: ClusterRecord, access: ClusterAccess, token: string): string {
  const context = `do-${region}-${name}`;
  const user = `${context}-admin`;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        cluster: { "certificate-authority-data": access.certificateAuthority, server: access.endpoint },
        name: context,
      },
    ],
    contexts: [{ context: { cluster: context, user }, name: context }],
    "current-context": context,
    preferences: {},
    users: [{ name: user, user: { token } }],
  });
}

export const clusterAccessRoutes = (clusters: Clusters): Route[] => {
  const reachable = (call: Call): { cluster: ClusterRecord; access: ClusterAccess } => {
    const cluster = clusters.get(call.param("cluster_id"));
    if (cluster.access === undefined || cluster.deleting === true) {
      throw new Refusal(412, "cluster is not ready to be accessed");
    }
    return { cluster, access: cluster.access };
  };
  const expiry = (call: Call): number => {
    const seconds = Number(call.query("expiry_seconds") ?? 0);
    if (!Number.isInteger(seconds) || seconds < 0) throw new Refusal(400, "expiry_seconds must not be negative");
    return seconds;
  };
  return [
    route("GET", `${ONE}/kubeconfig`, SCOPE, async (call) => {
      const { cluster, access } = reachable(call);
      const { token } = await clusters.credentials.mintClusterToken(cluster, "kubeconfig", expiry(call));
      return { status: 200, body: kubeconfig(cluster, access, token), type: "application/yaml" };
    }),
    route("GET", `${ONE}/credentials`, SCOPE, async (call) => {
      const { cluster, access } = reachable(call);
      const minted = await clusters.credentials.mintClusterToken(cluster, "credentials", expiry(call));
      return ok({
        server: access.endpoint,
        certificate_authority_data: access.certificateAuthority,
        client_certificate_data: null,
        client_key_data: null,
        token: minted.token,
        expires_at: timestamp(minted.expiresMs),
      });
    }),
  ];
};
