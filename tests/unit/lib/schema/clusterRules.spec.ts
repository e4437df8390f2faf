import assert from "node:assert/strict";
import { problemsOf, refusal } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

/** A stack on a DigitalOcean cluster. */
const doks = (changes: Record<string, unknown>) =>
  stack({ cluster: { kind: "doks", ...changes }, apps: [app({ expose: "loadBalancer" })] });

const pool = (name: string, changes: Record<string, unknown> = {}) => ({ name, size: "c-4", ...changes });

describe("rules for a cluster", () => {
  const refused: [string, Record<string, unknown>, string[]][] = [
    [
      "a pool that is smaller at full load",
      { pool: { min: 3, max: 2 } },
      ["cluster.pool.max: 2 is below min, which is 3"],
    ],
    [
      "each further pool that is smaller at full load",
      { pools: [pool("a", { min: 2 }), pool("b", { min: 3, max: 1 }), pool("c", { min: 9, max: 8 })] },
      ["cluster.pools[1].max: 1 is below min, which is 3", "cluster.pools[2].max: 8 is below min, which is 9"],
    ],
    [
      "two pools of one name",
      { pools: [pool("batch"), pool("memory"), pool("batch")] },
      ['cluster.pools[2].name: "batch" is the name of cluster.pools[0] too'],
    ],
    [
      "a pool with the name of the default one",
      { pools: [pool("default")] },
      ['cluster.pools[0].name: "default" is the name of the default pool too'],
    ],
    [
      "a taint twice, whatever its value",
      { pools: [pool("batch", { taints: ["team=a:NoSchedule", "team=a:NoExecute", "team=b:NoSchedule"] })] },
      ["cluster.pools[0].taints[2]: team:NoSchedule is the key and effect of taints[0] too"],
    ],
    [
      "networks that overlap (D6)",
      { vpcCidr: "10.30.0.0/20", clusterSubnet: "10.30.8.0/22", serviceSubnet: "10.0.0.0/8" },
      [
        "cluster.clusterSubnet: 10.30.8.0/22 overlaps with cluster.vpcCidr, which is 10.30.0.0/20",
        "cluster.serviceSubnet: 10.0.0.0/8 overlaps with cluster.vpcCidr, which is 10.30.0.0/20",
        "cluster.serviceSubnet: 10.0.0.0/8 overlaps with cluster.clusterSubnet, which is 10.30.8.0/22",
      ],
    ],
  ];
  for (const [title, cluster, lines] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(doks(cluster)), lines);
    });
  }

  const sound: [string, Record<string, unknown>][] = [
    ["the default networks", {}],
    [
      "pools of a fixed size and autoscaled ones",
      { pools: [pool("a"), pool("b", { min: 2, max: 2 }), pool("c", { max: 4 })] },
    ],
    [
      "one taint on two pools",
      { pools: [pool("a", { taints: ["x:NoSchedule"] }), pool("b", { taints: ["x:NoSchedule"] })] },
    ],
  ];
  for (const [title, cluster] of sound) {
    it(`let through ${title}`, async () => {
      assert.deepStrictEqual(await refusal(doks(cluster)), undefined);
    });
  }
});
