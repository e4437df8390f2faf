/** Rights at the API server, and whom it asks before it does anything. */
import { isKind, isRelease } from "../kubernetes";
import type { ResourceRule } from "../rule";
import { at, given, groupAt, itemsAt, listAt, type Subject, textAt } from "../subject";

/** Longer than that, and DigitalOcean reports it. */
const LONGEST_WEBHOOK_SECONDS = 29;

/** Time-outs of the admission webhooks that a resource brings, a chart's by the names that charts have for them. */
function webhookSeconds(resource: Subject): unknown[] {
  if (isKind(resource, "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")) {
    return listAt(resource.props, "webhooks").map((webhook) => at(webhook, "timeoutSeconds"));
  }
  return isRelease(resource) ? [...inValues(at(resource.props, "values")), ...byDefault(resource)] : [];
}

/** The chart of cert-manager has its own time-out for its webhook, which is longer than Kubernetes'. */
const CERT_MANAGER_SECONDS = 30;

const byDefault = ({ props }: Subject): unknown[] =>
  /(^|\/)cert-manager$/.test(textAt(props, "chart") ?? "") &&
  !given(at(props, "valueYamlFiles")) &&
  !given(at(props, "values", "webhook", "timeoutSeconds"))
    ? [CERT_MANAGER_SECONDS]
    : [];

const inValues = (values: unknown): unknown[] =>
  Object.entries(groupAt(values)).flatMap(([key, value]) => [
    ...(/webhook/i.test(key) ? [at(value, "timeoutSeconds")] : []),
    ...inValues(value),
  ]);

const rulesOf = (resource: Subject, ...kinds: string[]): unknown[] =>
  isKind(resource, ...kinds) ? listAt(resource.props, "rules") : [];

const wildcards = (resource: Subject): string[] =>
  rulesOf(resource, "Role", "ClusterRole").flatMap((rule) =>
    ["apiGroups", "resources", "verbs"]
      .filter((field) => listAt(rule, field).includes("*"))
      .map((field) => `The role has * among its ${field}`),
  );

const READS: unknown[] = ["get", "list", "watch"];

const secretsEverywhere = (resource: Subject): string[] =>
  rulesOf(resource, "ClusterRole").some(
    (rule) =>
      listAt(rule, "resources").includes("secrets") &&
      listAt(rule, "verbs").some((verb) => READS.includes(verb)) &&
      // With names, it is about Secrets that are called so.
      itemsAt(rule, "resourceNames").length === 0,
  )
    ? ["The role may read the Secrets of every namespace"]
    : [];

const admin = (resource: Subject): string[] =>
  isKind(resource, "RoleBinding", "ClusterRoleBinding") && at(resource.props, "roleRef", "name") === "cluster-admin"
    ? ["The binding grants cluster-admin"]
    : [];

export const accessRules: ResourceRule[] = [
  {
    name: "webhook-timeout",
    level: "mandatory",
    scope: "resource",
    reason: "Changes wait as long for a webhook that does not answer; DigitalOcean reports it before each upgrade.",
    fix: `Set timeoutSeconds to ${LONGEST_WEBHOOK_SECONDS} at most; 10 is what Kubernetes takes by default.`,
    check: (resource) =>
      webhookSeconds(resource).flatMap((seconds) =>
        typeof seconds === "number" && seconds > LONGEST_WEBHOOK_SECONDS
          ? [`An admission webhook may take ${seconds} s`]
          : [],
      ),
  },
  {
    name: "least-privilege",
    level: "mandatory",
    scope: "resource",
    reason: "Whoever takes over the pod may do to the cluster, or read of it, what no pod of the stack has to.",
    fix: "List the API groups, resources and verbs that are needed, in a Role of the namespace that needs them.",
    check: (resource) => [...wildcards(resource), ...secretsEverywhere(resource), ...admin(resource)],
  },
];
