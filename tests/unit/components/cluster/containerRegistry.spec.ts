import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { ContainerRegistry, type ContainerRegistryArgs } from "../../../../components/cluster/containerRegistry";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

type DigitalOceanArgs = Extract<ContainerRegistryArgs, { kind: "digitalocean" }>;

const DIGITALOCEAN: DigitalOceanArgs = {
  kind: "digitalocean",
  create: true,
  registryName: "my-team",
  tier: "basic",
  region: "fra1",
  rotation: 1,
  dataPolicy: "delete",
};

/** The outputs of a registry, those of the push one by one. */
function outputsOf({ prefix, push, pullConfig }: ContainerRegistry): Record<string, unknown> {
  return { prefix, pullConfig, ...push };
}

describe("ContainerRegistry at DigitalOcean", () => {
  const create = (changes: Partial<DigitalOceanArgs> = {}) =>
    new ContainerRegistry("env", { ...DIGITALOCEAN, ...changes });
  const credentials = "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials";

  it("creates the registry and a credential for the cluster", async () => {
    const { list } = await deploy(() => create());
    assert.deepStrictEqual(list, [
      "digitalocean:index/containerRegistry:ContainerRegistry env-registry",
      `${credentials} env-pull-1`,
      "flask-doks:cluster:ContainerRegistry env",
    ]);
  });

  it("names the registry, its tier and its region", async () => {
    const { get } = await deploy(() => create());
    assert.deepStrictEqual(get("env-registry").inputs, {
      name: "my-team",
      subscriptionTierSlug: "basic",
      region: "fra1",
    });
  });

  it("leaves the region to DigitalOcean where none is given", async () => {
    const { get } = await deploy(() => create({ region: undefined }));
    assert.deepStrictEqual(get("env-registry").inputs, { name: "my-team", subscriptionTierSlug: "basic" });
  });

  it("goes before one that replaces it comes, for two cannot bear the same name", async () => {
    const { get } = await deploy(() => create());
    assert.deepStrictEqual(get("env-registry").deleteBeforeReplace, true);
  });

  it("lets the cluster read only, for as long as it runs (D10)", async () => {
    const { get } = await deploy(() => create());
    assert.deepStrictEqual(get("env-pull-1").inputs, { registryName: "my-team", write: false });
  });

  it("makes no credential that writes: each push gets one of its own (D10)", async () => {
    const { resources, outputs } = await deploy(() => outputsOf(create({ rotation: 3 })));
    assert.deepStrictEqual(
      resources.filter(({ inputs }) => inputs["write"] === true).map(({ name }) => name),
      [],
    );
    const { kind, registryName, server, rotation } = outputs;
    assert.deepStrictEqual(
      { kind, registryName, server, rotation },
      { kind: "credential", registryName: "my-team", server: "registry.digitalocean.com", rotation: 3 },
    );
  });

  it("makes a new credential, under a new name, when it is rotated (D10)", async () => {
    const { list } = await deploy(() => create({ rotation: 2 }));
    assert.deepStrictEqual(
      list.filter((line) => line.startsWith(credentials)),
      [`${credentials} env-pull-2`],
    );
  });

  it("tells where images go, and the cluster's login as a secret (D10)", async () => {
    const { outputs, secretOutputs } = await deploy(() => outputsOf(create()));
    const auth = Buffer.from("env-pull-1-user:env-pull-1-token").toString("base64");
    assert.deepStrictEqual(
      [outputs["prefix"], outputs["pullConfig"]],
      ["registry.digitalocean.com/my-team", JSON.stringify({ auths: { "registry.digitalocean.com": { auth } } })],
    );
    assert.deepStrictEqual(secretOutputs, ["pullConfig"]);
  });

  it("knows nothing of the login in a first preview, and does not fail", async () => {
    const { outputs } = await deploy(() => outputsOf(create()), { mode: "preview" });
    assert.deepStrictEqual([outputs["prefix"], outputs["pullConfig"]], [undefined, undefined]);
  });

  it("is protected where data is retained, and its credential can still be rotated", async () => {
    const { get } = await deploy(() => create({ dataPolicy: "retain" }));
    assert.deepStrictEqual([get("env-registry").protect, get("env-pull-1").protect], [true, false]);
  });

  for (const mode of ["update", "preview"] as const) {
    it(`makes no registry that the account has already, and a credential for it, as ${mode}`, async () => {
      const { list, invokes, outputs } = await deploy(
        () => outputsOf(create({ create: false, dataPolicy: "retain" })),
        {
          mode,
        },
      );
      assert.deepStrictEqual(list, [`${credentials} env-pull-1`, "flask-doks:cluster:ContainerRegistry env"]);
      assert.deepStrictEqual(invokes, []);
      assert.deepStrictEqual(
        [outputs["prefix"], outputs["registryName"], outputs["server"]],
        ["registry.digitalocean.com/my-team", "my-team", "registry.digitalocean.com"],
      );
    });
  }

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new ContainerRegistry("env", DIGITALOCEAN, opts))),
      byName(expected("env caller none", "env-registry env cloud", "env-pull-1 env cloud")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [create(), new ContainerRegistry("other", DIGITALOCEAN)]);
    assert.deepStrictEqual([list.length, new Set(list).size], [6, 6]);
  });
});

describe("ContainerRegistry elsewhere", () => {
  const create = (login: { username?: string; password?: pulumi.Output<string> } = {}) =>
    new ContainerRegistry("env", { kind: "external", server: "ghcr.io/my-team", ...login });
  const login = () => ({ username: "bot", password: pulumi.secret("p4ss:word") });

  it("creates nothing", async () => {
    const { list } = await deploy(() => create());
    assert.deepStrictEqual(list, ["flask-doks:cluster:ContainerRegistry env"]);
  });

  it("has no login when the registry wants none", async () => {
    const { outputs } = await deploy(() => outputsOf(create()));
    assert.deepStrictEqual(outputs, { prefix: "ghcr.io/my-team", pullConfig: undefined });
  });

  it("has no login for a user without a password", async () => {
    const { outputs } = await deploy(() => outputsOf(create({ username: "bot" })));
    assert.deepStrictEqual([outputs["password"], outputs["pullConfig"]], [undefined, undefined]);
  });

  it("logs in at the registry's host, with one login for push and pull", async () => {
    const { outputs, secretOutputs } = await deploy(() => outputsOf(create(login())));
    const auth = Buffer.from("bot:p4ss:word").toString("base64");
    assert.deepStrictEqual(outputs, {
      prefix: "ghcr.io/my-team",
      pullConfig: JSON.stringify({ auths: { "ghcr.io": { username: "bot", password: "p4ss:word", auth } } }),
      kind: "login",
      server: "ghcr.io",
      username: "bot",
      password: "p4ss:word",
    });
    assert.deepStrictEqual(secretOutputs, ["pullConfig", "password"]);
  });

  it("keeps the port of the registry's host", async () => {
    const { outputs } = await deploy(() =>
      outputsOf(new ContainerRegistry("env", { kind: "external", server: "localhost:5000", ...login() })),
    );
    assert.deepStrictEqual([outputs["prefix"], outputs["server"]], ["localhost:5000", "localhost:5000"]);
  });

  it("hands the caller's parent and protect on (P2)", async () => {
    assert.deepStrictEqual(
      await heirs((opts) => new ContainerRegistry("env", { kind: "external", server: "ghcr.io" }, opts)),
      expected("env caller none"),
    );
  });
});
