/** How many pods a workload has, by its own word or an autoscaler's. */
import { type Answer, equal, every, maybe, surely } from "./answer";
import { isKind, refersTo, sameNamespace } from "./kubernetes";
import { at, kindOf, type Subject, UNKNOWN } from "./subject";

export const scaled = (resource: Subject): boolean => isKind(resource, "Deployment", "StatefulSet");

/** Whether an autoscaler is for a workload. */
function isFor(autoscaler: Subject, workload: Subject): Answer {
  if (!isKind(autoscaler, "HorizontalPodAutoscaler")) return false;
  return every(
    sameNamespace(autoscaler, workload),
    equal(at(autoscaler.props, "spec", "scaleTargetRef", "kind"), kindOf(workload)),
    refersTo(at(autoscaler.props, "spec", "scaleTargetRef", "name"), workload),
  );
}

/** The autoscaler that is a workload's for sure. */
export const autoscalerOf = (workload: Subject, resources: readonly Subject[]): Subject | undefined =>
  resources.find((each) => surely(isFor(each, workload)));

/** The fewest pods that a workload has: one unless it says otherwise, none where that cannot be known. */
export function fewest(workload: Subject, resources: readonly Subject[]): number | undefined {
  const autoscaler = autoscalerOf(workload, resources);
  if (autoscaler === undefined && resources.some((each) => maybe(isFor(each, workload)))) return undefined;
  const replicas =
    autoscaler === undefined
      ? at(workload.props, "spec", "replicas")
      : (at(autoscaler.props, "spec", "minReplicas") ?? 1);
  if (replicas === UNKNOWN) return undefined;
  return typeof replicas === "number" ? replicas : 1;
}
