import assert from "node:assert/strict";
import { clusterlint } from "../support/clusterlint";
import { shownSecrets } from "../support/databases";
import { deployWith, MANAGED_ALONE, MANAGED_WITH_SPACES, WITH_S3, WITH_VOLUME } from "../support/databaseStacks";
import { manifests } from "../support/manifests";
import type { Deployed } from "../support/mocks";
import { containersOf, restrictedViolations, workloads } from "../support/pods";
import { deployStack } from "../support/stackFiles";

const MODES = ["update", "preview"] as const;

const TASKS = [
  "kubernetes:core/v1:ConfigMap blog-database-task-scripts",
  "kubernetes:core/v1:ServiceAccount blog-database-task-account",
];
const BACKUP = [
  "flask-doks:data:BackupMonitor blog-database-backup-monitor",
  "flask-doks:data:MysqlBackup blog-database-backup",
  "kubernetes:apps/v1:Deployment blog-database-backup-monitor-deployment",
  "kubernetes:batch/v1:CronJob blog-database-backup-backup",
  "kubernetes:batch/v1:CronJob blog-database-backup-restore-test",
  "kubernetes:core/v1:ConfigMap blog-database-backup-monitor-program",
  "kubernetes:core/v1:Secret blog-database-backup-store",
  "kubernetes:core/v1:Service blog-database-backup-monitor-service",
  "kubernetes:core/v1:ServiceAccount blog-database-backup-monitor-service-account",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-database-backup-monitor-policy",
  "kubernetes:policy/v1:PodDisruptionBudget blog-database-backup-monitor-disruption-budget",
  "kubernetes:rbac.authorization.k8s.io/v1:Role blog-database-backup-monitor-role",
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding blog-database-backup-monitor-role-binding",
];
const TO_A_STORE = "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-database-backup-allow-store";

interface Stack {
  title: string;
  name: string;
  config: Record<string, unknown>;
  more: string[];
  /** What of the committed stack it has no more. */
  less: RegExp;
  /** Whether something watches over its backups. */
  monitored: boolean;
  /** What DigitalOcean's checks before an upgrade would report. */
  lint: string[];
}

const MANAGED = [
  "digitalocean:index/databaseCluster:DatabaseCluster blog-database-managed-mysql-cluster",
  "digitalocean:index/databaseDb:DatabaseDb blog-database-managed-mysql-database",
  "digitalocean:index/databaseFirewall:DatabaseFirewall blog-database-managed-mysql-firewall",
  "digitalocean:index/databaseUser:DatabaseUser blog-database-managed-mysql-user",
  "flask-doks:data:ManagedMysql blog-database-managed-mysql",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-database-allow-managed-database",
];
const MYSQL = /:(Mysql|RotatingPassword|StatefulSet|PersistentVolumeClaim) | blog-database-(mysql|allow-database)/;

const STACKS: Stack[] = [
  {
    title: "a database of DigitalOcean's and backups to a Space",
    name: "dev",
    config: MANAGED_WITH_SPACES,
    more: [
      ...TASKS,
      ...BACKUP,
      TO_A_STORE,
      ...MANAGED,
      "digitalocean:index/databaseFirewall:DatabaseFirewall blog-database-managed-mysql-replica-1-firewall",
      "digitalocean:index/databaseReplica:DatabaseReplica blog-database-managed-mysql-replica-1",
      "digitalocean:index/spacesKey:SpacesKey flask-doks-dev-key",
      "flask-doks:data:BackupStore flask-doks-dev",
      "kubernetes:core/v1:Secret blog-database-managed-mysql-credentials",
    ],
    less: MYSQL,
    monitored: true,
    lint: [],
  },
  {
    title: "a database of DigitalOcean's and no backups",
    name: "dev",
    config: MANAGED_ALONE,
    more: MANAGED,
    less: MYSQL,
    monitored: false,
    lint: [],
  },
  {
    title: "new passwords and backups to an S3 server",
    name: "local",
    config: WITH_S3,
    more: [
      ...TASKS,
      ...BACKUP,
      TO_A_STORE,
      "flask-doks:data:BackupStore flask-doks-local",
      "flask-doks:data:PasswordChange blog-database-password-change",
      "kubernetes:batch/v1:Job blog-database-password-change-accept",
      "kubernetes:batch/v1:Job blog-database-password-change-retire",
      "kubernetes:core/v1:Secret blog-database-password-change-passwords",
    ],
    less: /^$/,
    monitored: true,
    lint: [],
  },
  {
    title: "backups to a volume",
    name: "local",
    config: WITH_VOLUME,
    more: [...TASKS, ...BACKUP, "kubernetes:core/v1:PersistentVolumeClaim blog-database-backup-volume"],
    less: /^$/,
    monitored: true,
    lint: [
      "CronJob mysql-backup: volume without a StatefulSet",
      "CronJob mysql-restore-test: volume without a StatefulSet",
    ],
  },
];

for (const { title, name: stack, config, more, less, monitored, lint } of STACKS) {
  for (const mode of MODES) {
    describe(`a stack with ${title}, as ${mode}`, () => {
      let deployed: Deployed;
      before(async () => {
        deployed = await deployWith(stack, config, { mode });
      });

      it("registers what it asks for, and nothing else", async () => {
        const committed = (await deployStack(stack)).list;
        assert.deepStrictEqual(
          {
            more: deployed.list.filter((line) => !committed.includes(line)),
            less: committed.filter((line) => !deployed.list.includes(line)),
          },
          { more: [...more].sort(), less: committed.filter((line) => less.test(line)) },
        );
      });

      it("shows no secret in what is not one (P3)", () => {
        assert.deepStrictEqual(shownSecrets(deployed.resources), []);
      });

      it("sends every Kubernetes object through the stack's own provider, from where it is made (P2)", () => {
        const strays = deployed.resources.filter(
          ({ type, provider, parent }) =>
            type.startsWith("kubernetes:") && (provider !== `flask-doks-${stack}-kubernetes` || parent === ""),
        );
        assert.deepStrictEqual(
          strays.map(({ name }) => name),
          [],
        );
      });

      it("keeps everything in the app's namespace (D13)", () => {
        const namespaces = manifests(deployed)
          .filter(({ kind }) => kind !== "Namespace")
          .map(({ metadata }) => metadata.namespace);
        assert.deepStrictEqual(new Set(namespaces), new Set(["blog"]));
      });

      it("runs pods that Pod Security restricted admits, by digest, held to what they take (D13)", () => {
        const pods = workloads(manifests(deployed));
        assert.ok(pods.length >= (monitored ? 5 : 2));
        for (const { name, pod } of pods) {
          assert.deepStrictEqual(restrictedViolations(pod), [], name);
          for (const container of containersOf(pod)) {
            // In a preview from nothing the app's own image is yet to be built.
            const image = (container as Partial<typeof container>).image ?? "unknown@sha256:";
            assert.match(image, /@sha256:/, name);
            assert.deepStrictEqual(
              ["cpu", "memory", "ephemeral-storage"].filter((key) => !(key in (container.resources?.requests ?? {}))),
              [],
              name,
            );
            assert.ok(container.resources?.limits?.["memory"] !== undefined, name);
          }
        }
      });

      it("gives the API's token to nothing but what watches over backups", () => {
        const given = workloads(manifests(deployed)).filter(({ pod }) => pod.automountServiceAccountToken !== false);
        assert.deepStrictEqual(
          given.map(({ name }) => name),
          monitored ? ["backup-monitor"] : [],
        );
      });

      if (mode === "update") {
        it("is reported by DigitalOcean's checks before an upgrade for nothing but a volume of backups (D13)", () => {
          assert.deepStrictEqual(clusterlint(manifests(deployed)).sort(), lint);
        });
      }
    });
  }
}
