/** Builds and pushes with the machine's docker client. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { attempt } from "../../command";

export interface Registry {
  /** Its host, and port if it has one; undefined for the one that an image name without a host means. */
  server: string | undefined;
  username: string;
  password: string;
}

export interface Build {
  context: string;
  dockerfile: string;
  platform: string | undefined;
  target: string | undefined;
  network: string | undefined;
  args: Record<string, string>;
  addHosts: string[];
  cacheFrom: string[];
  buildKit: boolean;
}

export type Environment = Record<string, string | undefined>;

/** A client that can speak BuildKit: those of version 23 and later need the buildx plugin for it. */
export async function findDocker(env: Environment): Promise<string> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin"];
  const clients = [...new Set(folders.map((folder) => join(folder, "docker")))].filter((path) => existsSync(path));
  if (clients.length === 0) throw new Error("There is no docker on PATH: install Docker to build images.");
  for (const client of clients) {
    const { stdout } = await attempt(client, ["--version"], { env });
    const major = Number(/version (\d+)\./.exec(stdout)?.[1] ?? 0);
    if (major > 0 && major < 23) return client;
    if ((await attempt(client, ["buildx", "version"], { env })).code === 0) return client;
  }
  throw new Error(`${clients.join(" and ")} cannot build: install Docker's buildx plugin.`);
}

/** The last lines of what a command printed. */
export function tail(text: string, lines = 20): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** What a docker command's failure means, as a sentence. */
export function explain(what: string, output: string, server: string): string {
  if (/cannot connect to the docker daemon|error during connect|connection refused.*docker\.sock/i.test(output)) {
    return `${what} failed, because Docker is not running: ${tail(output, 1)}`;
  }
  if (
    /unauthorized|denied:|authentication required|no basic auth credentials|incorrect username or password/i.test(
      output,
    )
  ) {
    return `The registry ${server} refused the user name or the password: ${tail(output, 1)}`;
  }
  return `${what} failed:\n${tail(output)}`;
}

interface Ran {
  code: number | null;
  output: string;
}

function runDocker(
  docker: string,
  args: string[],
  env: Environment,
  signal: AbortSignal,
  line: (text: string) => void,
) {
  return new Promise<Ran>((resolve, reject) => {
    const child = spawn(docker, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], signal });
    let output = "";
    const take = (text: string) => {
      output += text;
      const last = text.trim().split("\n").at(-1) ?? "";
      if (last !== "") line(last);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => {
      if (signal.aborted) resolve({ code: null, output: `${output}\nstopped` });
      else reject(error);
    });
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}

/** Gives `work` a docker configuration that knows the registry's password, in a folder that only this user can read. */
async function loggedIn<T>(registry: Registry | undefined, image: string, work: (env: Environment) => Promise<T>) {
  if (registry === undefined) return work({});
  const folder = await mkdtemp(join(tmpdir(), "flask-doks-docker-"));
  try {
    const usual = process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker");
    const file = join(usual, "config.json");
    const config = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>) : {};
    // A credential store would be asked instead of the entry below.
    const auth = Buffer.from(`${registry.username}:${registry.password}`).toString("base64");
    const merged = {
      ...config,
      credsStore: undefined,
      credHelpers: undefined,
      auths: { ...(config["auths"] as object | undefined), [registry.server ?? registryOf(image)]: { auth } },
      cliPluginsExtraDirs: [join(usual, "cli-plugins")],
    };
    await writeFile(join(folder, "config.json"), JSON.stringify(merged), { mode: 0o600 });
    return await work({ DOCKER_CONFIG: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The host part of an image name; an image without one cannot be pushed anywhere that is known. */
export function registryOf(image: string): string {
  const [first = ""] = image.split("/");
  if (image.includes("/") && /[.:]|^localhost$/.test(first)) return first;
  throw new Error(`The image name ${image} does not say which registry it belongs to, and registry.server is not set.`);
}

/** The name without its tag. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^:/]+$/, "");
}

/** Build arguments go through the environment, where no other user of the machine sees them. */
function buildArguments(build: Build, image: string): string[] {
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  return [
    "build",
    ...(build.buildKit ? ["--progress", "plain"] : []),
    ...["--tag", image, "--file", build.dockerfile],
    ...option("--platform", build.platform),
    ...option("--target", build.target),
    ...option("--network", build.network),
    ...Object.entries(build.args).flatMap(([key, value]) => [
      "--build-arg",
      process.env[key] === undefined ? key : `${key}=${value}`,
    ]),
    ...build.addHosts.flatMap((host) => ["--add-host", host]),
    ...build.cacheFrom.flatMap((name) => ["--cache-from", name]),
    build.context,
  ];
}

export interface Order {
  image: string;
  build: Build;
  registry: Registry | undefined;
  skipPush: boolean;
  env: Environment;
  signal: AbortSignal;
  status: (text: string) => void;
}

/** Builds an image and pushes it. Returns `repository@sha256:…`, or the image's id when it is not pushed. */
export async function buildAndPush(order: Order): Promise<string> {
  const { image, build, registry, signal, status } = order;
  const docker = await findDocker(order.env);
  const server = registry?.server ?? (order.skipPush ? "" : registryOf(image));
  return loggedIn(registry, image, async (login) => {
    const env = { ...order.env, ...login };
    const secrets = Object.fromEntries(Object.entries(build.args).filter(([key]) => process.env[key] === undefined));
    const buildEnv = { ...secrets, ...env, DOCKER_BUILDKIT: build.buildKit ? "1" : "0" };
    const built = await runDocker(docker, buildArguments(build, image), buildEnv, signal, status);
    if (built.code !== 0) throw new Error(explain(`Building the image ${image}`, built.output, server));
    if (order.skipPush) {
      const { stdout } = await attempt(docker, ["image", "inspect", "--format", "{{.Id}}", image], { env });
      return stdout.trim();
    }
    status(`pushing to ${server}`);
    const pushed = await runDocker(docker, ["push", image], env, signal, status);
    if (pushed.code !== 0) throw new Error(explain(`Pushing the image ${image}`, pushed.output, server));
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(pushed.output)?.[1];
    if (digest === undefined) throw new Error(`The registry ${server} named no digest for ${image}.`);
    return `${repositoryOf(image)}@${digest}`;
  });
}
