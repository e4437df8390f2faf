/** Kubernetes objects among the resources of a stack, as rules look at them. */
import { type Answer, equal, maybe } from "./answer";
import { at, itemsAt, kindOf, type Subject, textAt, UNKNOWN } from "./subject";

/** Charts, files of YAML and kustomizations: groups of objects, which are resources of their own where they are seen. */
const GROUPS = /^kubernetes:(helm\.sh|yaml|kustomize)[/:]/;

/** A patch is no object either: it says only what it changes of somebody else's. */
export const isObject = ({ type }: Subject): boolean =>
  type.startsWith("kubernetes:") && !GROUPS.test(type) && !type.endsWith("Patch");

/** A chart that Helm installs: what it makes is not seen. */
export const isRelease = ({ type }: Subject): boolean => /^kubernetes:helm\.sh\/v\d+:Release$/.test(type);

export const isKind = (subject: Subject, ...kinds: string[]): boolean =>
  isObject(subject) && kinds.includes(kindOf(subject));

const CLUSTER_WIDE = [
  "APIService",
  "CSIDriver",
  "CSINode",
  "CertificateSigningRequest",
  "CustomResourceDefinition",
  "DeviceClass",
  "FlowSchema",
  "GatewayClass",
  "IPAddress",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "ResourceSlice",
  "RuntimeClass",
  "ServiceCIDR",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
  "VolumeAttributesClass",
  "VolumeSnapshotClass",
  "VolumeSnapshotContent",
];

/** Whether an object is in no namespace. Kinds such as ClusterRole and ClusterIssuer tell it by their names. */
export const isClusterWide = (object: Subject): boolean =>
  CLUSTER_WIDE.includes(kindOf(object)) || /^Cluster[A-Z]/.test(kindOf(object));

/** Groups of Kubernetes' own have names without a dot, or of its own domain; that of Gateways is none of them. */
const OWN_GROUP = /^kubernetes:(?!gateway\.)([^./]+|[^/]+\.k8s\.io)\//;

/** Whether an object is of a kind that somebody has added to Kubernetes. */
export const isCustom = (subject: Subject): boolean => isObject(subject) && !OWN_GROUP.test(subject.type);

/** The namespace of an object: UNKNOWN where a preview cannot say. */
export const namespaceOf = ({ props }: Subject): unknown => at(props, "metadata", "namespace") ?? "default";

/** Whether two objects are in one namespace. */
export const sameNamespace = (one: Subject, other: Subject): Answer => equal(namespaceOf(one), namespaceOf(other));

/** Whether a chart is installed in the namespace of an object: what it makes may be for the object, or use it. */
export const mayBeBesideRelease = (object: Subject, resources: readonly Subject[]): boolean =>
  resources.some(
    (each) => isRelease(each) && maybe(equal(at(each.props, "namespace") ?? "default", namespaceOf(object))),
  );

/** Whether Pulumi has made, or will make, a name up: the program's own and eight random digits. */
export function autoNamed(subject: Subject, name: unknown): boolean {
  if (name === undefined || name === "") return true;
  if (at(subject.props, "metadata", "annotations", "pulumi.com/autonamed") === "true") return true;
  return typeof name === "string" && madeUpFor(subject, name);
}

const madeUpFor = ({ name: own }: Subject, name: string): boolean =>
  name.startsWith(`${own}-`) && /^[0-9a-f]{8}$/.test(name.slice(own.length + 1));

/**
 * Whether a reference, such as the name in a volume, is to an object. While the object is being replaced, its inputs have
 * the name that was made up before, and what refers to it has the new one.
 */
export function refersTo(reference: unknown, object: Subject): Answer {
  const name = at(object.props, "metadata", "name");
  if (typeof reference !== "string" || name === UNKNOWN) return UNKNOWN;
  return reference === name || (autoNamed(object, name) && madeUpFor(object, reference));
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
