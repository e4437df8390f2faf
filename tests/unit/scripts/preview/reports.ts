/** Reports of previews as the dev and the prod stack would give them. */
import type { ChangedProperty, PlannedChange, PreviewReport } from "../../../../scripts/preview/previewReport";

export const COMMIT = "3f2a9c1d5b7e8f60112233445566778899aabbcc";
export const RUN_URL = "https://github.com/ada/shop/actions/runs/42";

/** A change; what it is called stands in one text, such as `Deployment blog-deployment`. */
export function change(
  op: PlannedChange["op"],
  called: string,
  properties: (Omit<ChangedProperty, "kind"> & { kind?: ChangedProperty["kind"] })[] = [],
): PlannedChange {
  const [type = "", name = ""] = called.split(" ");
  return { op, type, name, properties: properties.map((property) => ({ kind: "update", ...property })) };
}

/** The report of a stack with nothing to do. */
export const report = (changes: Partial<PreviewReport> = {}): PreviewReport => ({
  kind: "preview",
  stack: "dev",
  commit: COMMIT,
  fromNothing: false,
  changes: [],
  unchanged: 46,
  policy: { rules: 31, violations: [] },
  cost: { before: { min: 44.5, max: 44.5 }, after: { min: 44.5, max: 44.5 } },
  warnings: [],
  ...changes,
});

const PROD: Partial<PreviewReport> = {
  stack: "prod",
  unchanged: 47,
  cost: { before: { min: 149, max: 221 }, after: { min: 149, max: 221 } },
};

const SHOP = [
  "Namespace shop-namespace",
  "ServiceAccount shop-service-account",
  "RandomPassword shop-secret-key",
  "Secret shop-secrets",
  "Secret shop-pull-secret",
  "ConfigMap shop-config",
  "ContainerRegistryDockerCredentials shop-push-4be1c2-1",
  "Image shop-image",
  "Deployment shop-deployment",
  "PodDisruptionBudget shop-disruption-budget",
  "Service shop-service",
  "Service shop-exposure-service",
  "NetworkPolicy shop-deny-all",
  "NetworkPolicy shop-allow-dns",
  "NetworkPolicy shop-allow-requests",
].map((called) => change("create", called));

const size = (before: string, after: string) => ({ path: "spec.resources.requests.storage", before, after });

/** What a pull request is, and the reports of its previews, by the name of the example. */
export const EXAMPLES: Record<string, PreviewReport[]> = {
  "no-change": [report(), report(PROD)],
  "new-app": [
    report({ changes: SHOP, cost: { before: { min: 44.5, max: 44.5 }, after: { min: 59.5, max: 59.5 } } }),
    report({
      ...PROD,
      changes: [...SHOP, change("create", "HorizontalPodAutoscaler shop-autoscaler")],
      cost: { before: { min: 149, max: 221 }, after: { min: 164, max: 236 } },
    }),
  ],
  "database-change": [
    report({
      unchanged: 45,
      changes: [change("update", "PersistentVolumeClaim blog-database-mysql-volume", [size("5Gi", "10Gi")])],
      cost: { before: { min: 44.5, max: 44.5 }, after: { min: 45, max: 45 } },
    }),
    report({
      ...PROD,
      unchanged: 45,
      changes: [
        change("replace", "PersistentVolumeClaim blog-database-mysql-volume", [
          size("20Gi", "50Gi"),
          {
            path: "spec.storageClassName",
            before: "do-block-storage-retain",
            after: "do-block-storage-xfs-retain",
            replaces: true,
          },
        ]),
        change("update", "StatefulSet blog-database-mysql-server", [
          { path: "spec.template.spec.volumes[0].persistentVolumeClaim.claimName" },
        ]),
      ],
      cost: { before: { min: 149, max: 221 }, after: { min: 152, max: 224 } },
      warnings: ["blog-database-mysql-volume is protected: an up refuses to replace it."],
    }),
  ],
  "policy-violation": [
    report({
      unchanged: 45,
      changes: [
        change("update", "Deployment blog-deployment", [
          { path: "spec.replicas", before: "2", after: "1" },
          { path: "spec.template.spec.containers[0].resources.limits", kind: "delete" },
        ]),
      ],
      policy: {
        rules: 31,
        violations: [
          {
            rule: "memory-limit",
            level: "mandatory",
            resource: "Deployment blog-deployment",
            message:
              "The container web has no memory limit: one leak takes down the node with all that runs there. Set apps[].resources.memory.",
          },
          {
            rule: "two-replicas",
            level: "relaxed",
            resource: "Deployment blog-deployment",
            message: "One replica is down during each upgrade of its node. Relaxed, for dev has no users.",
          },
        ],
      },
    }),
    report({
      ...PROD,
      unchanged: 46,
      changes: [
        change("update", "Deployment blog-deployment", [
          { path: "spec.template.spec.containers[0].resources.limits", kind: "delete" },
        ]),
      ],
      policy: {
        rules: 31,
        violations: [
          {
            rule: "memory-limit",
            level: "mandatory",
            resource: "Deployment blog-deployment",
            message:
              "The container web has no memory limit: one leak takes down the node with all that runs there. Set apps[].resources.memory.",
          },
          {
            rule: "backups",
            level: "advisory",
            resource: "StatefulSet blog-database-mysql-server",
            message: "The database is not backed up: what is lost there is lost for good. Set backup.target.",
          },
        ],
      },
    }),
  ],
};
