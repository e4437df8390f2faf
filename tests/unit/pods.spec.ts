import assert from "node:assert/strict";
import { clusterlint } from "../support/clusterlint";
import { manifests, type Manifest } from "../support/manifests";
import { containersOf, restrictedViolations, workloads, type PodSpec } from "../support/pods";
import { deployStack, STACKS } from "../support/stackFiles";

const SOUND: PodSpec = {
  securityContext: { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: "app",
      image: "ghcr.io/team/app:1",
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } },
    },
  ],
};

/** A sound pod whose container is changed. */
const withContainer = (changes: object): PodSpec => ({
  ...SOUND,
  containers: SOUND.containers.map((container) => ({ ...container, ...changes })),
});

const deployment = (pod: PodSpec, kind = "Deployment"): Manifest => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "app", namespace: "blog" },
  spec: { template: { metadata: { labels: {} }, spec: pod } },
});

const cronJob = (pod: PodSpec, policy: object = { concurrencyPolicy: "Forbid" }): Manifest => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: "app", namespace: "blog" },
  spec: { ...policy, jobTemplate: { spec: { template: { metadata: { labels: {} }, spec: pod } } } },
});

for (const name of STACKS) {
  describe(`the pods of the ${name} stack`, () => {
    let objects: Manifest[];
    const pods = () => workloads(objects);
    /** `kind name` of the workloads of which a pod is not as it should be. */
    const failing = (sound: (pod: PodSpec) => boolean) =>
      pods().flatMap(({ kind, name: workload, pod }) => (sound(pod) ? [] : [`${kind} ${workload}`]));
    const failingContainers = (sound: (container: PodSpec["containers"][number]) => boolean) =>
      failing((pod) => containersOf(pod).every(sound));

    before(async () => {
      objects = manifests(await deployStack(name));
    });

    it("are those of the database, the migration and the web server", () => {
      assert.deepStrictEqual(
        pods()
          .map(({ kind }) => kind)
          .sort(),
        ["Deployment", "Job", "StatefulSet"],
      );
    });

    it("give DigitalOcean's checks before an upgrade nothing to report (D13)", () => {
      assert.deepStrictEqual(clusterlint(objects), []);
    });

    it("are admitted by Pod Security restricted, which their namespace enforces", () => {
      assert.deepStrictEqual(
        failing((pod) => restrictedViolations(pod).length === 0),
        [],
      );
      const labels = objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.labels);
      assert.deepStrictEqual(
        labels.map((own) => own?.["pod-security.kubernetes.io/enforce"]),
        ["restricted"],
      );
    });

    it("have a root file system that cannot be written", () => {
      assert.deepStrictEqual(
        failingContainers(({ securityContext }) => securityContext?.["readOnlyRootFilesystem"] === true),
        [],
      );
    });

    it("write to volumes of a bounded size only", () => {
      assert.deepStrictEqual(
        failing((pod) =>
          (pod.volumes ?? []).every(({ emptyDir }) => emptyDir === undefined || emptyDir.sizeLimit !== undefined),
        ),
        [],
      );
    });

    it("run as a numeric user and group that are not root", () => {
      const ids = (pod: PodSpec) =>
        ["runAsUser", "runAsGroup", "fsGroup"].map((key) => Number(pod.securityContext?.[key]));
      assert.deepStrictEqual(
        failing((pod) => ids(pod).every((id) => id > 0)),
        [],
      );
    });

    it("get no token for the cluster's API, and no environment of other Services", () => {
      assert.deepStrictEqual(
        failing((pod) => pod.automountServiceAccountToken === false && pod.enableServiceLinks === false),
        [],
      );
    });

    it("ask for what they need and are held to their memory and disk", () => {
      assert.deepStrictEqual(
        failingContainers(({ resources }) =>
          [
            ...["cpu", "memory", "ephemeral-storage"].map((key) => resources?.requests?.[key]),
            ...["memory", "ephemeral-storage"].map((key) => resources?.limits?.[key]),
          ].every((quantity) => quantity !== undefined),
        ),
        [],
      );
    });

    it("are probed while they start, serve and live, apart from the Job's", () => {
      assert.deepStrictEqual(
        failingContainers(({ startupProbe, readinessProbe, livenessProbe }) =>
          [startupProbe, readinessProbe, livenessProbe].every((probe) => probe !== undefined),
        ),
        pods()
          .filter(({ kind }) => kind === "Job")
          .map(({ kind, name: job }) => `${kind} ${job}`),
      );
    });

    it("pull images by name once they are on the node, for the name says the content", () => {
      assert.deepStrictEqual(
        failingContainers(
          ({ image, imagePullPolicy }) => image.includes("@sha256:") && imagePullPolicy === "IfNotPresent",
        ),
        [],
      );
    });
  });
}

describe("the check of Pod Security restricted", () => {
  const context = (changes: object) =>
    withContainer({ securityContext: { ...SOUND.containers[0]?.securityContext, ...changes } });
  const cases: [string, PodSpec, string[]][] = [
    ["admits a sound pod", SOUND, []],
    ["refuses the node's network", { ...SOUND, hostNetwork: true }, ["hostNetwork"]],
    [
      "refuses a folder of the node",
      { ...SOUND, volumes: [{ name: "etc", hostPath: { path: "/etc" } }] },
      ["volume etc"],
    ],
    [
      "refuses a pod that says nothing",
      { containers: [{ name: "app", image: "a" }] },
      ["app: allowPrivilegeEscalation", "app: capabilities.drop", "app: runAsNonRoot", "app: seccompProfile"],
    ],
    ["refuses privileges", context({ privileged: true }), ["app: privileged"]],
    [
      "refuses a capability",
      context({ capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }),
      ["app: capabilities.add"],
    ],
    ["refuses root", context({ runAsUser: 0 }), ["app: runAsUser"]],
  ];
  for (const [title, pod, expected] of cases) {
    it(title, () => {
      assert.deepStrictEqual(restrictedViolations(pod), expected);
    });
  }
});

describe("DigitalOcean's checks before an upgrade (D13)", () => {
  const claim: Manifest = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", namespace: "blog" },
  };
  const onClaim: PodSpec = { ...SOUND, volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] };
  const cases: [string, Manifest[], string[]][] = [
    ["pass a sound Deployment", [deployment(SOUND)], []],
    ["pass a volume of a StatefulSet", [claim, deployment(onClaim, "StatefulSet")], []],
    ["report a volume of a Deployment", [claim, deployment(onClaim)], ["Deployment app: volume without a StatefulSet"]],
    ["pass a sound CronJob", [cronJob(SOUND)], []],
    ["report a CronJob without a concurrency policy", [cronJob(SOUND, {})], ["CronJob app: no concurrency policy"]],
    [
      "report what is wrong with the pods of a CronJob",
      [cronJob(withContainer({ image: "mysql:8.4", resources: {} }))],
      ["CronJob app: image without registry", "CronJob app: resource requirements"],
    ],
    ["report a volume of a CronJob", [claim, cronJob(onClaim)], ["CronJob app: volume without a StatefulSet"]],
    ["report an unused claim", [claim], ["PersistentVolumeClaim data: unused"]],
    [
      "report the default namespace",
      [{ apiVersion: "v1", kind: "Service", metadata: { name: "app" } }],
      ["Service app: default namespace"],
    ],
    [
      "report a bare pod",
      [{ apiVersion: "v1", kind: "Pod", metadata: { name: "app", namespace: "blog" } }],
      ["Pod app: bare pod"],
    ],
    [
      "report the latest tag",
      [deployment(withContainer({ image: "localhost:5000/app:latest" }))],
      ["Deployment app: latest tag"],
    ],
    [
      "report a missing tag",
      [deployment(withContainer({ image: "localhost:5000/app" }))],
      ["Deployment app: latest tag"],
    ],
    [
      "report a missing registry",
      [deployment(withContainer({ image: "mysql:8.4" }))],
      ["Deployment app: image without registry"],
    ],
    [
      "report missing resource requirements",
      [deployment(withContainer({ resources: {} }))],
      ["Deployment app: resource requirements"],
    ],
    [
      "report a folder of the node",
      [deployment({ ...SOUND, volumes: [{ name: "etc", hostPath: {} }] })],
      ["Deployment app: hostPath etc"],
    ],
    [
      "report config and secrets that no pod uses",
      ["ConfigMap", "Secret", "ServiceAccount"].map((kind) => ({
        apiVersion: "v1",
        kind,
        metadata: { name: "app", namespace: "blog" },
      })),
      ["ConfigMap app: unused", "Secret app: unused", "ServiceAccount app: unused"],
    ],
  ];
  for (const [title, objects, expected] of cases) {
    it(title, () => {
      assert.deepStrictEqual(clusterlint(objects), expected);
    });
  }
});
