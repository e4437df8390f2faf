/** Nodes come and go: what is left running meanwhile. */
import { isKind, matches, podOf, refersTo, sameNamespace } from "../kubernetes";
import type { Rule, StackRule } from "../rule";
import { at, groupAt, kindOf, type Subject, UNKNOWN } from "../subject";

const scaled = (resource: Subject): boolean => isKind(resource, "Deployment", "StatefulSet");

/** The autoscaler of a workload. */
const autoscalerOf = (workload: Subject, resources: readonly Subject[]): Subject | undefined =>
  resources.find(
    (each) =>
      isKind(each, "HorizontalPodAutoscaler") &&
      sameNamespace(each, workload) &&
      at(each.props, "spec", "scaleTargetRef", "kind") === kindOf(workload) &&
      refersTo(at(each.props, "spec", "scaleTargetRef", "name"), workload),
  );

/** The fewest pods that a workload has: one unless it says otherwise, none where that cannot be known. */
function fewest(workload: Subject, resources: readonly Subject[]): number | undefined {
  const autoscaler = autoscalerOf(workload, resources);
  const replicas =
    autoscaler === undefined
      ? at(workload.props, "spec", "replicas")
      : (at(autoscaler.props, "spec", "minReplicas") ?? 1);
  if (replicas === UNKNOWN) return undefined;
  return typeof replicas === "number" ? replicas : 1;
}

const isBudgetOf = (budget: Subject, workload: Subject): boolean =>
  isKind(budget, "PodDisruptionBudget") &&
  sameNamespace(budget, workload) &&
  matches(groupAt(budget.props, "spec", "selector", "matchLabels"), podOf(workload)?.labels);

/** What a budget that is a number, or so many percent, comes to: rounded up, as Kubernetes does. */
function pods(amount: unknown, of: number): number | undefined {
  if (typeof amount === "number") return amount;
  const percent = typeof amount === "string" ? /^(\d+)%$/.exec(amount)?.[1] : undefined;
  return percent === undefined ? undefined : Math.ceil((Number(percent) * of) / 100);
}

/** How many of a workload's pods a budget lets go at a time. */
function allowed(budget: Subject, replicas: number): number | undefined {
  const unavailable = pods(at(budget.props, "spec", "maxUnavailable"), replicas);
  const available = pods(at(budget.props, "spec", "minAvailable"), replicas);
  return unavailable ?? (available === undefined ? undefined : replicas - available);
}

const ownsReplicas: StackRule = {
  name: "autoscaler-owns-replicas",
  level: "mandatory",
  scope: "stack",
  reason: "Each `pulumi up` sets the replicas back in the middle of the load that they were added for.",
  fix: 'Leave spec.replicas out, or to the autoscaler with ignoreChanges: ["spec.replicas"].',
  check: (resources) =>
    resources
      .filter((workload) => scaled(workload) && autoscalerOf(workload, resources) !== undefined)
      .filter(
        ({ props, ignoreChanges }) =>
          ignoreChanges !== undefined &&
          !ignoreChanges.includes("spec.replicas") &&
          typeof at(props, "spec", "replicas") === "number",
      )
      .map((resource) => ({ resource, what: "The program and an autoscaler both set the replicas" })),
};

export const disruptionRules: Rule[] = [
  {
    name: "disruption-budget",
    level: "mandatory",
    scope: "stack",
    reason: "An upgrade of the cluster may take all replicas down at once.",
    fix: "Add a PodDisruptionBudget with maxUnavailable: 1.",
    check: (resources) =>
      resources
        .filter((workload) => scaled(workload) && (fewest(workload, resources) ?? 0) > 1)
        .filter((workload) => !resources.some((each) => isBudgetOf(each, workload)))
        .map((resource) => ({ resource, what: "Several replicas have no disruption budget" })),
  },
  {
    name: "drain-not-blocked",
    level: "mandatory",
    scope: "stack",
    reason: "No node with such a pod can be drained: an upgrade of the cluster waits for it, and then fails.",
    fix: "Set maxUnavailable: 1 with unhealthyPodEvictionPolicy: AlwaysAllow in place of minAvailable.",
    check: (resources) =>
      resources.filter(scaled).flatMap((workload) => {
        const replicas = fewest(workload, resources);
        return resources
          .filter((budget) => isBudgetOf(budget, workload))
          .filter((budget) => replicas !== undefined && replicas > 0 && (allowed(budget, replicas) ?? 1) < 1)
          .map((resource) => ({ resource, what: "The disruption budget lets no pod go" }));
      }),
  },
  ownsReplicas,
];
