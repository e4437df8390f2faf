import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { AppEnvironment, type AppEnvironmentArgs } from "../../../../components/app/appEnvironment";
import { labels } from "../../../../lib/labels";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

const ARGS: AppEnvironmentArgs = { app: "blog", namespace: "blog", variables: {}, secrets: {} };
const DATABASE = { host: "mysql", database: "blog", username: "bloguser", password: pulumi.secret("dbpass") };
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
      database: DATABASE,
    });
    assert.deepStrictEqual(get("env-config").inputs["data"], {
      APP_ENV: "production",
      DB_HOST: "mysql",
      DB_NAME: "blog",
      DB_USERNAME: "bloguser",
      POSTS: "20",
    });
    assert.deepStrictEqual(get("env-config").secrets, []);
    const { inputs, secrets } = get("env-secrets");
    assert.deepStrictEqual(inputs["stringData"], { API_KEY: "s3cret", DB_PASSWORD: "dbpass", SECRET_KEY: KEY });
    assert.deepStrictEqual([inputs["type"], secrets], ["Opaque", ["stringData"]]);
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
      byName(
        expected("env caller none", "env-config env k8s", "env-secret-key env dice", "env-secrets env k8s"),
      ),
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
