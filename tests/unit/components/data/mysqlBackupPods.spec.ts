import assert from "node:assert/strict";
import { containerOf, createBackup, podOf, ROLES, SPACES, VOLUME } from "../../../support/backups";
import { IMAGES, MANAGED, S3, SECRETS, SETTINGS } from "../../../support/databases";
import { containersOf, restrictedViolations } from "../../../support/pods";

const variables = (env: { name: string; value?: string }[] = []) =>
  Object.fromEntries(env.map(({ name, value }) => [name, value]));

/** What both tasks are told of an S3 server. */
const OF_THE_STORE = {
  HOME: "/tmp",
  RESTIC_REPOSITORY: "s3:https://s3.example.com:9000/backups/env/my-blog",
  RESTIC_PASSWORD_FILE: "/run/secrets/store/encryption-key",
  RESTIC_HOST: "my-blog",
  CACHE_FOLDER: "/cache",
  AWS_SHARED_CREDENTIALS_FILE: "/run/secrets/store/credentials",
  AWS_DEFAULT_REGION: "eu-central-1",
  STORE_CA: "/run/secrets/store/ca.crt",
};
const OF_THE_DATABASE = { DB_HOST: "mysql", DB_PORT: "3306", DB_NAME: "my_blog", DB_USERNAME: "my_blog" };

describe("the pods of a MysqlBackup", () => {
  for (const place of [S3, SPACES, VOLUME]) {
    for (const role of ROLES) {
      it(`of the ${role} to ${place.kind} are admitted by Pod Security restricted, and get no token`, async () => {
        const pod = podOf(await createBackup(place), role);
        assert.deepStrictEqual(restrictedViolations(pod), []);
        assert.deepStrictEqual(
          [pod.automountServiceAccountToken, pod.serviceAccountName, pod.enableServiceLinks, pod.restartPolicy],
          [false, "database-tasks", false, "Never"],
        );
      });

      it(`of the ${role} to ${place.kind} take every secret as a file`, async () => {
        const pod = podOf(await createBackup(place), role);
        const shown = containersOf(pod).flatMap(({ env, args, command }) => [env, args, command]);
        assert.doesNotMatch(JSON.stringify(shown), SECRETS);
        assert.ok(!containersOf(pod).some((container) => "envFrom" in container));
      });
    }
  }

  for (const role of ROLES) {
    it(`of the ${role} write to nothing but bounded volumes, and are held to what they take (D13)`, async () => {
      const pod = podOf(await createBackup(), role);
      assert.deepStrictEqual(
        containersOf(pod).map(({ securityContext }) => securityContext?.["readOnlyRootFilesystem"]),
        [true, true],
      );
      assert.ok(
        (pod.volumes ?? []).every(({ emptyDir }) => emptyDir === undefined || emptyDir.sizeLimit !== undefined),
      );
      for (const { resources } of containersOf(pod)) {
        assert.deepStrictEqual(Object.keys(resources?.requests ?? {}), ["cpu", "ephemeral-storage", "memory"]);
        assert.deepStrictEqual(Object.keys(resources?.limits ?? {}), ["ephemeral-storage", "memory"]);
      }
    });

    it(`of the ${role} take restic out of its own image, by the configured name (D13)`, async () => {
      const deployed = await createBackup();
      const { image, imagePullPolicy, command, volumeMounts } = containerOf(deployed, role, "restic");
      assert.deepStrictEqual(
        { image, imagePullPolicy, command, volumeMounts },
        {
          image: IMAGES.restic,
          imagePullPolicy: "IfNotPresent",
          command: ["cp", "/usr/bin/restic", "/tools/restic"],
          volumeMounts: [{ name: "tools", mountPath: "/tools" }],
        },
      );
      assert.deepStrictEqual(
        containerOf(deployed, role).volumeMounts?.find(({ name }) => name === "tools"),
        { name: "tools", mountPath: "/tools", readOnly: false },
      );
      assert.deepStrictEqual(containerOf(deployed, role).image, IMAGES.mysql);
    });

    it(`of the ${role} read the keys, which only they can`, async () => {
      const deployed = await createBackup();
      assert.deepStrictEqual(
        podOf(deployed, role).volumes?.find(({ name }) => name === "keys"),
        { name: "keys", secret: { secretName: "backup-store-1a2b3c4d", defaultMode: 0o440 } },
      );
      assert.deepStrictEqual(
        containerOf(deployed, role).volumeMounts?.find(({ name }) => name === "keys"),
        { name: "keys", mountPath: "/run/secrets/store", readOnly: true },
      );
    });

    it(`of the ${role} write to the volume where backups go to one`, async () => {
      const deployed = await createBackup(VOLUME);
      assert.deepStrictEqual(
        podOf(deployed, role).volumes?.find(({ name }) => name === "backups"),
        { name: "backups", persistentVolumeClaim: { claimName: "mysql-backups" } },
      );
      assert.deepStrictEqual(
        containerOf(deployed, role).volumeMounts?.find(({ name }) => name === "backups"),
        { name: "backups", mountPath: "/backups", readOnly: false },
      );
      const { RESTIC_REPOSITORY: repository, ...rest } = variables(containerOf(deployed, role).env);
      assert.deepStrictEqual(repository, "/backups/my-blog");
      assert.deepStrictEqual(
        Object.keys(rest).filter((name) => /^(AWS|STORE)_/.test(name)),
        [],
      );
    });
  }
});

describe("the pod that backs up", () => {
  it("is told where the backups go, where the database is, and how many are kept", async () => {
    const { command, env } = containerOf(await createBackup(), "backup");
    assert.deepStrictEqual(command, ["bash", "/opt/tasks/backup.sh"]);
    assert.deepStrictEqual(variables(env), {
      ...OF_THE_STORE,
      ...OF_THE_DATABASE,
      KIND: "scheduled",
      KEEP: "--keep-daily 7 --keep-weekly 4",
    });
  });

  it("keeps as many as config says", async () => {
    const keep = { hourly: 24, daily: 0, weekly: 0, monthly: 12 };
    const { env } = containerOf(await createBackup(S3, { settings: { ...SETTINGS, keep } }), "backup");
    assert.deepStrictEqual(variables(env)["KEEP"], "--keep-hourly 24 --keep-monthly 12");
  });

  it("goes by nothing but the certificates that everybody trusts where the store has none of its own", async () => {
    const { env } = containerOf(await createBackup(SPACES), "backup");
    const { RESTIC_REPOSITORY: repository, AWS_DEFAULT_REGION: region, ...rest } = variables(env);
    assert.deepStrictEqual(
      [repository, region, "STORE_CA" in rest],
      ["s3:https://fra1.digitaloceanspaces.com/our-backups/env/my-blog", "fra1", false],
    );
  });

  it("reads the database's password from a file, and a managed one's certificate too", async () => {
    for (const [database, secretName, keys] of [
      [undefined, "mysql", ["password"]],
      [MANAGED, "managed-mysql", ["password", "ca.crt"]],
    ] as const) {
      const deployed = await createBackup(S3, database === undefined ? {} : { database });
      assert.deepStrictEqual(
        podOf(deployed, "backup").volumes?.find(({ name }) => name === "database"),
        {
          name: "database",
          secret: { secretName, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) },
        },
      );
      const told = variables(containerOf(deployed, "backup").env)["DB_TLS_CA"];
      assert.deepStrictEqual(told, database === undefined ? undefined : "/run/secrets/database/ca.crt");
    }
  });

  it("takes no more memory than config says", async () => {
    const { resources } = containerOf(await createBackup(S3, { settings: { ...SETTINGS, memory: "1Gi" } }), "backup");
    assert.deepStrictEqual(resources?.limits, { memory: "1Gi", "ephemeral-storage": "2Gi" });
  });
});

describe("the pod that tests a restore", () => {
  it("is told the database's collation, and gets none of its passwords", async () => {
    const deployed = await createBackup(S3, { database: MANAGED });
    const { command, env } = containerOf(deployed, "restore-test");
    assert.deepStrictEqual(command, ["bash", "/opt/tasks/restore-test.sh"]);
    const { DB_HOST, DB_PORT, DB_NAME, DB_USERNAME, DB_COLLATION, ...rest } = variables(env);
    assert.deepStrictEqual([DB_NAME, DB_USERNAME, DB_COLLATION], ["my_blog", "my_blog_2", "utf8mb4_0900_ai_ci"]);
    assert.deepStrictEqual([DB_HOST, DB_PORT], ["private-it.db.ondigitalocean.com", "25060"]);
    assert.deepStrictEqual(Object.keys(rest).sort(), [...Object.keys(OF_THE_STORE), "DB_TLS_CA"].sort());
    assert.deepStrictEqual(
      podOf(deployed, "restore-test").volumes?.flatMap(({ name, secret }) => (secret === undefined ? [] : [name])),
      ["keys"],
    );
  });

  it("restores into a scratch volume as large as the database's, of the default class, which goes with the pod", async () => {
    const deployed = await createBackup(VOLUME, { databaseGi: 42 });
    assert.deepStrictEqual(
      podOf(deployed, "restore-test").volumes?.find(({ name }) => name === "scratch"),
      {
        name: "scratch",
        ephemeral: {
          volumeClaimTemplate: {
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "42Gi" } } },
          },
        },
      },
    );
    assert.deepStrictEqual(
      containerOf(deployed, "restore-test").volumeMounts?.find(({ name }) => name === "scratch"),
      { name: "scratch", mountPath: "/scratch", readOnly: false },
    );
  });

  it("has memory for a server of its own beside restic", async () => {
    const { resources } = containerOf(await createBackup(), "restore-test");
    assert.deepStrictEqual(resources?.limits, { memory: "1024Mi", "ephemeral-storage": "2Gi" });
  });
});
