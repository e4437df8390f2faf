/**
 * Runs a Pulumi program without an engine and records everything that it registers.
 *
 * The SDK's mocks do not see a resource's parent, protect, dependencies or provider; the request to the monitor does, so
 * it is recorded there (P3). The program is settled by disconnecting, for awaiting an output hangs when it is unknown
 * or when something before it failed (P4).
 */
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { mocksFor } from "./cloud";
import { failureOf } from "./failures";
import { deserializeProperties, type Recorded, registered, type Registered, type RegisterRequest } from "./registered";

export type { Registered };

/** A function of a provider that the program called, such as one that looks a cluster up. */
export interface Invoked {
  token: string;
  inputs: Record<string, unknown>;
}

export interface Deployed {
  /** In the order in which they were asked for. */
  resources: Registered[];
  invokes: Invoked[];
  /** `type name` of each resource, sorted. */
  list: string[];
  /** The resource of that name; fails when there is none. */
  get: (name: string) => Registered;
  /** Whether the first resource depends on the second: it is made when that one is ready, and destroyed before it. */
  waitsFor: (later: string, earlier: string) => boolean;
  /** What the program returned; an unknown output is `undefined`. */
  outputs: Record<string, unknown>;
  /** Names of those outputs that are secret. */
  secretOutputs: string[];
}

export interface DeployOptions {
  mode?: "update" | "preview";
  stack?: string;
  /** Config keys of the project, as a stack file has them; those of others with their project in front. */
  config?: Record<string, unknown>;
  /** Those of them that hold an encrypted value. */
  secretKeys?: string[];
  /** Name of a resource that takes its time: what is asked for before it is ready does not wait for it. */
  slow?: string;
}

const PROJECT = "flask-doks";

/** Runs `program` under mocks and returns when everything that it registers is settled. Fails when the program does. */
export async function deploy(program: () => unknown, options: DeployOptions = {}): Promise<Deployed> {
  const { error, ...deployed } = await attempt(program, options);
  if (error !== undefined) {
    throw error;
  }
  return deployed;
}

/** Like {@link deploy}, for a program that may fail: what it had registered until then, and the failure. */
export async function attempt(
  program: () => unknown,
  options: DeployOptions = {},
): Promise<Deployed & { error: Error | undefined }> {
  const { mode = "update", stack = "test", config = {}, secretKeys = [], slow } = options;
  const requests: Recorded[] = [];
  const invokes: Invoked[] = [];
  await pulumi.runtime.setMocks(mocksFor(mode, slow), PROJECT, stack, mode === "preview", "organization");
  record(requests, invokes);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        key.includes(":") ? key : `${PROJECT}:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    secretKeys.map((key) => `${PROJECT}:${key}`),
  );

  let outputs: Outputs = { outputs: {}, secretOutputs: [] };
  const error = await failureOf(async () => {
    try {
      const returned = await program();
      await pulumi.runtime.disconnect();
      outputs = await plainOutputs(returned);
    } finally {
      await pulumi.runtime.disconnect();
    }
  });
  const resources = requests.map(registered);
  const find = (name: string) =>
    resources.find((resource) => resource.name === name && resource.custom) ??
    resources.find((resource) => resource.name === name);
  const get = (name: string) => {
    const found = find(name);
    if (found === undefined) {
      throw new Error(`no resource ${name} among ${resources.map((resource) => resource.name).join(", ")}`);
    }
    return found;
  };
  return {
    error,
    resources,
    invokes,
    list: resources.map(({ type, name }) => `${type} ${name}`).sort(),
    get,
    waitsFor: (later, earlier) => {
      const seen = new Set<string>();
      const queue = [...get(later).dependencies];
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        if (!seen.has(name)) {
          seen.add(name);
          queue.push(...get(name).dependencies);
        }
      }
      return seen.has(get(earlier).name);
    },
    ...outputs,
  };
}

const load = createRequire(__filename);

/** Runs the whole program, `index.ts`, afresh. */
export async function deployProgram(options: DeployOptions): Promise<Deployed> {
  return deploy(wholeProgram, options);
}

/** Like {@link deployProgram}, for a config with which it may fail. */
export async function attemptProgram(options: DeployOptions): Promise<Deployed & { error: Error | undefined }> {
  return attempt(wholeProgram, options);
}

function wholeProgram(): unknown {
  const root = load.resolve("../../index").replace(/index\.ts$/, "");
  for (const path of Object.keys(load.cache)) {
    if (path.startsWith(root) && !path.includes("node_modules") && !path.includes("/tests/")) {
      Reflect.deleteProperty(load.cache, path);
    }
  }
  return (load("../../index") as () => unknown)();
}

interface InvokeRequest {
  getTok(): string;
  getArgs(): unknown;
}

function record(requests: Recorded[], invokes: Invoked[]): void {
  let clock = 0;
  const monitor = (settings as unknown as { getMonitor: () => Monitor }).getMonitor();
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const recorded: Recorded = { request, urn: "", askedAt: clock++, readyAt: Number.POSITIVE_INFINITY };
    requests.push(recorded);
    return original(request, (...answer) => {
      recorded.readyAt = clock++;
      recorded.urn = answer[1]?.getUrn() ?? "";
      callback(...answer);
    });
  };
  const originalInvoke = monitor.invoke.bind(monitor);
  monitor.invoke = (request, callback) => {
    // The SDK's own, such as the one that makes a resource of a reference, are not the program's doing.
    if (!request.getTok().startsWith("pulumi:pulumi:")) {
      invokes.push({ token: request.getTok(), inputs: deserializeProperties(request.getArgs()) });
    }
    return originalInvoke(request, callback);
  };
}

type Answer = [error: unknown, response?: { getUrn(): string }];

interface Monitor {
  invoke: (request: InvokeRequest, callback: unknown) => unknown;
  registerResource: (request: RegisterRequest, callback: (...answer: Answer) => void) => unknown;
}

type Outputs = Pick<Deployed, "outputs" | "secretOutputs">;

async function plainOutputs(returned: unknown): Promise<Outputs> {
  const outputs: Record<string, unknown> = {};
  const secretOutputs: string[] = [];
  for (const [key, value] of Object.entries(returned ?? {})) {
    if (!pulumi.Output.isInstance(value)) {
      outputs[key] = value;
      continue;
    }
    const output = value as unknown as { promise: () => Promise<unknown>; isKnown: Promise<boolean> };
    outputs[key] = (await output.isKnown) ? await output.promise() : undefined;
    if (await pulumi.isSecret(value)) {
      secretOutputs.push(key);
    }
  }
  return { outputs, secretOutputs };
}
