import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { AppEnvironment, type AppEnvironmentArgs } from "../../../../components/app/appEnvironment";
import { ARGS as APP, create as createApp } from "../../../support/flaskApps";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, deployProgram, type Deployed } from "../../../support/mocks";
import { app, stack } from "../../../support/stackFiles";

const ARGS: AppEnvironmentArgs = { app: "blog", namespace: "blog", variables: {}, secrets: {} };

const create = (secretKeyVersion?: number) => deploy(() => new AppEnvironment("env", { ...ARGS, secretKeyVersion }));

const KEY = "random:index/randomPassword:RandomPassword";
const keysOf = ({ resources }: Deployed) =>
  resources.filter(({ type }) => type === KEY).map(({ name, inputs }) => [name, inputs]);

/** What the engine makes the app's keys of: the name of a resource, and the number that makes it anew. */
async function keys(version: number): Promise<Record<string, string>> {
  const { get } = await create(version);
  const variables = get("env-secrets").inputs["stringData"] as Record<string, string>;
  return Object.fromEntries(
    Object.entries(variables).map(([variable, value]) => {
      const name = value.replace("-random-password", "");
      const { keepers } = get(name).inputs as { keepers?: { version: string } };
      return [variable, keepers === undefined ? `${name} without` : `${name} ${keepers.version}`];
    }),
  );
}

describe("The key that an app signs with", () => {
  for (const version of [undefined, 1]) {
    it(`is at version ${version ?? "unset"} the one that there was before there were versions, and the only one`, async () => {
      const deployed = await create(version);
      assert.deepStrictEqual(deployed.list, [
        "flask-doks:app:AppEnvironment env",
        "kubernetes:core/v1:ConfigMap env-config",
        "kubernetes:core/v1:Secret env-secrets",
        `${KEY} env-secret-key`,
      ]);
      assert.deepStrictEqual(keysOf(deployed), [["env-secret-key", { length: 64, special: false }]]);
      assert.deepStrictEqual(deployed.get("env-secrets").inputs["stringData"], {
        SECRET_KEY: "env-secret-key-random-password",
      });
      assert.deepStrictEqual(deployed.get("env").inputs, {
        app: "blog",
        namespace: "blog",
        secrets: {},
        variables: {},
      });
    });
  }

  const versions: [number, Record<string, string>][] = [
    [2, { SECRET_KEY: "env-secret-key-even 2", SECRET_KEY_FALLBACKS: "env-secret-key without" }],
    [3, { SECRET_KEY: "env-secret-key 3", SECRET_KEY_FALLBACKS: "env-secret-key-even 2" }],
    [4, { SECRET_KEY: "env-secret-key-even 4", SECRET_KEY_FALLBACKS: "env-secret-key 3" }],
  ];
  for (const [version, variables] of versions) {
    it(`is a new one at version ${version}, and what the one before signed stays valid`, async () => {
      assert.deepStrictEqual(await keys(version), variables);
      assert.deepStrictEqual(variables["SECRET_KEY_FALLBACKS"], (await keys(version - 1))["SECRET_KEY"]);
    });
  }

  for (const version of [1, 2, 3]) {
    it(`is thrown out at once when version ${version} goes up by two`, async () => {
      const before = Object.values(await keys(version));
      const after = Object.values(await keys(version + 2));
      assert.deepStrictEqual([after.length, after.filter((key) => before.includes(key))], [2, []]);
    });
  }

  it("has 64 letters and digits in each version, so that a list of keys can be told apart at its spaces", async () => {
    assert.deepStrictEqual(keysOf(await create(3)), [
      ["env-secret-key", { length: 64, special: false, keepers: { version: "3" } }],
      ["env-secret-key-even", { length: 64, special: false, keepers: { version: "2" } }],
    ]);
  });

  it("is a secret in each version, in a Secret that never changes and bears a name of its own (K10)", async () => {
    const { inputs, secrets } = (await create(2)).get("env-secrets");
    assert.deepStrictEqual([inputs["immutable"], "name" in (inputs["metadata"] as object)], [true, false]);
    assert.deepStrictEqual(secrets, ["stringData"]);
  });

  it("is the app's from its config", async () => {
    const { get } = await deployProgram({ config: stack({ apps: [app({ secretKeyVersion: 2 })] }) });
    assert.deepStrictEqual(get("blog-secrets").inputs["stringData"], {
      SECRET_KEY: "blog-secret-key-even-random-password",
      SECRET_KEY_FALLBACKS: "blog-secret-key-random-password",
    });
  });

  it("adds nothing to an app but the second key", async () => {
    const first = await createApp(APP);
    const second = await createApp({ ...APP, secretKeyVersion: 2 });
    assert.deepStrictEqual(
      second.list.filter((each) => !first.list.includes(each)),
      [`${KEY} blog-secret-key-even`],
    );
    assert.deepStrictEqual(
      first.list.filter((each) => !second.list.includes(each)),
      [],
    );
  });

  it("hands parent, protect and provider down to both keys (P2)", async () => {
    const create = (opts: pulumi.ComponentResourceOptions) =>
      new AppEnvironment("env", { ...ARGS, secretKeyVersion: 2 }, opts);
    assert.deepStrictEqual(
      byName((await heirs(create)).filter(({ name }) => name.includes("secret-key"))),
      byName(expected("env-secret-key env dice", "env-secret-key-even env dice")),
    );
  });
});
