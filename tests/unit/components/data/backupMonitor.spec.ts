import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BackupMonitor, type BackupMonitorArgs, METRICS_PORT } from "../../../../components/data/backupMonitor";
import { labels, selector } from "../../../../lib/labels";
import { monitorPolicy } from "../../../../lib/networkPolicies";
import { clusterlint } from "../../../support/clusterlint";
import { IMAGES } from "../../../support/databases";
import { byName, expected, heirs } from "../../../support/heirs";
import { manifests } from "../../../support/manifests";
import { deploy, type Deployed } from "../../../support/mocks";
import { restrictedViolations, workloads } from "../../../support/pods";
import { ROOT } from "../../../support/stackFiles";

const ARGS: BackupMonitorArgs = { app: "my-blog", namespace: "my-blog", image: IMAGES.tools, maxAgeHours: 36 };
const METADATA = { name: "backup-monitor", namespace: "my-blog", labels: labels("my-blog", "backup-monitor") };

/** The program's files, with what is in them. */
const FOLDER = join(ROOT, "pods", "backupMonitor");
const PROGRAM = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".py"))
    .map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]),
);

const make = (name = "monitor", changes: Partial<BackupMonitorArgs> = {}, opts?: pulumi.ComponentResourceOptions) =>
  new BackupMonitor(name, { ...ARGS, ...changes }, opts);
const create = (changes: Partial<BackupMonitorArgs> = {}) => deploy(() => make("monitor", changes));

const specOf = ({ get }: Deployed, name: string) => get(name).inputs["spec"] as Record<string, unknown>;

function podOf(deployed: Deployed) {
  const [workload, ...others] = workloads(manifests(deployed));
  const [container, ...sidecars] = workload?.pod.containers ?? [];
  assert.ok(workload !== undefined && container !== undefined && others.length + sidecars.length === 0);
  return { ...workload, container };
}

describe("BackupMonitor", () => {
  it("creates its program, its rights, its pod, and where its metrics are read", async () => {
    assert.deepStrictEqual((await create()).list, [
      "flask-doks:data:BackupMonitor monitor",
      "kubernetes:apps/v1:Deployment monitor-deployment",
      "kubernetes:core/v1:ConfigMap monitor-program",
      "kubernetes:core/v1:Service monitor-service",
      "kubernetes:core/v1:ServiceAccount monitor-service-account",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy monitor-policy",
      "kubernetes:policy/v1:PodDisruptionBudget monitor-disruption-budget",
      "kubernetes:rbac.authorization.k8s.io/v1:Role monitor-role",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding monitor-role-binding",
    ]);
  });

  it("may look at Jobs and pods of its namespace, and write events there, and nothing else", async () => {
    const { get, list } = await create();
    assert.deepStrictEqual(get("monitor-role").inputs["rules"], [
      { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: ["list"] },
      { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create"] },
    ]);
    const { roleRef, subjects, metadata } = get("monitor-role-binding").inputs;
    assert.deepStrictEqual(
      { roleRef, subjects, metadata },
      {
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "backup-monitor" },
        subjects: [{ kind: "ServiceAccount", name: "backup-monitor", namespace: "my-blog" }],
        metadata: METADATA,
      },
    );
    assert.deepStrictEqual(
      list.filter((line) => line.includes("ClusterRole")),
      [],
    );
  });

  it("gives the account's token to its one pod, and to no other that might take the account", async () => {
    const deployed = await create();
    const { pod } = podOf(deployed);
    assert.deepStrictEqual(
      [
        deployed.get("monitor-service-account").inputs["automountServiceAccountToken"],
        pod.automountServiceAccountToken,
        pod.serviceAccountName,
      ],
      [false, true, "backup-monitor"],
    );
  });

  it("is one pod, never two, which would tell everything twice", async () => {
    const {
      replicas,
      strategy,
      selector: selected,
      revisionHistoryLimit,
    } = specOf(await create(), "monitor-deployment");
    assert.deepStrictEqual(
      { replicas, strategy, selected, revisionHistoryLimit },
      {
        replicas: 1,
        strategy: { type: "Recreate" },
        selected: { matchLabels: selector("my-blog", "backup-monitor") },
        revisionHistoryLimit: 3,
      },
    );
  });

  it("runs the program, all of its files, out of a ConfigMap that never changes (K10)", async () => {
    const deployed = await create();
    const { pod, container } = podOf(deployed);
    assert.deepStrictEqual(deployed.get("monitor-program").inputs, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "my-blog", labels: labels("my-blog", "backup-monitor") },
      immutable: true,
      data: PROGRAM,
    });
    assert.deepStrictEqual(Object.keys(PROGRAM).sort(), ["monitor.py", "state.py"]);
    assert.deepStrictEqual(pod.volumes, [
      { name: "program", configMap: { name: "monitor-program-1a2b3c4d" } },
      { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
    ]);
    const { image, imagePullPolicy, command, volumeMounts } = container;
    assert.deepStrictEqual(
      { image, imagePullPolicy, command, volumeMounts },
      {
        image: IMAGES.tools,
        imagePullPolicy: "IfNotPresent",
        command: ["python3", "-u", "/opt/monitor/monitor.py"],
        volumeMounts: [
          { name: "program", mountPath: "/opt/monitor", readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    );
  });

  it("knows how old a backup may get, and a test of a restore", async () => {
    const { env } = podOf(await create({ maxAgeHours: 3 })).container;
    assert.deepStrictEqual(env, [
      { name: "APP", value: "my-blog" },
      { name: "METRICS_PORT", value: "9187" },
      { name: "MAX_AGE_SECONDS", value: "10800" },
      // Two of them are missing then: one is due each week.
      { name: "RESTORE_TEST_MAX_AGE_SECONDS", value: String(15 * 24 * 3600) },
      { name: "PYTHONDONTWRITEBYTECODE", value: "1" },
    ]);
  });

  it("is given no variable that its program does not read, and all without which that does not start", async () => {
    const program = Object.values(PROGRAM).join("\n");
    const read = (pattern: RegExp) => [...program.matchAll(pattern)].map(([, name]) => name ?? "");
    const given = (podOf(await create()).container.env ?? []).map(({ name }) => name);
    assert.deepStrictEqual(
      given.filter((name) => !name.startsWith("PYTHON") && !read(/env(?:\.get\(|\[)"([A-Z_]+)"/g).includes(name)),
      [],
    );
    assert.deepStrictEqual(
      read(/env\["([A-Z_]+)"\]/g).filter((name) => !given.includes(name) && !name.startsWith("KUBERNETES_")),
      [],
    );
  });

  it("is admitted by Pod Security restricted, as a user that is not root", async () => {
    const { pod } = podOf(await create());
    assert.deepStrictEqual(restrictedViolations(pod), []);
    assert.deepStrictEqual(pod.securityContext?.["runAsUser"], 10001);
    assert.deepStrictEqual(pod.enableServiceLinks, false);
  });

  it("is held to little memory and disk, and probed (D13)", async () => {
    const { resources, startupProbe, readinessProbe, livenessProbe } = podOf(await create()).container;
    assert.deepStrictEqual(resources, {
      requests: { cpu: "10m", memory: "32Mi", "ephemeral-storage": "64Mi" },
      limits: { memory: "64Mi", "ephemeral-storage": "512Mi" },
    });
    const probe = (path: string) => ({ httpGet: { path, port: "metrics" }, timeoutSeconds: 5 });
    assert.deepStrictEqual(
      [startupProbe, readinessProbe, livenessProbe],
      [
        { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 60 },
        { ...probe("/metrics"), periodSeconds: 5 },
        { ...probe("/healthz"), periodSeconds: 20 },
      ],
    );
  });

  it("answers at a Service, which does not wait for the pod that comes after it", async () => {
    const { inputs } = (await create()).get("monitor-service");
    assert.deepStrictEqual(
      { metadata: inputs["metadata"], spec: inputs["spec"] },
      {
        metadata: { ...METADATA, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          selector: selector("my-blog", "backup-monitor"),
          ports: [{ name: "metrics", port: METRICS_PORT, targetPort: "metrics", protocol: "TCP" }],
        },
      },
    );
  });

  it("is let through to the API server, and its metrics from within the cluster", async () => {
    const { inputs } = (await create()).get("monitor-policy");
    assert.deepStrictEqual(inputs["spec"], monitorPolicy("my-blog", METRICS_PORT));
    assert.deepStrictEqual((inputs["metadata"] as { name: string }).name, "allow-backup-monitor");
  });

  it("lets its node be drained (K8)", async () => {
    assert.deepStrictEqual(specOf(await create(), "monitor-disruption-budget"), {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: selector("my-blog", "backup-monitor") },
    });
  });

  it("starts when it may do what it does, and is let through (K11)", async () => {
    const { waitsFor } = await create();
    const earlier = ["monitor-policy", "monitor-role-binding", "monitor-service", "monitor-program", "monitor-role"];
    assert.deepStrictEqual(
      earlier.map((name) => waitsFor("monitor-deployment", name)),
      earlier.map(() => true),
    );
  });

  it("pulls its image with the secret that it is given, and without one where the registry wants none", async () => {
    const account = async (changes: Partial<BackupMonitorArgs>) =>
      (await create(changes)).get("monitor-service-account").inputs["imagePullSecrets"];
    assert.deepStrictEqual(
      [await account({ pullSecretName: "registry" }), await account({})],
      [[{ name: "registry" }], undefined],
    );
  });

  it("gives DigitalOcean's checks before an upgrade nothing to report (D13)", async () => {
    assert.deepStrictEqual(clusterlint(manifests(await create())), []);
  });

  it("hands parent, protect and provider down (P2)", async () => {
    const roles = ["policy", "program", "service-account", "role", "role-binding", "service", "deployment"];
    assert.deepStrictEqual(
      byName(await heirs((opts) => make("monitor", {}, opts))),
      byName(
        expected(
          "monitor caller none",
          ...[...roles, "disruption-budget"].map((role) => `monitor-${role} monitor k8s`),
        ),
      ),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make("one"), make("two", { app: "shop", namespace: "shop" })]);
    assert.deepStrictEqual([list.length, new Set(list).size], [18, 18]);
  });
});
