import { overlap } from "../addressRange";
import type { Finding } from "./finding";
import { repeated } from "./repeated";
import type { Stack } from "./stack";

type Doks = Extract<Stack["cluster"], { kind: "doks" }>;

/** What is wrong with a cluster whose keys are each sound. */
export function clusterFindings({ cluster }: Stack): Finding[] {
  return cluster.kind === "doks" ? [...poolFindings(cluster), ...networkFindings(cluster)] : [];
}

function poolFindings({ pool, pools }: Doks): Finding[] {
  const bounds = [{ ...pool, key: "cluster.pool" }, ...pools.map((each, index) => ({ ...each, key: keyOf(index) }))];
  const names = ["default", ...pools.map(({ name }) => name)];
  return [
    ...bounds
      .filter(({ min, max = min }) => max < min)
      .map(({ key, min, max }) => ({ key: `${key}.max`, message: `${String(max)} is below min, which is ${min}` })),
    // The first name is that of the default pool.
    ...repeated(names).map(({ index, first, value }) => ({
      key: `${keyOf(index - 1)}.name`,
      message: `"${value}" is the name of ${first === 0 ? "the default pool" : keyOf(first - 1)} too`,
    })),
    ...pools.flatMap(({ taints }, index) =>
      repeated(taints.map(({ key, effect }) => `${key}:${effect}`)).map(({ index: at, first, value }) => ({
        key: `${keyOf(index)}.taints[${at}]`,
        message: `${value} is the key and effect of taints[${first}] too`,
      })),
    ),
  ];
}

const keyOf = (index: number): string => `cluster.pools[${index}]`;

/** Nodes, pods and Services reach each other by address: no two of them may share one (D6). */
function networkFindings(cluster: Doks): Finding[] {
  const keys = ["vpcCidr", "clusterSubnet", "serviceSubnet"] as const;
  return keys.flatMap((key, index) =>
    keys
      .slice(0, index)
      .filter((other) => overlap(cluster[key], cluster[other]))
      .map((other) => ({
        key: `cluster.${key}`,
        message: `${cluster[key]} overlaps with cluster.${other}, which is ${cluster[other]}`,
      })),
  );
}
