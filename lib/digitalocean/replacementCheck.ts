import type { Finding } from "../schema/finding";
import type { AccountConfig, Facts } from "./facts";
import { compareVersions } from "./versionSlug";

type Doks = Extract<AccountConfig["cluster"], { kind: "doks" }>;

/** The tag by which the provider knows the pool that it made with the cluster. */
const DEFAULT_POOL_TAG = "terraform:default-node-pool";

/**
 * Changes that DigitalOcean can only make by another cluster. They are refused: a cluster is replaced when its stack is
 * destroyed and made anew, not by the way.
 */
export function replacementFindings(wanted: Doks, { cluster: live, vpcs = [] }: Facts): Finding[] {
  if (live === undefined) {
    return [];
  }
  const findings: Finding[] = [];
  const refuse = (key: string, is: string, instead: string) =>
    findings.push({
      key: `cluster.${key}`,
      message: `the cluster ${live.name} has ${is}, which cannot be changed while it lives; ${instead}`,
    });
  const startAnew = "set that, or destroy the stack first";

  const size = live.node_pools.find(({ tags }) => tags?.includes(DEFAULT_POOL_TAG) === true)?.size;
  if (size !== undefined && size !== wanted.pool.size) {
    refuse(
      "pool.size",
      `${size} nodes in its default pool`,
      "set that, and add a pool of the other size under cluster.pools",
    );
  }
  const range = vpcs.find(({ id }) => id === live.vpc_uuid)?.ip_range;
  const fixed: [keyof Doks, string | undefined][] = [
    ["region", live.region],
    ["vpcCidr", range],
    ["clusterSubnet", live.cluster_subnet],
    ["serviceSubnet", live.service_subnet],
  ];
  for (const [key, is] of fixed) {
    if (is !== undefined && is !== "" && is !== wanted[key]) {
      refuse(key, is, startAnew);
    }
  }
  if (live.ha === true && !wanted.ha) {
    refuse("ha", "a highly available control plane", "set true");
  }
  if (!wanted.autoUpgrade && compareVersions(wanted.version, live.version) < 0) {
    findings.push({
      key: "cluster.version",
      message: `the cluster ${live.name} has ${live.version} by now and cannot go back; set that, or cluster.autoUpgrade: true`,
    });
  }
  return findings;
}
