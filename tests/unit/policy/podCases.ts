import { UNKNOWN } from "../../../policy/subject";
import type { SingleRule } from "./singleRules";
import { AUTOSCALER, changed, CRON_JOB, DATABASE, JOB, resource, WEB } from "./subjects";

const CONTAINER = "spec/template/spec/containers/0";
const POD = "spec/template/spec";
const SECURITY = `${CONTAINER}/securityContext`;
const digest = `@sha256:${"a".repeat(64)}`;

const cron = (path: string): string => `spec/jobTemplate/spec/template/spec/containers/0/${path}`;

const image = resource("docker:index/image:Image", "image", {
  build: { platform: "linux/amd64" },
  imageName: "registry.digitalocean.com/shop/web:1",
});
export const ofImages: SingleRule[] = [
  {
    rule: "image-by-digest",
    subject: WEB,
    path: `${CONTAINER}/image`,
    sound: [`web${digest}`],
    wrong: [["docker.io/library/nginx:1.30", 'Deployment web: Container "web" names its image without a digest']],
  },
  {
    rule: "image-by-digest",
    subject: CRON_JOB,
    path: cron("image"),
    wrong: [["docker.io/library/nginx", 'CronJob backup: Container "web" names its image without a digest']],
  },
  {
    rule: "image-tag-latest",
    trap: "D13",
    subject: WEB,
    path: `${CONTAINER}/image`,
    sound: [`docker.io/nginx${digest}`, "localhost:5000/nginx:1.30"],
    wrong: ["docker.io/nginx:latest", `docker.io/nginx:latest${digest}`, "localhost:5000/nginx"].map((name) => [
      name,
      'Deployment web: Container "web" runs the image of the tag latest',
    ]),
  },
  {
    rule: "image-registry",
    trap: "D13",
    subject: WEB,
    path: `${CONTAINER}/image`,
    sound: ["localhost/web:1", "localhost:5000/web:1", "ghcr.io/team/web:1"],
    wrong: ["nginx:1.30", "library/nginx:1.30"].map((name) => [
      name,
      'Deployment web: Container "web" names its image without the registry',
    ]),
  },
  {
    rule: "image-platform",
    trap: "P1",
    subject: image,
    path: "build/platform",
    sound: ["linux/arm64"],
    wrong: [["", "Image image: The image is built for whatever machine builds it"]],
    missing: "Image image: The image is built for whatever machine builds it",
  },
];

export const ofContainers: SingleRule[] = [
  {
    rule: "read-only-root-filesystem",
    subject: WEB,
    path: `${SECURITY}/readOnlyRootFilesystem`,
    wrong: [[false, 'Deployment web: Container "web" can write to its root filesystem']],
    missing: 'Deployment web: Container "web" can write to its root filesystem',
  },
  {
    rule: "no-privilege-escalation",
    subject: WEB,
    path: `${SECURITY}/allowPrivilegeEscalation`,
    wrong: [[true, 'Deployment web: Container "web" may gain more rights than it starts with']],
    missing: 'Deployment web: Container "web" may gain more rights than it starts with',
  },
  {
    rule: "no-privilege-escalation",
    subject: WEB,
    path: `${SECURITY}/privileged`,
    wrong: [[true, 'Deployment web: Container "web" is privileged']],
  },
  {
    rule: "drop-all-capabilities",
    subject: WEB,
    path: `${SECURITY}/capabilities`,
    sound: [{ drop: ["ALL"], add: ["NET_BIND_SERVICE"] }],
    wrong: [{ drop: ["NET_RAW"] }, { drop: ["ALL"], add: ["SYS_ADMIN"] }].map((value) => [
      value,
      'Deployment web: Container "web" keeps capabilities',
    ]),
    missing: 'Deployment web: Container "web" keeps capabilities',
  },
  {
    rule: "resource-requirements",
    trap: "D13",
    subject: WEB,
    path: `${CONTAINER}/resources`,
    sound: [{ requests: { cpu: UNKNOWN, memory: "1Gi" }, limits: { memory: "1Gi" } }],
    wrong: [
      [{ requests: { memory: "1Gi" } }, 'Deployment web: Container "web" has no request of cpu, no limit of memory'],
    ],
    missing: 'Deployment web: Container "web" has no request of cpu, no request of memory, no limit of memory',
  },
  {
    rule: "ephemeral-storage-limit",
    subject: WEB,
    path: `${CONTAINER}/resources/limits`,
    wrong: [[{ memory: "1Gi" }, 'Deployment web: Container "web" has no limit of ephemeral-storage']],
    missing: 'Deployment web: Container "web" has no limit of ephemeral-storage',
  },
  {
    rule: "readiness-probe",
    subject: WEB,
    path: `${CONTAINER}/readinessProbe`,
    wrong: [[null, 'Deployment web: Container "web" has no readiness probe']],
    missing: 'Deployment web: Container "web" has no readiness probe',
  },
  {
    rule: "liveness-probe",
    subject: DATABASE,
    path: `${CONTAINER}/livenessProbe`,
    wrong: [[null, 'StatefulSet database: Container "web" has no liveness probe']],
    missing: 'StatefulSet database: Container "web" has no liveness probe',
  },
];

export const ofPods: SingleRule[] = [
  {
    rule: "run-as-non-root",
    subject: WEB,
    path: `${POD}/securityContext`,
    sound: [{ runAsNonRoot: true, runAsUser: 999 }, { runAsNonRoot: true }],
    wrong: [{ runAsNonRoot: true, runAsUser: 0 }, { runAsUser: 10001 }].map((value) => [
      value,
      'Deployment web: Container "web" may run as root',
    ]),
    missing: 'Deployment web: Container "web" may run as root',
  },
  {
    rule: "run-as-non-root",
    subject: WEB,
    path: `${SECURITY}/runAsNonRoot`,
    wrong: [[false, 'Deployment web: Container "web" may run as root']],
  },
  {
    rule: "seccomp-profile",
    subject: WEB,
    path: `${POD}/securityContext/seccompProfile`,
    sound: [{ type: "Localhost" }],
    wrong: [[{ type: "Unconfined" }, 'Deployment web: Container "web" runs without a seccomp profile']],
    missing: 'Deployment web: Container "web" runs without a seccomp profile',
  },
  ...["hostNetwork", "hostPID", "hostIPC"].map((field): SingleRule => ({
    rule: "no-host-access",
    subject: WEB,
    path: `${POD}/${field}`,
    sound: [false],
    wrong: [[true, `Deployment web: The pod uses ${field}`]],
  })),
  {
    rule: "no-host-access",
    trap: "D13",
    subject: WEB,
    path: `${POD}/volumes/0`,
    wrong: [[{ name: "docker", hostPath: { path: "/var" } }, 'Deployment web: The volume "docker" is a hostPath']],
  },
  {
    rule: "no-host-access",
    subject: WEB,
    path: `${CONTAINER}/ports`,
    wrong: [[[{ hostPort: 80 }], 'Deployment web: Container "web" uses a hostPort']],
  },
  {
    rule: "own-service-account",
    subject: WEB,
    path: `${POD}/serviceAccountName`,
    wrong: [["default", "Deployment web: The pod runs as the namespace's default service account"]],
    missing: "Deployment web: The pod runs as the namespace's default service account",
  },
  {
    rule: "grace-period",
    trap: "K9",
    subject: WEB,
    path: `${POD}/terminationGracePeriodSeconds`,
    sound: [9],
    wrong: [
      [8, 'Deployment web: Container "web" sleeps 8 s before it is told to end, and the pod has 8 s'],
      [5, 'Deployment web: Container "web" sleeps 8 s before it is told to end, and the pod has 5 s'],
    ],
  },
  {
    rule: "grace-period",
    trap: "K9",
    subject: WEB,
    path: `${CONTAINER}/lifecycle/preStop/sleep/seconds`,
    wrong: [[60, 'Deployment web: Container "web" sleeps 60 s before it is told to end, and the pod has 45 s']],
  },
  {
    rule: "spread-over-nodes",
    subject: WEB,
    path: `${POD}/topologySpreadConstraints`,
    wrong: [[null, "Deployment web: Nothing spreads the replicas over nodes"]],
    missing: "Deployment web: Nothing spreads the replicas over nodes",
  },
  {
    rule: "spread-over-nodes",
    subject: changed(WEB, "spec/replicas", undefined),
    beside: [AUTOSCALER],
    path: `${POD}/topologySpreadConstraints`,
    wrong: [[null, "Deployment web: Nothing spreads the replicas over nodes"]],
    missing: "Deployment web: Nothing spreads the replicas over nodes",
  },
  {
    rule: "job-limits",
    subject: JOB,
    path: "spec/activeDeadlineSeconds",
    wrong: [[null, "Job migration: The Job has no activeDeadlineSeconds"]],
    missing: "Job migration: The Job has no activeDeadlineSeconds",
  },
  {
    rule: "job-limits",
    subject: CRON_JOB,
    path: "spec/jobTemplate/spec/backoffLimit",
    sound: [0],
    wrong: [[null, "CronJob backup: The Job has no backoffLimit"]],
    missing: "CronJob backup: The Job has no backoffLimit",
  },
  {
    rule: "cron-concurrency",
    trap: "D13",
    subject: CRON_JOB,
    path: "spec/concurrencyPolicy",
    sound: ["Replace"],
    wrong: [["", "CronJob backup: The CronJob has no concurrency policy"]],
    missing: "CronJob backup: The CronJob has no concurrency policy",
  },
];
