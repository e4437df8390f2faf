/** Kubernetes objects among the resources of a stack, as rules look at them. */
import { at, itemsAt, kindOf, type Subject, textAt, UNKNOWN } from "./subject";

/** Charts are no objects: what they make is not seen. */
export const isObject = ({ type }: Subject): boolean =>
  type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");

export const isRelease = ({ type }: Subject): boolean => type.startsWith("kubernetes:helm.sh/");

export const isKind = (subject: Subject, ...kinds: string[]): boolean =>
  isObject(subject) && kinds.includes(kindOf(subject));

/** Kinds of objects that are in no namespace. */
export const CLUSTER_WIDE = [
  "ClusterIssuer",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "StorageClass",
  "ValidatingWebhookConfiguration",
];

/** The namespace of an object: UNKNOWN where a preview cannot say. */
export const namespaceOf = ({ props }: Subject): unknown => at(props, "metadata", "namespace") ?? "default";

/** Whether two objects are in one namespace, as far as can be known. */
export const sameNamespace = (one: Subject, other: Subject): boolean => {
  const [first, second] = [namespaceOf(one), namespaceOf(other)];
  return first === UNKNOWN || second === UNKNOWN || first === second;
};

/** Whether Pulumi has made, or will make, a name up: the program's own and eight random digits. */
export function autoNamed(subject: Subject, name: unknown): boolean {
  if (name === undefined || name === "") return true;
  if (at(subject.props, "metadata", "annotations", "pulumi.com/autonamed") === "true") return true;
  return typeof name === "string" && madeUpFor(subject, name);
}

const madeUpFor = ({ name: own }: Subject, name: string): boolean =>
  name.startsWith(`${own}-`) && /^[0-9a-f]{8}$/.test(name.slice(own.length + 1));

/** Whether a reference, such as the name in a volume, is to an object. One that cannot be known may be. */
export function refersTo(reference: unknown, object: Subject): boolean {
  const name = at(object.props, "metadata", "name");
  if (typeof reference !== "string" || name === UNKNOWN) return true;
  return name === undefined ? madeUpFor(object, reference) : reference === name;
}

/** A pod, or the template that a workload makes its pods from. */
export interface Pod {
  owner: Subject;
  /** Its labels; UNKNOWN where a preview cannot say, as is the rest of it. */
  labels: unknown;
  spec: unknown;
}

const RUN_PODS = ["CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet"];

/** The pod of a resource; none for what runs none. */
export function podOf(owner: Subject): Pod | undefined {
  if (!isKind(owner, ...RUN_PODS)) return undefined;
  const { props } = owner;
  const template =
    kindOf(owner) === "Pod"
      ? props
      : kindOf(owner) === "CronJob"
        ? at(props, "spec", "jobTemplate", "spec", "template")
        : at(props, "spec", "template");
  const spec = at(template, "spec");
  return spec === undefined ? undefined : { owner, labels: at(template, "metadata", "labels"), spec };
}

export interface Container {
  /** For messages, such as `Container "blog"`. */
  title: string;
  value: unknown;
}

/** All containers of a pod, those that run before the others first. */
export const containersOf = ({ spec }: Pod): Container[] =>
  [...itemsAt(spec, "initContainers"), ...itemsAt(spec, "containers")].map(container);

/** Those that run as long as the pod does. */
export const lastingContainersOf = ({ spec }: Pod): Container[] => itemsAt(spec, "containers").map(container);

const container = (value: unknown): Container => ({ title: `Container "${textAt(value, "name") ?? ""}"`, value });

/** Whether labels are what a selector of `matchLabels` asks for, as far as can be known. */
export function matches(selector: Record<string, unknown>, labels: unknown): boolean {
  return Object.entries(selector).every(([key, value]) => {
    const label = at(labels, key);
    return value === UNKNOWN || label === UNKNOWN || value === label;
  });
}
