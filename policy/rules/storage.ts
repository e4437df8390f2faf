/** Volumes, and objects that nothing uses. */
import { every, maybe } from "../answer";
import {
  autoNamed,
  containersOf,
  isClusterWide,
  isCustom,
  isKind,
  isObject,
  mayBeBesideRelease,
  podOf,
  refersTo,
  sameNamespace,
} from "../kubernetes";
import type { Rule } from "../rule";
import { at, given, groupAt, itemsAt, kindOf, listAt, present, type Subject, textAt, UNKNOWN } from "../subject";

const USED_BY_PODS = ["ConfigMap", "PersistentVolumeClaim", "Secret", "ServiceAccount"];

/** A reference of one object to another. */
interface Reference {
  from: Subject;
  kind: string;
  /** UNKNOWN, or missing, where a preview cannot say. */
  name: unknown;
}

/** What a pod refers to: in volumes, in the environment of its containers, and as its account. */
function podReferences(from: Subject): Reference[] {
  const pod = podOf(from);
  if (pod === undefined) return [];
  const volumes = itemsAt(pod.spec, "volumes").flatMap((volume) => [
    volume,
    ...itemsAt(volume, "projected", "sources"),
  ]);
  const environment = containersOf(pod).flatMap(({ value }) => [
    ...itemsAt(value, "envFrom"),
    ...itemsAt(value, "env").map((variable) => at(variable, "valueFrom")),
  ]);
  const named = (sources: unknown[], kind: string, key: string, field = "name"): Reference[] =>
    sources.filter((source) => given(at(source, key))).map((source) => ({ from, kind, name: at(source, key, field) }));
  return [
    ...named(volumes, "PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
    ...named(volumes, "ConfigMap", "configMap"),
    ...volumes
      .filter((volume) => given(at(volume, "secret")))
      // In a projected volume it is called as everywhere else.
      .map((volume) => ({
        from,
        kind: "Secret",
        name: at(volume, "secret", "secretName") ?? at(volume, "secret", "name"),
      })),
    ...["configMapRef", "configMapKeyRef"].flatMap((key) => named(environment, "ConfigMap", key)),
    ...["secretRef", "secretKeyRef"].flatMap((key) => named(environment, "Secret", key)),
    ...itemsAt(pod.spec, "imagePullSecrets").map((secret) => ({ from, kind: "Secret", name: at(secret, "name") })),
    { from, kind: "ServiceAccount", name: at(pod.spec, "serviceAccountName") ?? "default" },
  ];
}

/** What other objects refer to: accounts and Ingresses to their Secrets. */
function otherReferences(from: Subject): Reference[] {
  const secret = (name: unknown): Reference => ({ from, kind: "Secret", name });
  if (isKind(from, "ServiceAccount"))
    return ["secrets", "imagePullSecrets"].flatMap((list) =>
      itemsAt(from.props, list).map((each) => secret(at(each, "name"))),
    );
  if (!isKind(from, "Ingress")) return [];
  // A controller's own, such as nginx.ingress.kubernetes.io/auth-secret: the name, or its namespace and the name.
  const annotated = Object.entries(groupAt(from.props, "metadata", "annotations"))
    .filter(([key]) => key.endsWith("-secret"))
    .map(([, value]) => (typeof value === "string" ? value.replace(/^.*\//, "") : UNKNOWN));
  const certificates = itemsAt(from.props, "spec", "tls").map((each) => at(each, "secretName"));
  return [...annotated, ...certificates].map(secret);
}

/** Whether a value, such as the inputs of an issuer, has the name of an object anywhere, as far as can be known. */
const names = (value: unknown, object: Subject): boolean =>
  typeof value === "object" && value !== null
    ? Object.values(value).some((inner) => names(inner, object))
    : value === UNKNOWN || (typeof value === "string" && maybe(refersTo(value, object)));

/** Kinds that somebody has added to Kubernetes refer to others as they like. */
const mayUse = (custom: Subject, object: Subject): boolean =>
  isCustom(custom) &&
  (isClusterWide(custom) || maybe(sameNamespace(custom, object))) &&
  names({ ...custom.props, apiVersion: null, kind: null, metadata: null }, object);

const isUsed = (object: Subject, resources: readonly Subject[], references: readonly Reference[]): boolean =>
  references.some(
    ({ from, kind, name }) =>
      kind === kindOf(object) && maybe(every(sameNamespace(from, object), refersTo(name, object))),
  ) ||
  resources.some((each) => mayUse(each, object)) ||
  // A chart may use what is beside it, which only its values, or not even they, tell.
  mayBeBesideRelease(object, resources);

export const storageRules: Rule[] = [
  {
    name: "no-unused-object",
    level: "mandatory",
    scope: "stack",
    reason: "It is forgotten with what it holds, and DigitalOcean reports it before each upgrade.",
    fix: "Take it out of the program, or refer to it from the pod that needs it.",
    check: (resources) => {
      const references = resources.flatMap((each) => [...podReferences(each), ...otherReferences(each)]);
      return resources
        .filter((object) => isKind(object, ...USED_BY_PODS) && !isUsed(object, resources, references))
        .map((resource) => ({ resource, what: "Nothing of the stack uses the object" }));
    },
  },
  {
    name: "volume-in-stateful-set",
    level: "mandatory",
    scope: "resource",
    reason:
      "A new pod waits for a volume that the old one, on another node, still has; DigitalOcean reports it before each upgrade.",
    fix: "Run what keeps data in a StatefulSet. What ends by itself, a Job or a CronJob, may have a volume.",
    check: (resource) =>
      isObject(resource) && !isKind(resource, "StatefulSet", "Job", "CronJob")
        ? listAt(podOf(resource)?.spec, "volumes")
            .filter((volume) => present(at(volume, "persistentVolumeClaim")))
            .map((volume) => `The volume "${textAt(volume, "name") ?? ""}" is in no StatefulSet`)
        : [],
  },
  {
    name: "fixed-data-names",
    level: "mandatory",
    scope: "resource",
    reason: "What is replaced or made anew gets another name, and with it another, empty volume.",
    fix: "Set metadata.name.",
    check: (resource) =>
      isKind(resource, "StatefulSet", "PersistentVolumeClaim") &&
      autoNamed(resource, at(resource.props, "metadata", "name"))
        ? ["Pulumi makes up a name by which data is found"]
        : [],
  },
];
