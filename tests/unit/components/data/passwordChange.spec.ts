import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { Mysql } from "../../../../components/data/mysql";
import { PasswordChange } from "../../../../components/data/passwordChange";
import { labels, RUN_AGAIN } from "../../../../lib/labels";
import { IMAGES, shownSecrets } from "../../../support/databases";
import { byName, expected, heirs } from "../../../support/heirs";
import { manifests } from "../../../support/manifests";
import { deploy, type Deployed, type DeployOptions } from "../../../support/mocks";
import { restrictedViolations, workloads } from "../../../support/pods";

const PLACE = { app: "my-blog", namespace: "my-blog" };

/** A change of the passwords of a database of its own. */
function make(name: string, opts?: pulumi.ComponentResourceOptions): PasswordChange {
  const database = new Mysql(`${name}-db`, {
    ...PLACE,
    image: IMAGES.mysql,
    storageGi: 5,
    resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } },
    clients: 36,
    passwordVersion: 2,
    dataPolicy: "delete",
  });
  const tasks = { scriptsName: "scripts-1", serviceAccountName: "database-tasks" };
  const after = [new k8s.networking.v1.NetworkPolicy(`${name}-db-policy`)];
  return new PasswordChange(name, { ...PLACE, ...tasks, database, image: IMAGES.mysql, after }, opts);
}

/** All of it, with what goes on using the old passwords until then. */
const create = (options: DeployOptions = {}) =>
  deploy(() => {
    const change = make("change");
    const user = new k8s.core.v1.ConfigMap("user", {}, { dependsOn: change.accepted });
    change.retire(user);
  }, options);

const own = ({ list }: Deployed) => list.filter((line) => / change/.test(line) && !line.includes("change-db"));

describe("PasswordChange", () => {
  it("creates a Secret of the passwords, and a Job for the first step", async () => {
    assert.deepStrictEqual(own(await deploy(() => make("change"))), [
      "flask-doks:data:PasswordChange change",
      "kubernetes:batch/v1:Job change-accept",
      "kubernetes:core/v1:Secret change-passwords",
    ]);
  });

  it("creates a Job for the last step when it is told what still uses the old passwords", async () => {
    assert.deepStrictEqual(own(await create()), [
      "flask-doks:data:PasswordChange change",
      "kubernetes:batch/v1:Job change-accept",
      "kubernetes:batch/v1:Job change-retire",
      "kubernetes:core/v1:Secret change-passwords",
    ]);
  });

  it("holds the new passwords, and the one before of root, in a Secret that never changes and arrives as one (K10, P3)", async () => {
    const { inputs, secrets } = (await create()).get("change-passwords");
    assert.deepStrictEqual(inputs, {
      apiVersion: "v1",
      kind: "Secret",
      // Without a name, so that new passwords are in a new one.
      metadata: { namespace: "my-blog", labels: labels("my-blog", "accounts") },
      immutable: true,
      type: "Opaque",
      stringData: {
        "root-password": "change-db-root-password-even-random-password",
        "previous-root-password": "change-db-root-password-odd-random-password",
        password: "change-db-password-even-random-password",
      },
    });
    assert.deepStrictEqual(secrets, ["stringData"]);
  });

  for (const mode of ["update", "preview"] as const) {
    it(`has the server take the new ones first, and takes the old ones away last, as ${mode} (K11)`, async () => {
      const { waitsFor } = await create({ mode });
      const pairs: [string, string][] = [
        ["change-accept", "change-db-server"],
        ["change-accept", "change-db-policy"],
        ["change-accept", "change-passwords"],
        ["user", "change-accept"],
        ["change-retire", "user"],
        ["change-retire", "change-accept"],
      ];
      assert.deepStrictEqual(
        pairs.map(([later, earlier]) => [waitsFor(later, earlier), waitsFor(earlier, later)]),
        pairs.map(() => [true, false]),
      );
    });
  }

  for (const step of ["accept", "retire"] as const) {
    it(`runs the step "${step}" against the database, in time or not at all`, async () => {
      const deployed = await create();
      const { metadata, spec } = deployed.get(`change-${step}`).inputs as {
        metadata: unknown;
        spec: { backoffLimit: number; activeDeadlineSeconds: number };
      };
      const [job] = workloads(manifests(deployed).filter(({ kind }) => kind === "Job")).filter(
        ({ name }) => name === `change-${step}-1a2b3c4d`,
      );
      const [container] = job?.pod.containers ?? [];
      // Without a name: what a Job runs cannot change. One that failed is run again.
      assert.deepStrictEqual(metadata, {
        namespace: "my-blog",
        labels: labels("my-blog", "accounts"),
        annotations: RUN_AGAIN,
      });
      assert.deepStrictEqual([spec.backoffLimit, spec.activeDeadlineSeconds], [2, 300]);
      assert.deepStrictEqual(job?.labels, labels("my-blog", "accounts"));
      assert.deepStrictEqual(
        { image: container?.image, command: container?.command, env: container?.env },
        {
          image: IMAGES.mysql,
          command: ["bash", "/opt/tasks/accounts.sh", step],
          env: [
            { name: "HOME", value: "/tmp" },
            { name: "DB_HOST", value: "mysql" },
            { name: "DB_PORT", value: "3306" },
            { name: "DB_NAME", value: "my_blog" },
            { name: "DB_USERNAME", value: "my_blog" },
          ],
        },
      );
      assert.deepStrictEqual(
        job.pod.volumes?.find(({ name }) => name === "passwords"),
        { name: "passwords", secret: { secretName: "change-passwords-1a2b3c4d", defaultMode: 0o440 } },
      );
      assert.deepStrictEqual(
        container?.volumeMounts?.find(({ name }) => name === "passwords"),
        { name: "passwords", mountPath: "/run/secrets/mysql", readOnly: true },
      );
      assert.deepStrictEqual(restrictedViolations(job.pod), []);
    });
  }

  it("shows no password in what is no secret (P3)", async () => {
    assert.deepStrictEqual(shownSecrets((await create()).resources), []);
  });

  it("hands parent, protect and provider down (P2)", async () => {
    const all = await heirs((opts) => {
      const change = make("change", opts);
      change.retire(change);
    });
    assert.deepStrictEqual(
      byName(all.filter(({ name }) => !name.startsWith("change-db"))),
      byName(
        expected(
          "change caller none",
          "change-passwords change k8s",
          "change-accept change k8s",
          "change-retire change k8s",
        ),
      ),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make("one"), make("two")]);
    assert.deepStrictEqual(new Set(list).size, list.length);
  });
});
