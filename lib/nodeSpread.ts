import type { types } from "@pulumi/kubernetes";

/** Spreads those pods over the nodes as evenly as these allow: one node that fails must not take all of them. */
export function spreadOverNodes(labelSelector: types.input.meta.v1.LabelSelector) {
  return [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector,
    },
  ];
}
