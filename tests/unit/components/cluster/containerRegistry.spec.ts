import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { ContainerRegistry, type ContainerRegistryArgs } from "../../../../components/cluster/containerRegistry";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

const DIGITALOCEAN: ContainerRegistryArgs = {
  kind: "digitalocean",
  registryName: "my-team",
  tier: "basic",
  region: "fra1",
};

/** The outputs of a registry, the login's one by one. */
function outputsOf({ prefix, push, pullConfig }: ContainerRegistry): Record<string, unknown> {
  return { prefix, pullConfig, server: push?.server, username: push?.username, password: push?.password };
}

describe("ContainerRegistry at DigitalOcean", () => {
  const create = () => new ContainerRegistry("env", DIGITALOCEAN);

  it("creates the registry and two credentials", async () => {
    const { list } = await deploy(create);
    const credentials = "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials";
    assert.deepStrictEqual(list, [
      "digitalocean:index/containerRegistry:ContainerRegistry env-registry",
      `${credentials} env-pull`,
      `${credentials} env-push`,
      "flask-doks:cluster:ContainerRegistry env",
    ]);
  });

  it("names the registry, its tier and its region", async () => {
    const { get } = await deploy(create);
    assert.deepStrictEqual(get("env-registry").inputs, {
      name: "my-team",
      subscriptionTierSlug: "basic",
      region: "fra1",
    });
  });

  it("lets the cluster read only, and the push write for an hour (D10)", async () => {
    const { get } = await deploy(create);
    assert.deepStrictEqual(get("env-pull").inputs, { registryName: "my-team", write: false });
    assert.deepStrictEqual(get("env-push").inputs, { registryName: "my-team", write: true, expirySeconds: 3600 });
  });

  it("tells the login of each credential, as secrets (D10)", async () => {
    const { outputs, secretOutputs } = await deploy(() => outputsOf(create()));
    const auth = Buffer.from("env-pull-user:env-pull-token").toString("base64");
    assert.deepStrictEqual(outputs, {
      prefix: "registry.digitalocean.com/my-team",
      pullConfig: JSON.stringify({ auths: { "registry.digitalocean.com": { auth } } }),
      server: "registry.digitalocean.com",
      username: "env-push-user",
      password: "env-push-token",
    });
    assert.deepStrictEqual(secretOutputs, ["pullConfig", "username", "password"]);
  });

  it("knows nothing of the login in a first preview, and does not fail", async () => {
    const { outputs } = await deploy(() => outputsOf(create()), { mode: "preview" });
    assert.deepStrictEqual(outputs, {
      prefix: undefined,
      pullConfig: undefined,
      server: undefined,
      username: undefined,
      password: undefined,
    });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new ContainerRegistry("env", DIGITALOCEAN, opts))),
      byName(expected("env caller none", "env-registry env cloud", "env-pull env cloud", "env-push env cloud")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [create(), new ContainerRegistry("other", DIGITALOCEAN)]);
    assert.deepStrictEqual([list.length, new Set(list).size], [8, 8]);
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
    assert.deepStrictEqual(outputs, {
      prefix: "ghcr.io/my-team",
      pullConfig: undefined,
      server: undefined,
      username: undefined,
      password: undefined,
    });
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
