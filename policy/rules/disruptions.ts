/** Nodes come and go: what is left running meanwhile. */
import { type Answer, every, maybe, surely } from "../answer";
import { isKind, podOf, sameNamespace } from "../kubernetes";
import { autoscalerOf, fewest, scaled } from "../replicas";
import type { Rule, StackRule } from "../rule";
import { selects } from "../selectors";
import { at, given, type Subject } from "../subject";

/** Whether a disruption budget is for the pods of a workload. */
const isBudgetOf = (budget: Subject, workload: Subject): Answer =>
  isKind(budget, "PodDisruptionBudget") &&
  every(sameNamespace(budget, workload), selects(at(budget.props, "spec", "selector"), podOf(workload)?.labels));

/** What a budget that is a number, or so many percent, comes to: rounded up, as Kubernetes does. */
function pods(amount: unknown, of: number): number | undefined {
  if (typeof amount === "number") return amount;
  const percent = typeof amount === "string" ? /^(\d+)%$/.exec(amount)?.[1] : undefined;
  return percent === undefined ? undefined : Math.ceil((Number(percent) * of) / 100);
}

/** How many of a workload's pods a budget lets go at a time. Kubernetes counts no pods, and lets none go, without a number. */
function allowed({ props }: Subject, replicas: number): number | undefined {
  const [unavailable, available] = [at(props, "spec", "maxUnavailable"), at(props, "spec", "minAvailable")];
  if (given(unavailable)) return pods(unavailable, replicas);
  if (!given(available)) return 0;
  const kept = pods(available, replicas);
  return kept === undefined ? undefined : replicas - kept;
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
        .filter((workload) => !resources.some((each) => maybe(isBudgetOf(each, workload))))
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
          .filter((budget) => surely(isBudgetOf(budget, workload)))
          .filter((budget) => replicas !== undefined && replicas > 0 && (allowed(budget, replicas) ?? 1) < 1)
          .map((resource) => ({ resource, what: "The disruption budget lets no pod go" }));
      }),
  },
  ownsReplicas,
];
