import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** The parts that sets of pods play for an app; selectors and network policies go by them. */
export const APP_ROLES = [
  "web",
  "migration",
  "database",
  "accounts",
  "backup",
  "restore-test",
  "restore",
  "move",
  "backup-monitor",
  "cache",
  "cache-replica",
] as const;

/** One of them. */
export type AppRole = (typeof APP_ROLES)[number];

/** Kubernetes' recommended labels of one part of an app. `name` and `component` together select its pods. */
export function labels(app: string, component: AppRole): Record<string, string> {
  return {
    "app.kubernetes.io/name": app,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/part-of": app,
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** The labels that select the pods of one part of an app: they never change, for a selector cannot. */
export function selector(app: string, component: AppRole): Record<string, string> {
  return { "app.kubernetes.io/name": app, "app.kubernetes.io/component": component };
}

/** What selects the pods of several parts of an app. */
export const partsOf = (app: string, roles: AppRole[]) => ({
  matchLabels: { "app.kubernetes.io/name": app },
  matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: roles }],
});

/** Annotations of a Job of a release: one that has failed is run again by the next `up`, though nothing was changed. */
export const RUN_AGAIN = { "pulumi.com/replaceUnready": "true" };

/** Metadata of an object of an app, given its name and the part that it plays. */
export type ObjectMetadata = (name: pulumi.Input<string>, role?: AppRole) => types.input.meta.v1.ObjectMeta;

/** Metadata for the objects of one app: the namespace and the labels are the same for all of them. */
export function objectMetadata(app: string, namespace: pulumi.Input<string>): ObjectMetadata {
  return (name, role = "web") => ({ name, namespace, labels: labels(app, role) });
}

/** Labels of the objects of a part of the stack that is no app, such as the Ingress controller's. */
export function partLabels(part: string): Record<string, string> {
  return { "app.kubernetes.io/part-of": part, "app.kubernetes.io/managed-by": "pulumi" };
}
