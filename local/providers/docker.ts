/** Stand-in for the Docker provider: `docker.Image`, built and pushed for real with the machine's docker client. */

import { existsSync } from "node:fs";
import { relative } from "node:path";
import { contextDigest } from "./docker/context";
import { type Build, buildAndPush, type Environment, type Registry } from "./docker/daemon";
import { changedPaths } from "./kubernetes/diff";
import { type Checked, type Difference, NO_DIFFERENCE, type Operation, type Provider, type Settings } from "./provider";
import { contains, hasUnknown, isObject, reveal, type Value, type Values } from "./values";

const IMAGE = "docker:index/image:Image";

const text = (value: Value | undefined): string | undefined => (typeof value === "string" ? value : undefined);
/** The text of a number or a word; nothing for what has none. */
const scalar = (value: Value): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
const objectOf = (value: Value | undefined): Values => {
  const plain = reveal(value ?? null);
  return isObject(plain) ? plain : {};
};
const texts = (value: Value | undefined): string[] => (Array.isArray(value) ? value.map(scalar) : []);

function assertImage(type: string): void {
  if (type !== IMAGE) throw new Error(`${type} is not in the stand-in for the Docker provider`);
}

function buildOf(inputs: Values): Build {
  const build = objectOf(inputs["build"]);
  const args = Object.entries(objectOf(build["args"])).map(([key, value]) => [key, scalar(value)]);
  return {
    context: text(build["context"]) ?? ".",
    dockerfile: text(build["dockerfile"]) ?? "Dockerfile",
    platform: text(build["platform"]),
    target: text(build["target"]),
    network: text(build["network"]),
    args: Object.fromEntries(args) as Record<string, string>,
    addHosts: texts(build["addHosts"]),
    cacheFrom: texts(objectOf(build["cacheFrom"])["images"]),
    buildKit: build["builderVersion"] !== "BuilderV1",
  };
}

function registryOf(inputs: Values): Registry | undefined {
  const registry = objectOf(inputs["registry"]);
  const username = text(registry["username"]);
  if (username === undefined) return undefined;
  return { server: text(registry["server"]), username, password: text(registry["password"]) ?? "" };
}

/** Adds the defaults, and a digest over the content, by which a change of any file shows. */
export async function checkedImage(news: Values): Promise<Checked> {
  const given = isObject(news["build"]) ? news["build"] : {};
  const host = `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`;
  const context = given["context"] ?? ".";
  const defaultDockerfile =
    text(context) === undefined || context === "." ? "Dockerfile" : `${scalar(context)}/Dockerfile`;
  const build: Values = {
    ...given,
    context,
    dockerfile: given["dockerfile"] ?? defaultDockerfile,
    platform: given["platform"] ?? host,
  };
  const inputs: Values = { ...news, build, buildOnPreview: news["buildOnPreview"] ?? false };
  const [folder, dockerfile] = [text(context), text(build["dockerfile"])];
  if (folder === undefined || dockerfile === undefined) return { inputs };
  const missing = [folder, dockerfile].find((path) => !existsSync(path));
  if (missing !== undefined) {
    const property = missing === folder ? "build.context" : "build.dockerfile";
    return { inputs, failures: [{ property, reason: `there is no ${missing} (from ${process.cwd()})` }] };
  }
  build["contextDigest"] = await contextDigest(folder, dockerfile);
  return { inputs };
}

/** A changed password is no reason to build again: it may change with every run. */
export function imageDifference(oldInputs: Values, news: Values, ignoreChanges: string[]): Difference {
  const found = Object.entries(changedPaths(reveal(oldInputs), reveal(news)));
  const heeded = found.filter(
    ([path]) => !["registry.username", "registry.password", ...ignoreChanges].some((each) => contains(each, path)),
  );
  return { ...NO_DIFFERENCE, changes: Object.fromEntries(heeded) };
}

function outputs(inputs: Values, repoDigest?: string): Values {
  const { context, dockerfile, platform } = buildOf(inputs);
  const imageName = inputs["imageName"] ?? "";
  return {
    __inputs: inputs,
    context,
    dockerfile: relative(context, dockerfile),
    platform: platform ?? null,
    imageName,
    baseImageName: imageName,
    registryServer: text(objectOf(inputs["registry"])["server"]) ?? "",
    ...(repoDigest === undefined ? {} : { repoDigest }),
  };
}

/** What can be said before the build: all but the digest. */
const planned = (inputs: Values): Values => (hasUnknown(inputs) ? inputs : outputs(inputs));

async function made(inputs: Values, request: Operation, env: Environment): Promise<{ id: string; state: Values }> {
  const image = text(reveal(inputs["imageName"] ?? null)) ?? "";
  const repoDigest = await buildAndPush({
    image,
    build: buildOf(inputs),
    registry: registryOf(inputs),
    skipPush: inputs["skipPush"] === true,
    env: { ...env, ...hostOf(request.settings) },
    signal: request.signal,
    status: request.status,
  });
  return { id: image, state: outputs(inputs, repoDigest) };
}

const hostOf = (settings: Settings): Environment => {
  const host = text(settings["host"]);
  return host === undefined || host === "" ? {} : { DOCKER_HOST: host };
};

/** `env` is laid over this process's own for the docker client, such as `DOCKER_HOST`. */
export function dockerProvider(version: string, env: Environment = {}): Provider {
  return {
    name: "docker",
    version,
    check: ({ type, news }) => {
      assertImage(type);
      return checkedImage(news);
    },
    diff: ({ oldInputs, news, ignoreChanges }) => Promise.resolve(imageDifference(oldInputs, news, ignoreChanges)),
    create: async (request) => {
      if (request.preview) return { id: "", state: planned(request.inputs) };
      return made(request.inputs, request, env);
    },
    read: ({ id, state, inputs }) => Promise.resolve({ id, state, inputs }),
    update: async (request) => {
      if (request.preview) return planned(request.news);
      return (await made(request.news, request, env)).state;
    },
    // Tags stay in the registry, as with the real provider.
    delete: () => Promise.resolve(),
  };
}
