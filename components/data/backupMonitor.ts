import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { oneAtATime } from "../../lib/disruptionBudget";
import { labels, selector } from "../../lib/labels";
import { monitorPolicy } from "../../lib/networkPolicies";
import { podAccount } from "../../lib/podAccount";
import { containerResources } from "../../lib/podResources";
import { containerSecurityContext, podSecurityContext } from "../../lib/podSecurity";

/** Arguments of {@link BackupMonitor}. */
export interface BackupMonitorArgs {
  /** The app whose backups are watched: a plain string, for it labels the objects. */
  app: string;
  namespace: pulumi.Input<string>;
  /** Image with Python, by digest. */
  image: string;
  /** A newest backup that is older is told as a fault. */
  maxAgeHours: number;
  /** Secret with which the image is pulled; none when the registry wants none. */
  pullSecretName?: pulumi.Input<string> | undefined;
}

/** Port of its metrics. */
export const METRICS_PORT = 9187;

/** A restore test is due once a week: two that are missing are a fault. */
const RESTORE_TEST_MAX_AGE_SECONDS = 15 * 24 * 3600;

const USER_ID = 10001;
const FOLDER = "/opt/monitor";
const SOURCES = join(__dirname, "..", "..", "pods", "backupMonitor");
const NAME = "backup-monitor";

const RESOURCES = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } };

/**
 * Tells of one app's backups what alerts and people want to know: as metrics, and as events where one failed or is
 * overdue. It may read Jobs and pods of its namespace and write events there, and holds no secret of the backups.
 * Creates the program in a ConfigMap, a ServiceAccount with its Role, a Deployment, a Service and a network policy.
 */
export class BackupMonitor extends pulumi.ComponentResource {
  constructor(name: string, args: BackupMonitorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:BackupMonitor", name, args, opts);
    const { app, namespace } = args;
    const child = { parent: this };
    const unnamed = { namespace, labels: labels(app, NAME) };
    const metadata = { ...unnamed, name: NAME };

    const policy = new k8s.networking.v1.NetworkPolicy(
      `${name}-policy`,
      { metadata: { ...metadata, name: "allow-backup-monitor" }, spec: monitorPolicy(app, METRICS_PORT) },
      child,
    );
    const program = new k8s.core.v1.ConfigMap(
      `${name}-program`,
      { metadata: unnamed, immutable: true, data: monitorProgram() },
      child,
    );
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-service-account`,
      // Its one pod asks for a token.
      podAccount(metadata, args.pullSecretName),
      child,
    );
    const role = new k8s.rbac.v1.Role(
      `${name}-role`,
      {
        metadata,
        rules: [
          { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: ["list"] },
          { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
          { apiGroups: [""], resources: ["events"], verbs: ["create"] },
        ],
      },
      child,
    );
    const binding = new k8s.rbac.v1.RoleBinding(
      `${name}-role-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
      },
      child,
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        // The pod comes after it: to wait for it here would be to wait for ever.
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          selector: selector(app, NAME),
          ports: [{ name: "metrics", port: METRICS_PORT, targetPort: "metrics", protocol: "TCP" }],
        },
      },
      child,
    );
    const probe = (path: string) => ({ httpGet: { path, port: "metrics" }, timeoutSeconds: 5 });
    new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata,
        spec: {
          replicas: 1,
          revisionHistoryLimit: 3,
          selector: { matchLabels: selector(app, NAME) },
          // Two would tell everything twice.
          strategy: { type: "Recreate" },
          template: {
            metadata: { labels: labels(app, NAME) },
            spec: {
              serviceAccountName: account.metadata.name,
              automountServiceAccountToken: true,
              enableServiceLinks: false,
              terminationGracePeriodSeconds: 10,
              securityContext: podSecurityContext(USER_ID),
              containers: [
                {
                  name: NAME,
                  image: args.image,
                  // By digest, so that an image on the node is the right one.
                  imagePullPolicy: "IfNotPresent",
                  command: ["python3", "-u", `${FOLDER}/monitor.py`],
                  env: [
                    { name: "APP", value: app },
                    { name: "METRICS_PORT", value: String(METRICS_PORT) },
                    { name: "MAX_AGE_SECONDS", value: String(args.maxAgeHours * 3600) },
                    { name: "RESTORE_TEST_MAX_AGE_SECONDS", value: String(RESTORE_TEST_MAX_AGE_SECONDS) },
                    { name: "PYTHONDONTWRITEBYTECODE", value: "1" },
                  ],
                  ports: [{ name: "metrics", containerPort: METRICS_PORT, protocol: "TCP" }],
                  startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 60 },
                  readinessProbe: { ...probe("/metrics"), periodSeconds: 5 },
                  livenessProbe: { ...probe("/healthz"), periodSeconds: 20 },
                  resources: containerResources(RESOURCES),
                  securityContext: containerSecurityContext(),
                  volumeMounts: [
                    { name: "program", mountPath: FOLDER, readOnly: true },
                    { name: "tmp", mountPath: "/tmp" },
                  ],
                },
              ],
              volumes: [
                { name: "program", configMap: { name: program.metadata.name } },
                { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
              ],
            },
          },
        },
      },
      { ...child, dependsOn: [policy, binding, service] },
    );
    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata,
        spec: oneAtATime(selector(app, NAME)),
      },
      child,
    );
    this.registerOutputs({});
  }
}

/** The program's files by their names. `monitor.py` is the one that is run, and finds the others beside it. */
function monitorProgram(): Record<string, string> {
  const names = readdirSync(SOURCES).filter((name) => name.endsWith(".py"));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(SOURCES, name), "utf8")]));
}
