/** Namespaces, and what may reach the pods in them. */
import { maybe } from "../answer";
import { isClusterWide, isKind, isObject, namespaceOf, podOf, sameNamespace } from "../kubernetes";
import type { Rule } from "../rule";
import { at, listAt, sound, type Subject, UNKNOWN } from "../subject";

/** One workload for each namespace that the stack runs pods in. */
function firstInEach(resources: readonly Subject[]): Subject[] {
  const firsts = new Map<unknown, Subject>();
  for (const resource of resources.filter((each) => podOf(each) !== undefined)) {
    const namespace = namespaceOf(resource);
    if (namespace !== UNKNOWN && !firsts.has(namespace)) firsts.set(namespace, resource);
  }
  return [...firsts.values()];
}

/** Whether a policy is one for all pods of its namespace that lets nothing in. */
const deniesAll = (policy: Subject): boolean => {
  const selector = at(policy.props, "spec", "podSelector");
  const all = selector === UNKNOWN || (typeof selector === "object" && selector !== null && isEmpty(selector));
  const types = at(policy.props, "spec", "policyTypes");
  // Without any it is one about what comes in.
  const ingress =
    types === UNKNOWN ||
    types === undefined ||
    (Array.isArray(types) && types.some((each) => sound(each, (it) => it === "Ingress")));
  return all && ingress && listAt(policy.props, "spec", "ingress").length === 0;
};

const isEmpty = (group: object): boolean => Object.keys(group).length === 0;

const LEVEL = "pod-security.kubernetes.io/enforce";

export const namespaceRules: Rule[] = [
  {
    name: "no-default-namespace",
    level: "mandatory",
    scope: "resource",
    reason: "What is there mixes with everything else of the cluster; DigitalOcean reports it before each upgrade.",
    fix: "Set metadata.namespace to a namespace of the stack's own.",
    check: (resource) =>
      isObject(resource) && !isClusterWide(resource) && namespaceOf(resource) === "default"
        ? ["The object is in the namespace default"]
        : [],
  },
  {
    name: "pod-security",
    level: "mandatory",
    scope: "resource",
    reason: "The cluster itself then admits pods that these rules never see, such as one that somebody starts by hand.",
    fix: `Set the label ${LEVEL} to restricted; baseline is the least.`,
    check: ({ type, props }) =>
      type === "kubernetes:core/v1:Namespace" &&
      !sound(at(props, "metadata", "labels", LEVEL), (level) => ["restricted", "baseline"].includes(String(level)))
        ? ["The namespace admits any pod"]
        : [],
  },
  {
    name: "default-deny",
    level: "mandatory",
    scope: "stack",
    reason: "Every pod of the cluster can talk to every pod there, the database included.",
    fix: "Add a NetworkPolicy with an empty podSelector that allows no ingress, and one for each way that is needed.",
    check: (resources) =>
      firstInEach(resources)
        .filter(
          (workload) =>
            !resources.some(
              (each) => isKind(each, "NetworkPolicy") && maybe(sameNamespace(each, workload)) && deniesAll(each),
            ),
        )
        .map((resource) => ({
          resource,
          what: `Nothing keeps others out of the namespace ${String(namespaceOf(resource))}`,
        })),
  },
];
