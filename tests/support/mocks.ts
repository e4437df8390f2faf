/**
 * Runs a Pulumi program without an engine and records everything that it registers.
 *
 * The SDK's mocks do not see a resource's parent, protect, dependencies or provider; the request to the monitor does, so
 * it is recorded there (P3). The program is settled by disconnecting, for awaiting an output hangs when it is unknown
 * or when something before it failed (P4).
 */
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import * as settings from "@pulumi/pulumi/runtime/settings";

/** A resource as the program registered it. */
export interface Registered {
  type: string;
  name: string;
  custom: boolean;
  /** Inputs in clear; a secret input's top-level property is named in `secrets`. An unknown one is missing. */
  inputs: Record<string, unknown>;
  secrets: string[];
  /** Names, not URNs. */
  parent: string;
  dependencies: string[];
  provider: string;
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  deleteBeforeReplace: boolean;
  timeouts: { create: string; update: string; delete: string };
}

export interface Deployed {
  resources: Registered[];
  /** The resource of that name; fails when there is none. */
  get: (name: string) => Registered;
  /** Whether the first resource is registered only after the second is ready. */
  waitsFor: (later: string, earlier: string) => boolean;
  /** What the program returned; an unknown output is `undefined`. */
  outputs: Record<string, unknown>;
}

export interface DeployOptions {
  mode?: "update" | "preview";
  stack?: string;
  /** Config keys of the project, as a stack file has them. */
  config?: Record<string, unknown>;
  /** Those of them that hold an encrypted value. */
  secretKeys?: string[];
}

const PROJECT = "flask-doks";

/** Runs `program` under mocks and returns when everything that it registers is settled. */
export async function deploy(program: () => unknown, options: DeployOptions = {}): Promise<Deployed> {
  const { mode = "update", stack = "test", config = {}, secretKeys = [] } = options;
  const requests: RegisterRequest[] = [];
  await pulumi.runtime.setMocks(mocksFor(mode), PROJECT, stack, mode === "preview");
  record(requests);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        `${PROJECT}:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    secretKeys.map((key) => `${PROJECT}:${key}`),
  );

  let returned: unknown;
  try {
    returned = await program();
  } finally {
    await pulumi.runtime.disconnect();
  }
  const resources = requests.map(registered);
  const find = (name: string, last = resources.findLast((resource) => resource.name === name && resource.custom)) =>
    last ?? resources.find((resource) => resource.name === name);
  return {
    resources,
    get: (name) => {
      const found = find(name);
      if (found === undefined) {
        throw new Error(`no resource ${name} among ${resources.map((resource) => resource.name).join(", ")}`);
      }
      return found;
    },
    waitsFor: (later, earlier) => {
      const seen = new Set<string>();
      const queue = [...(find(later)?.dependencies ?? [])];
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        if (!seen.has(name)) {
          seen.add(name);
          queue.push(...(find(name)?.dependencies ?? []));
        }
      }
      return seen.has(earlier);
    },
    outputs: await plainOutputs(returned),
  };
}

const load = createRequire(__filename);

/** Runs the whole program, `index.ts`, afresh. */
export async function deployProgram(options: DeployOptions): Promise<Deployed> {
  const root = load.resolve("../../index").replace(/index\.ts$/, "");
  return deploy(() => {
    for (const path of Object.keys(load.cache)) {
      if (path.startsWith(root) && !path.includes("node_modules")) {
        Reflect.deleteProperty(load.cache, path);
      }
    }
    return load("../../index") as Record<string, unknown>;
  }, options);
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getObject(): unknown;
  getParent(): string;
  getDependenciesList(): string[];
  getProvider(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getDeletebeforereplace(): boolean;
  getCustomtimeouts(): { getCreate(): string; getUpdate(): string; getDelete(): string } | undefined;
}

function record(requests: RegisterRequest[]): void {
  const monitor = (settings as unknown as { getMonitor: () => Monitor }).getMonitor();
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requests.push(request);
    return original(request, callback);
  };
}

interface Monitor {
  registerResource: (request: RegisterRequest, callback: unknown) => unknown;
}

const { deserializeProperties, isRpcSecret, unwrapRpcSecret } = rpc as unknown as {
  deserializeProperties: (object: unknown) => Record<string, unknown>;
  isRpcSecret: (value: unknown) => boolean;
  unwrapRpcSecret: (value: unknown) => unknown;
};

const nameOf = (urn: string): string => urn.split("::")[3] ?? "";

function registered(request: RegisterRequest): Registered {
  const inputs = deserializeProperties(request.getObject());
  const timeouts = request.getCustomtimeouts();
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, plain(value)])),
    secrets: Object.keys(inputs).filter((key) => isRpcSecret(inputs[key])),
    parent: nameOf(request.getParent()),
    dependencies: request.getDependenciesList().map(nameOf),
    provider: nameOf(request.getProvider()),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    timeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
  };
}

/** A secret's value, at any depth. */
function plain(value: unknown): unknown {
  if (isRpcSecret(value)) {
    return plain(unwrapRpcSecret(value));
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value === "object" && value !== null && !pulumi.Resource.isInstance(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}

async function plainOutputs(returned: unknown): Promise<Record<string, unknown>> {
  if (typeof returned !== "object" || returned === null) {
    return {};
  }
  const entries = Object.entries(returned).map(async ([key, value]): Promise<[string, unknown]> => {
    if (!pulumi.Output.isInstance(value)) {
      return [key, value];
    }
    const output = value as unknown as { promise: () => Promise<unknown>; isKnown: Promise<boolean> };
    return [key, (await output.isKnown) ? await output.promise() : undefined];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** What the cloud and the cluster would add to the inputs, in an update. In a preview they add nothing yet. */
function mocksFor(mode: "update" | "preview"): pulumi.runtime.Mocks {
  return {
    newResource: ({ type, name, inputs }) => ({
      id: mode === "preview" ? undefined : `${name}-id`,
      state: { ...(inputs as object), ...(mode === "preview" ? {} : computed(type, name, inputs as Inputs)) },
    }),
    call: ({ token, inputs }) => {
      const answer = ANSWERS[token];
      if (answer === undefined) {
        throw new Error(`the program calls ${token}, which no test expects`);
      }
      return answer(inputs as Inputs);
    },
  };
}

type Inputs = Record<string, unknown>;

function computed(type: string, name: string, inputs: Inputs): Inputs {
  switch (type) {
    case "random:index/randomPassword:RandomPassword":
      return { result: pulumi.secret(`${name}-random-password`) };
    case "docker:index/image:Image":
      return { repoDigest: `${String(inputs["imageName"]).replace(/:[^:/]*$/, "")}@sha256:${"0".repeat(64)}` };
    case "digitalocean:index/containerRegistry:ContainerRegistry":
      return {
        endpoint: `registry.digitalocean.com/${String(inputs["name"])}`,
        serverUrl: "registry.digitalocean.com",
      };
    case "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": {
      const auth = Buffer.from(`${name}-user:${name}-token`).toString("base64");
      return { dockerCredentials: pulumi.secret(JSON.stringify({ auths: { "registry.digitalocean.com": { auth } } })) };
    }
    case "digitalocean:index/kubernetesCluster:KubernetesCluster":
      return { name: `${name}-1234567` };
    default:
      return {};
  }
}

const ANSWERS: Record<string, (inputs: Inputs) => Inputs> = {
  "digitalocean:index/getKubernetesCluster:getKubernetesCluster": (inputs) => ({
    ...inputs,
    kubeConfigs: [{ rawConfig: `kubeconfig of ${String(inputs["name"])}` }],
  }),
};
