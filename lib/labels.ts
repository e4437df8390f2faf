/** The part that a set of pods plays for an app; selectors and network policies go by it. */
export type AppRole = "web" | "migration" | "database";

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
