import { overlap } from "../addressRange";
import type { Finding } from "../schema/finding";
import type { AccountConfig, Facts } from "./facts";

type Doks = Extract<AccountConfig["cluster"], { kind: "doks" }>;

/** The pods' addresses in clusters that are not VPC-native. They are behind their nodes', and collide with nothing. */
const OVERLAY = "10.244.0.0/16";

/**
 * Address ranges of the cluster that others in the account have already. All VPC networks of an account, and the pods and
 * Services of its VPC-native clusters, can reach each other: DigitalOcean refuses a range that is taken (D6).
 */
export function networkFindings(cluster: Doks, { cluster: own, otherClusters = [], otherVpcs = [] }: Facts): Finding[] {
  // The ranges of a cluster that is there cannot be changed, and stand in the account as its own.
  if (own !== undefined) {
    return [];
  }
  const taken = [
    ...otherVpcs.map(({ name, ip_range: range }) => ({ owner: `the VPC network "${name}"`, range })),
    ...otherClusters
      .filter(({ cluster_subnet: subnet }) => subnet !== OVERLAY)
      .flatMap(({ name, cluster_subnet: pods, service_subnet: services }) =>
        [pods, services].flatMap((range) =>
          range === undefined || range === "" ? [] : [{ owner: `the cluster "${name}"`, range }],
        ),
      ),
  ];
  return (["vpcCidr", "clusterSubnet", "serviceSubnet"] as const).flatMap((key) => {
    const first = taken.find(({ range }) => overlap(cluster[key], range));
    return first === undefined
      ? []
      : [
          {
            key: `cluster.${key}`,
            message: `${cluster[key]} overlaps with ${first.range} of ${first.owner} in the account; choose another range`,
          },
        ];
  });
}
