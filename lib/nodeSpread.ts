/** Spreads the pods of a set over the nodes as evenly as these allow: one node that fails must not take all of them. */
export function spreadOverNodes(matchLabels: Record<string, string>) {
  return [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels },
    },
  ];
}
