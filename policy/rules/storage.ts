/** Volumes, and objects that nothing uses. */
import { autoNamed, containersOf, isKind, isObject, podOf, refersTo, sameNamespace } from "../kubernetes";
import type { Rule } from "../rule";
import { at, given, itemsAt, kindOf, listAt, present, type Subject, textAt } from "../subject";

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

/** What other objects refer to: accounts to their pull secrets, Ingresses and issuers to their Secrets. */
function otherReferences(from: Subject): Reference[] {
  const secret = (name: unknown): Reference => ({ from, kind: "Secret", name });
  if (isKind(from, "ServiceAccount"))
    return itemsAt(from.props, "imagePullSecrets").map((each) => secret(at(each, "name")));
  if (isKind(from, "Ingress")) return itemsAt(from.props, "spec", "tls").map((each) => secret(at(each, "secretName")));
  return [];
}

/** Issuers name Secrets wherever their kind of challenge has them. */
const namedAnywhere = (object: Subject, value: unknown): boolean =>
  typeof value === "object" && value !== null
    ? Object.entries(value).some(([key, inner]) =>
        /SecretRef$/.test(key) && given(at(inner, "name"))
          ? refersTo(at(inner, "name"), object)
          : namedAnywhere(object, inner),
      )
    : false;

function isUsed(object: Subject, resources: readonly Subject[], references: readonly Reference[]): boolean {
  const used = references.some(
    ({ from, kind, name }) => kind === kindOf(object) && sameNamespace(from, object) && refersTo(name, object),
  );
  return (
    used ||
    (isKind(object, "Secret") &&
      resources.some((each) => isKind(each, "ClusterIssuer", "Issuer") && namedAnywhere(object, each.props)))
  );
}

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
