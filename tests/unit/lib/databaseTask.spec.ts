import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  DATABASE_FOLDER,
  databaseEnv,
  databaseMount,
  TARGET_FOLDER,
  taskPod,
  taskScripts,
} from "../../../lib/databaseTask";
import { labels } from "../../../lib/labels";
import { IMAGES, MANAGED, MYSQL } from "../../support/databases";
import { deploy } from "../../support/mocks";
import { type PodSpec, restrictedViolations } from "../../support/pods";
import { ROOT } from "../../support/stackFiles";

const FOLDER = join(ROOT, "pods", "mysql");

/** A value with its outputs settled. */
async function settled(make: () => unknown): Promise<unknown> {
  return (await deploy(() => ({ value: pulumi.output(make()) }))).outputs["value"];
}

const pod = () =>
  taskPod({
    app: "my-blog",
    role: "restore",
    image: IMAGES.mysql,
    command: ["restore", "latest"],
    env: [{ name: "RESTIC_HOST", value: "my-blog" }],
    mounts: [
      { name: "cache", path: "/cache", source: { emptyDir: { sizeLimit: "1Gi" } } },
      { name: "keys", path: "/run/secrets/store", source: { secret: { secretName: "keys" } }, readOnly: true },
    ],
    scriptsName: "scripts-1",
    serviceAccountName: "database-tasks",
    memory: "768Mi",
  });

describe("the scripts of a database's tasks", () => {
  it("are those in pods/mysql, without the server's own", () => {
    const names = readdirSync(FOLDER).filter((name) => name !== "start.sh");
    assert.deepStrictEqual(
      taskScripts(),
      Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(FOLDER, name), "utf8")])),
    );
  });

  it("are small enough for one ConfigMap", () => {
    assert.ok(JSON.stringify(taskScripts()).length < 512 * 1024);
  });
});

describe("the pod of a database's task", () => {
  it("runs one script in the server's image, and ends", () => {
    const { spec } = pod();
    const { containers, ...rest } = spec as unknown as PodSpec;
    const [container, ...others] = containers;
    const { name, image, imagePullPolicy, command, env, volumeMounts } = container ?? {};
    assert.deepStrictEqual(others, []);
    assert.deepStrictEqual(rest.restartPolicy, "Never");
    assert.deepStrictEqual(
      { name, image, imagePullPolicy, command, env, volumeMounts },
      {
        name: "backup",
        image: IMAGES.mysql,
        imagePullPolicy: "IfNotPresent",
        command: ["bash", "/opt/tasks/restore.sh", "latest"],
        env: [
          { name: "HOME", value: "/tmp" },
          { name: "RESTIC_HOST", value: "my-blog" },
        ],
        volumeMounts: [
          { name: "scripts", mountPath: "/opt/tasks", readOnly: true },
          { name: "work", mountPath: "/tmp", readOnly: false },
          { name: "cache", mountPath: "/cache", readOnly: false },
          { name: "keys", mountPath: "/run/secrets/store", readOnly: true },
        ],
      },
    );
  });

  it("keeps what it logs in with in memory", () => {
    assert.deepStrictEqual((pod().spec as unknown as PodSpec).volumes, [
      { name: "scripts", configMap: { name: "scripts-1" } },
      { name: "work", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
      { name: "cache", emptyDir: { sizeLimit: "1Gi" } },
      { name: "keys", secret: { secretName: "keys" } },
    ]);
  });

  it("bears the labels of its part, by which it is let through", () => {
    assert.deepStrictEqual(pod().metadata, { labels: labels("my-blog", "restore") });
  });

  it("runs without any right in the cluster, as the server's user", () => {
    const { spec } = pod();
    const { serviceAccountName, automountServiceAccountToken, enableServiceLinks, securityContext } =
      spec as unknown as PodSpec;
    assert.deepStrictEqual(
      {
        serviceAccountName,
        automountServiceAccountToken,
        enableServiceLinks,
        runAsUser: securityContext?.["runAsUser"],
      },
      {
        serviceAccountName: "database-tasks",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        runAsUser: 999,
      },
    );
    assert.deepStrictEqual(restrictedViolations(spec as unknown as PodSpec), []);
  });

  it("is held to its memory and its disk (D13)", () => {
    const [container] = (pod().spec as unknown as PodSpec).containers;
    assert.deepStrictEqual(container?.resources, {
      requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "64Mi" },
      limits: { memory: "768Mi", "ephemeral-storage": "2Gi" },
    });
    assert.deepStrictEqual(container.securityContext?.["readOnlyRootFilesystem"], true);
  });
});

describe("what a task is told of a database", () => {
  it("is where it is and as whom to log in, with the authority's certificate where there is one", async () => {
    assert.deepStrictEqual(await settled(() => databaseEnv(MYSQL, "DB", DATABASE_FOLDER)), [
      { name: "DB_HOST", value: "mysql" },
      { name: "DB_PORT", value: "3306" },
      { name: "DB_NAME", value: "my_blog" },
      { name: "DB_USERNAME", value: "my_blog" },
    ]);
    assert.deepStrictEqual(await settled(() => databaseEnv(MANAGED, "TO", TARGET_FOLDER)), [
      { name: "TO_HOST", value: "private-it.db.ondigitalocean.com" },
      { name: "TO_PORT", value: "25060" },
      { name: "TO_NAME", value: "my_blog" },
      { name: "TO_USERNAME", value: "my_blog_2" },
      { name: "TO_TLS_CA", value: "/run/secrets/target/ca.crt" },
    ]);
  });

  it("is its password as a file, and nothing else of the Secret, such as root's", async () => {
    assert.deepStrictEqual(await settled(() => databaseMount(MYSQL, "database", DATABASE_FOLDER)), {
      name: "database",
      path: "/run/secrets/database",
      source: {
        secret: { secretName: "mysql", defaultMode: 0o440, items: [{ key: "password", path: "password" }] },
      },
      readOnly: true,
    });
  });

  it("is the certificate beside it where there is one", async () => {
    const { source } = (await settled(() => databaseMount(MANAGED, "target", TARGET_FOLDER))) as {
      source: { secret: { secretName: string; items: unknown } };
    };
    assert.deepStrictEqual(
      [source.secret.secretName, source.secret.items],
      [
        "managed-mysql",
        [
          { key: "password", path: "password" },
          { key: "ca.crt", path: "ca.crt" },
        ],
      ],
    );
  });

  it("is nothing that it could log in with where the database has no Secret for tasks", () => {
    const access = { ...MANAGED, secretName: undefined };
    assert.throws(() => databaseMount(access, "database", DATABASE_FOLDER), {
      message: "a task needs to log in to a database without a Secret for it",
    });
  });
});
