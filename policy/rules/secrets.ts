/** Secrets where everybody reads them, and rights that nobody uses. */
import { equal, every, maybe } from "../answer";
import { containersOf, isKind, namespaceOf, type Pod, podOf, refersTo, sameNamespace } from "../kubernetes";
import type { Rule } from "../rule";
import { at, given, groupAt, itemsAt, listAt, sound, type Subject, textAt, UNKNOWN } from "../subject";

/** Names of what is secret; not of where it is, of how long it lasts, or of whether there is to be one. */
const SECRET = /(^|[_-])(PASSWORD|PASSWD|PASS|PASSPHRASE|SECRET|TOKEN|CREDENTIALS|PAT)$|[_-](PWD|KEY)$/i;
const SETTING = /(^|[_-])(ALLOW|REQUIRE)[_-]/i;
/** Keys that everybody may know, and those by which something is found. */
const OPEN_KEY = /(^|[_-])(PUBLIC|PUBLISHABLE|SITE|CACHE|PARTITION|PRIMARY|SORT)[_-]KEY$/i;

/** What is no secret, whatever its name: a switch, a number, a file, or a reference to another variable. */
const HARMLESS = /^(true|false|yes|no|on|off|\d*|(\/[\w.-]+)+\.\w+|\$\(\w+\))$/i;

/** The password in a URL; none where another variable or a template is to put it there. */
const PASSWORD_IN_URL = /:\/\/[^\s/?#:@]*:(?!\$[({]|[<{])[^\s/?#@]+@/;

/** What of a variable is secret, for people: itself, or a part of it. */
export function secretIn(name: string, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (PASSWORD_IN_URL.test(value)) return `the password in ${name}`;
  const isNamedSo = SECRET.test(name) && !SETTING.test(name) && !OPEN_KEY.test(name);
  return isNamedSo && !HARMLESS.test(value) ? name : undefined;
}

/** The account of a pod: UNKNOWN where a preview cannot say. */
const accountOf = ({ spec }: Pod): unknown => at(spec, "serviceAccountName") ?? "default";

/** Whether the pod is handed a token of its account, by its own word, its account's, or Kubernetes' default. */
function hasToken(pod: Pod, resources: readonly Subject[]): boolean {
  const own = at(pod.spec, "automountServiceAccountToken");
  if (given(own)) return own === true;
  const account = accountOf(pod);
  return (
    account !== UNKNOWN &&
    !resources.some(
      (each) =>
        isKind(each, "ServiceAccount") &&
        maybe(every(sameNamespace(each, pod.owner), refersTo(account, each))) &&
        (at(each.props, "automountServiceAccountToken") ?? true) !== true,
    )
  );
}

/** Whether the pod's account may do anything. */
const hasRights = (pod: Pod, resources: readonly Subject[]): boolean =>
  resources.some(
    (binding) =>
      isKind(binding, "RoleBinding", "ClusterRoleBinding") &&
      itemsAt(binding.props, "subjects").some(
        (subject) =>
          sound(at(subject, "kind"), (kind) => kind === "ServiceAccount") &&
          maybe(equal(at(subject, "name"), accountOf(pod))) &&
          // A Role of another namespace may be granted to the account as well.
          maybe(equal(at(subject, "namespace") ?? namespaceOf(binding), namespaceOf(pod.owner))),
      ),
  );

export const secretRules: Rule[] = [
  {
    name: "no-secret-in-config-map",
    level: "mandatory",
    scope: "resource",
    reason: "A ConfigMap is shown to whoever may look at the namespace, and in every preview.",
    fix: "Put it among the app's secrets.",
    check: (resource) =>
      isKind(resource, "ConfigMap")
        ? Object.entries(groupAt(resource.props, "data"))
            .flatMap(([name, value]) => secretIn(name, value) ?? [])
            .map((secret) => `The ConfigMap holds ${secret}`)
        : [],
  },
  {
    name: "no-secret-in-environment",
    level: "mandatory",
    scope: "resource",
    reason: "It stands in the Deployment, which is shown to whoever may look at the namespace.",
    fix: "Put it into a Secret, and refer to that with secretRef or a file.",
    check: (resource) => {
      const pod = podOf(resource);
      return (pod === undefined ? [] : containersOf(pod)).flatMap(({ title, value }) =>
        listAt(value, "env")
          .flatMap((variable) => secretIn(textAt(variable, "name") ?? "", at(variable, "value")) ?? [])
          .map((secret) => `${title} has ${secret} in clear`),
      );
    },
  },
  {
    name: "no-idle-token",
    level: "mandatory",
    scope: "stack",
    reason: "Whoever breaks into the pod can talk to the cluster's API in its name.",
    fix: "Set automountServiceAccountToken: false, or bind a Role to the account if the program asks the API.",
    check: (resources) =>
      resources.flatMap((resource) => {
        const pod = podOf(resource);
        return pod !== undefined && hasToken(pod, resources) && !hasRights(pod, resources)
          ? [{ resource, what: "The pod has a token of its service account and no right to use it for" }]
          : [];
      }),
  },
];
