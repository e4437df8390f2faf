import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { AppImage, type AppImageArgs } from "../../../../components/app/appImage";
import { contextHash } from "../../../../lib/contentHash";
import type { PushAccess } from "../../../../components/cluster/containerRegistry";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, type Deployed } from "../../../support/mocks";

describe("AppImage", () => {
  let source: string;
  let elsewhere: string;
  let args: AppImageArgs;
  const create = (changes: Partial<AppImageArgs> = {}, mode: "update" | "preview" = "update") =>
    deploy(
      () => {
        const { reference, tagged } = new AppImage("blog", { ...args, ...changes });
        return { reference, tagged };
      },
      { mode },
    );
  const hash = () => contextHash(source, { PYTHON_IMAGE: "python:3.13", platform: "linux/amd64" });
  const buildOf = (inputs: Record<string, unknown>) => inputs["build"] as Record<string, unknown>;

  beforeEach(() => {
    source = mkdtempSync(join(tmpdir(), "source-"));
    elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
    writeFileSync(join(source, "Dockerfile"), "FROM scratch\n");
    args = {
      source,
      repository: "ghcr.io/team/blog",
      push: undefined,
      platform: "linux/amd64",
      buildArgs: { PYTHON_IMAGE: "python:3.13" },
    };
  });

  afterEach(() => {
    rmSync(source, { recursive: true });
    rmSync(elsewhere, { recursive: true });
  });

  it("creates one image", async () => {
    const { list } = await create();
    assert.deepStrictEqual(list, ["docker:index/image:Image blog-image", "flask-doks:app:AppImage blog"]);
  });

  it("is built for the nodes' platform, whatever the machine's own is (P1)", async () => {
    const { get } = await create({ platform: "linux/arm64" });
    assert.deepStrictEqual(buildOf(get("blog-image").inputs)["platform"], "linux/arm64");
  });

  it("is known by digest, so that no moved tag changes what runs (P1)", async () => {
    const { outputs } = await create();
    assert.deepStrictEqual(outputs, {
      reference: `ghcr.io/team/blog@sha256:${"0".repeat(64)}`,
      tagged: `ghcr.io/team/blog:${hash()}`,
    });
  });

  it("is not known by digest before it is built", async () => {
    const { outputs } = await create({}, "preview");
    assert.deepStrictEqual(outputs, { reference: undefined, tagged: `ghcr.io/team/blog:${hash()}` });
  });

  it("is tagged with the hash of its content, and built with BuildKit from a relative folder", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("blog-image").inputs, {
      imageName: `ghcr.io/team/blog:${hash()}`,
      build: {
        context: relative(process.cwd(), source),
        platform: "linux/amd64",
        args: { PYTHON_IMAGE: "python:3.13" },
        builderVersion: "BuilderBuildKit",
      },
      buildOnPreview: false,
      skipPush: false,
    });
  });

  it("is built with a Dockerfile from elsewhere, by its path from here, which decides the tag too", async () => {
    const dockerfile = join(elsewhere, "Dockerfile");
    writeFileSync(dockerfile, "FROM scratch\n");
    const { get, outputs } = await create({ dockerfile });
    assert.deepStrictEqual(buildOf(get("blog-image").inputs), {
      context: relative(process.cwd(), source),
      dockerfile: relative(process.cwd(), dockerfile),
      platform: "linux/amd64",
      args: { PYTHON_IMAGE: "python:3.13" },
      builderVersion: "BuilderBuildKit",
    });
    writeFileSync(dockerfile, "FROM debian\n");
    assert.notDeepStrictEqual((await create({ dockerfile })).outputs["tagged"], outputs["tagged"]);
  });

  it("gets another tag with other content, another platform and another base image", async () => {
    const tag = async (changes: Partial<AppImageArgs> = {}) => (await create(changes)).outputs["tagged"];
    const first = await tag();
    const others = [await tag({ platform: "linux/arm64" }), await tag({ buildArgs: { PYTHON_IMAGE: "python:3.14" } })];
    writeFileSync(join(source, "Dockerfile"), "FROM debian\n");
    others.push(await tag());
    assert.deepStrictEqual(new Set([first, ...others]).size, 4);
  });

  it("carries the commit in its tag and as a build argument, when there is one", async () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const { get, outputs } = await create({ commit });
    assert.deepStrictEqual(outputs["tagged"], `ghcr.io/team/blog:${hash()}-0123456789ab`);
    assert.deepStrictEqual(buildOf(get("blog-image").inputs)["args"], {
      PYTHON_IMAGE: "python:3.13",
      SOURCE_COMMIT: commit,
    });
  });

  it("is pushed with the login, a secret", async () => {
    const push: PushAccess = {
      kind: "login",
      server: pulumi.output("ghcr.io"),
      username: pulumi.output("bot"),
      password: pulumi.secret("p4ssword"),
    };
    const { get } = await create({ push });
    const { inputs, secrets } = get("blog-image");
    assert.deepStrictEqual(inputs["registry"], { server: "ghcr.io", username: "bot", password: "p4ssword" });
    assert.deepStrictEqual(secrets, ["registry"]);
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new AppImage("blog", args, opts))),
      byName(expected("blog caller none", "blog-image blog builder")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [new AppImage("one", args), new AppImage("two", args)]);
    assert.deepStrictEqual([list.length, new Set(list).size], [4, 4]);
  });
});

describe("AppImage at DigitalOcean's registry", () => {
  let source: string;
  const push = (rotation = 1): PushAccess => ({
    kind: "credential",
    registryName: pulumi.output("my-team"),
    server: pulumi.output("registry.digitalocean.com"),
    rotation,
  });
  const args = (rotation?: number): AppImageArgs => ({
    source,
    repository: "registry.digitalocean.com/my-team/blog",
    push: push(rotation),
    platform: "linux/amd64",
    buildArgs: {},
  });
  const create = (name = "blog", rotation?: number) => deploy(() => new AppImage(name, args(rotation)));
  const credentials = async (deployed: Promise<Deployed>) =>
    (await deployed).resources.filter(({ type }) => type.endsWith(":ContainerRegistryDockerCredentials"));
  const names = async (deployed: Promise<Deployed>) => (await credentials(deployed)).map(({ name }) => name);
  const hash = () => contextHash(source, { platform: "linux/amd64" });

  beforeEach(() => {
    source = mkdtempSync(join(tmpdir(), "source-"));
    writeFileSync(join(source, "Dockerfile"), "FROM scratch\n");
  });

  afterEach(() => {
    rmSync(source, { recursive: true });
  });

  it("gets a credential that writes, for an hour (D10)", async () => {
    const [credential, ...others] = await credentials(create());
    assert.deepStrictEqual(credential?.inputs, { registryName: "my-team", write: true, expirySeconds: 3600 });
    assert.deepStrictEqual(others, []);
  });

  it("has it before it is pushed, as a secret (D10)", async () => {
    const { get, waitsFor } = await create();
    const name = `blog-push-${hash()}-1`;
    assert.deepStrictEqual(waitsFor("blog-image", name), true);
    assert.deepStrictEqual(get("blog-image").inputs["registry"], {
      server: "registry.digitalocean.com",
      username: `${name}-user`,
      password: `${name}-token`,
    });
    assert.deepStrictEqual(get("blog-image").secrets, ["registry"]);
  });

  it("gets no new one with the same content, for nothing is pushed (D10)", async () => {
    assert.deepStrictEqual(await names(create()), await names(create()));
  });

  it("gets a new one, beside the old, with other content, for another app, and when rotated (D10)", async () => {
    const all = [await names(create()), await names(create("shop")), await names(create("blog", 2))];
    writeFileSync(join(source, "Dockerfile"), "FROM debian\n");
    all.push(await names(create()));
    assert.deepStrictEqual(new Set(all.flat()).size, 4);
  });

  it("is not pushed in a preview, and no preview fails for a credential that is not there yet", async () => {
    const { get } = await deploy(() => new AppImage("blog", args()), { mode: "preview" });
    assert.deepStrictEqual(get("blog-image").inputs["imageName"], `registry.digitalocean.com/my-team/blog:${hash()}`);
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new AppImage("blog", args(), opts))),
      byName(expected("blog caller none", "blog-image blog builder", `blog-push-${hash()}-1 blog cloud`)),
    );
  });
});
