/** Resources as the rules see them: sound ones, and what becomes of them when one input is another. */
import { RULES } from "../../../policy/check";
import { labelOf, type Subject } from "../../../policy/subject";

export const IMAGE = `docker.io/library/nginx:1.30@sha256:${"0".repeat(64)}`;

export const resource = (type: string, name: string, props: Record<string, unknown>): Subject => ({
  type,
  name,
  props,
  protect: false,
});

const labels = { app: "web" };

const pod = {
  metadata: { labels },
  spec: {
    serviceAccountName: "web",
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 45,
    topologySpreadConstraints: [{ topologyKey: "kubernetes.io/hostname" }],
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "web",
        image: IMAGE,
        env: [{ name: "PORT", value: "8000" }],
        envFrom: [{ configMapRef: { name: "web" } }, { secretRef: { name: "web" } }],
        ports: [{ containerPort: 8000 }],
        lifecycle: { preStop: { sleep: { seconds: 8 } } },
        readinessProbe: { httpGet: { path: "/readyz", port: 8000 } },
        livenessProbe: { httpGet: { path: "/healthz", port: 8000 } },
        resources: {
          requests: { cpu: "100m", memory: "256Mi" },
          limits: { memory: "384Mi", "ephemeral-storage": "512Mi" },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          privileged: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
    volumes: [{ name: "tmp", emptyDir: {} }],
  },
};

const metadata = { name: "web", namespace: "shop" };

/** A Deployment of two replicas. */
export const WEB = resource("kubernetes:apps/v1:Deployment", "web", {
  metadata,
  spec: { replicas: 2, selector: { matchLabels: labels }, template: pod },
});

/** A StatefulSet of one replica, with a volume. */
export const DATABASE = resource("kubernetes:apps/v1:StatefulSet", "database", {
  metadata: { name: "mysql", namespace: "shop" },
  spec: {
    replicas: 1,
    template: {
      metadata: { labels: { app: "database" } },
      spec: { ...pod.spec, volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
    },
  },
});

export const JOB = resource("kubernetes:batch/v1:Job", "migration", {
  metadata: { namespace: "shop" },
  spec: { activeDeadlineSeconds: 600, backoffLimit: 2, template: pod },
});

export const CRON_JOB = resource("kubernetes:batch/v1:CronJob", "backup", {
  metadata: { name: "backup", namespace: "shop" },
  spec: {
    concurrencyPolicy: "Forbid",
    jobTemplate: { spec: { activeDeadlineSeconds: 3600, backoffLimit: 1, template: pod } },
  },
});

export const BALANCER = resource("kubernetes:core/v1:Service", "public", {
  metadata: {
    ...metadata,
    annotations: { "service.beta.kubernetes.io/do-loadbalancer-type": "REGIONAL_NETWORK" },
  },
  spec: { type: "LoadBalancer", externalTrafficPolicy: "Local", selector: labels },
});

export const INGRESS = resource("kubernetes:networking.k8s.io/v1:Ingress", "web", {
  metadata,
  spec: { rules: [{ host: "shop.example.com" }], tls: [{ hosts: ["shop.example.com"], secretName: "shop-tls" }] },
});

export const BUDGET = resource("kubernetes:policy/v1:PodDisruptionBudget", "budget", {
  metadata,
  spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
});

/** Of at least two replicas of {@link WEB}. */
export const AUTOSCALER = resource("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "autoscaler", {
  metadata: { namespace: "shop" },
  spec: { minReplicas: 2, maxReplicas: 10, scaleTargetRef: { kind: "Deployment", name: "web" } },
});

export const RELEASE = resource("kubernetes:helm.sh/v3:Release", "traefik", {
  name: "traefik",
  namespace: "ingress",
  chart: "traefik",
  version: "37.1.0",
  timeout: 600,
  values: { admissionWebhooks: { timeoutSeconds: 10 } },
});

export const CLUSTER = resource("digitalocean:index/kubernetesCluster:KubernetesCluster", "cluster", {
  version: "1.35.1-do.0",
  ha: true,
  autoUpgrade: true,
  surgeUpgrade: true,
  clusterSubnet: "10.42.0.0/16",
  serviceSubnet: "10.43.0.0/20",
  maintenancePolicy: { day: "sunday", startTime: "04:00" },
});

const key = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);

/** A copy with another value at a path such as `spec.replicas`, or with none there. */
export function changed(subject: Subject, path: string, value: unknown): Subject {
  return { ...subject, props: put(subject.props, path.split("/"), value) as Subject["props"] };
}

function put(group: unknown, [first = "", ...rest]: string[], value: unknown): unknown {
  const copy: Record<string | number, unknown> = Array.isArray(group)
    ? ([...(group as unknown[])] as unknown as Record<number, unknown>)
    : { ...(group as object) };
  if (rest.length > 0) copy[key(first)] = put(copy[key(first)] ?? {}, rest, value);
  else if (value === undefined) Reflect.deleteProperty(copy, key(first));
  else copy[key(first)] = value;
  return copy;
}

/** What a rule has against some resources, such as `Deployment web: Container "web" is privileged`. */
export function broken(
  name: string,
  resources: readonly Subject[],
  dataPolicy: "retain" | "delete" = "delete",
): string[] {
  const rule = RULES.find((each) => each.name === name);
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return rule.scope === "stack"
    ? rule.check(resources, { dataPolicy }).map((breach) => `${labelOf(breach.resource)}: ${breach.what}`)
    : resources.flatMap((each) => rule.check(each, { dataPolicy }).map((what) => `${labelOf(each)}: ${what}`));
}
