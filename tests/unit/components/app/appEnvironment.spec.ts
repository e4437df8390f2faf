import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { AppEnvironment, type AppEnvironmentArgs } from "../../../../components/app/appEnvironment";
import type { AppDatabaseAccess } from "../../../../lib/databaseAccess";
import { RESERVED_VARIABLES } from "../../../../lib/schema/app";
import { labels } from "../../../../lib/labels";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

const ARGS: AppEnvironmentArgs = { app: "blog", namespace: "blog", variables: {}, secrets: {} };
const database = (changes: Partial<AppDatabaseAccess> = {}): AppDatabaseAccess => ({
  host: pulumi.output("mysql"),
  port: pulumi.output(3306),
  database: pulumi.output("blog"),
  username: pulumi.output("bloguser"),
  password: pulumi.secret("dbpass"),
  ca: undefined,
  replicaHosts: [],
  ...changes,
});
const KEY = "env-secret-key-random-password";

const create = (changes: Partial<AppEnvironmentArgs> = {}) =>
  deploy(() => {
    const { configMapName, secretName } = new AppEnvironment("env", { ...ARGS, ...changes });
    return { configMapName, secretName };
  });

describe("AppEnvironment", () => {
  it("creates a ConfigMap, a Secret and the app's own key", async () => {
    const { list } = await create();
    assert.deepStrictEqual(list, [
      "flask-doks:app:AppEnvironment env",
      "kubernetes:core/v1:ConfigMap env-config",
      "kubernetes:core/v1:Secret env-secrets",
      "random:index/randomPassword:RandomPassword env-secret-key",
    ]);
  });

  it("holds what is not secret in the ConfigMap and what is in the Secret, which arrives as one", async () => {
    const { get } = await create({
      variables: { POSTS: "20" },
      secrets: { API_KEY: pulumi.secret("s3cret") },
      database: database(),
    });
    assert.deepStrictEqual(get("env-config").inputs["data"], {
      APP_ENV: "production",
      DB_HOST: "mysql",
      DB_NAME: "blog",
      DB_PORT: "3306",
      DB_USERNAME: "bloguser",
      POSTS: "20",
    });
    assert.deepStrictEqual(get("env-config").secrets, []);
    const { inputs, secrets } = get("env-secrets");
    assert.deepStrictEqual(inputs["stringData"], { API_KEY: "s3cret", DB_PASSWORD: "dbpass", SECRET_KEY: KEY });
    assert.deepStrictEqual([inputs["type"], secrets], ["Opaque", ["stringData"]]);
  });

  it("tells of a database that is reached over TLS whom to trust for it, and of its read replicas", async () => {
    const replicaHosts = [pulumi.output("one.example.com"), pulumi.output("two.example.com")];
    const managed = database({ port: pulumi.output(25060), ca: pulumi.output("a certificate"), replicaHosts });
    const { get } = await create({ database: managed });
    assert.deepStrictEqual(get("env-config").inputs["data"], {
      APP_ENV: "production",
      DB_HOST: "mysql",
      DB_NAME: "blog",
      DB_PORT: "25060",
      DB_REPLICA_HOSTS: "one.example.com two.example.com",
      DB_TLS_CA: "a certificate",
      DB_USERNAME: "bloguser",
    });
    assert.deepStrictEqual(get("env-config").secrets, []);
  });

  it("sets no variable of a database that an app's config could set as well", async () => {
    const replicaHosts = [pulumi.output("one.example.com")];
    const { get } = await create({ database: database({ ca: pulumi.output("a certificate"), replicaHosts }) });
    const set = [
      ...Object.keys(get("env-config").inputs["data"] as object),
      ...Object.keys(get("env-secrets").inputs["stringData"] as object),
    ];
    assert.deepStrictEqual(
      set.filter((name) => !RESERVED_VARIABLES.includes(name)),
      [],
    );
  });

  it("makes a Secret of a secret that is given in clear", async () => {
    const { get } = await create({ secrets: { API_KEY: "s3cret" } });
    assert.deepStrictEqual(get("env-secrets").secrets, ["stringData"]);
  });

  it("says nothing of a database to an app without one", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("env-config").inputs["data"], { APP_ENV: "production" });
    assert.deepStrictEqual(get("env-secrets").inputs["stringData"], { SECRET_KEY: KEY });
  });

  it("makes a key of 64 characters for the app", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("env-secret-key").inputs, { length: 64, special: false });
  });

  it("makes both objects immutable and leaves their names to the engine, so that a change makes new ones (K10)", async () => {
    const { get } = await create();
    for (const name of ["env-config", "env-secrets"]) {
      const { metadata, immutable } = get(name).inputs;
      assert.deepStrictEqual(
        { metadata, immutable },
        { metadata: { namespace: "blog", labels: labels("blog", "web") }, immutable: true },
      );
    }
  });

  for (const mode of ["update", "preview"] as const) {
    it(`tells the names that the engine gave, which are no secrets, as ${mode} (K10)`, async () => {
      const { outputs, secretOutputs } = await deploy(
        () => {
          const { configMapName, secretName } = new AppEnvironment("env", ARGS);
          return { configMapName, secretName };
        },
        { mode },
      );
      assert.deepStrictEqual(outputs, {
        configMapName: "env-config-1a2b3c4d",
        secretName: "env-secrets-1a2b3c4d",
      });
      assert.deepStrictEqual(secretOutputs, []);
    });
  }

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new AppEnvironment("env", ARGS, opts))),
      byName(expected("env caller none", "env-config env k8s", "env-secret-key env dice", "env-secrets env k8s")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [
      new AppEnvironment("one", ARGS),
      new AppEnvironment("two", { ...ARGS, app: "shop", namespace: "shop" }),
    ]);
    assert.deepStrictEqual([list.length, new Set(list).size], [8, 8]);
  });
});
