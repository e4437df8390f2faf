/** Secrets where everybody reads them, and rights that nobody uses. */
import { containersOf, isKind, type Pod, podOf, sameNamespace } from "../kubernetes";
import type { Rule } from "../rule";
import { at, groupAt, itemsAt, listAt, sound, type Subject, textAt } from "../subject";

/** Names of what is secret; not of where it is, or of how long it lasts. */
const SECRET =
  /(^|[_-])(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS|(SECRET|API|PRIVATE|ACCESS|ENCRYPTION)[_-]KEY)$/i;

const looksSecret = (name: string, value: unknown): boolean =>
  SECRET.test(name) && typeof value === "string" && value !== "";

/** Whether the pod is handed a token of its account. */
function hasToken({ owner, spec }: Pod, resources: readonly Subject[]): boolean {
  const own = at(spec, "automountServiceAccountToken");
  const account = resources.find(
    (each) =>
      isKind(each, "ServiceAccount") &&
      sameNamespace(each, owner) &&
      at(each.props, "metadata", "name") === at(spec, "serviceAccountName"),
  );
  const mounted = own ?? (account === undefined ? undefined : at(account.props, "automountServiceAccountToken"));
  return mounted === undefined || mounted === true;
}

/** Whether the pod's account may do anything. */
const hasRights = ({ owner, spec }: Pod, resources: readonly Subject[]): boolean =>
  resources.some(
    (binding) =>
      isKind(binding, "RoleBinding", "ClusterRoleBinding") &&
      (isKind(binding, "ClusterRoleBinding") || sameNamespace(binding, owner)) &&
      itemsAt(binding.props, "subjects").some(
        (subject) =>
          sound(at(subject, "kind"), (kind) => kind === "ServiceAccount") && isAccount(at(subject, "name"), spec),
      ),
  );

const isAccount = (name: unknown, spec: unknown): boolean =>
  typeof name !== "string" || name === at(spec, "serviceAccountName");

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
            .filter(([name, value]) => looksSecret(name, value))
            .map(([name]) => `The ConfigMap holds ${name}`)
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
          .filter((variable) => looksSecret(textAt(variable, "name") ?? "", at(variable, "value")))
          .map((variable) => `${title} has ${textAt(variable, "name") ?? ""} in clear`),
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
