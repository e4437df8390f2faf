/**
 * Runs a Pulumi program without an engine and records everything that it registers.
 *
 * The SDK's mocks do not see a resource's parent, protect, dependencies or provider; the request to the monitor does, so
 * it is recorded there (P3). The program is settled by disconnecting, for awaiting an output hangs when it is unknown
 * or when something before it failed (P4).
 */
import * as pulumi from "@pulumi/pulumi";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { PROJECT } from "../../lib/stackFile";
import { type MadeUp, mocksFor } from "./cloud";
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

/** How a program is run. */
export interface RunOptions {
  /** What stands for the cloud. */
  cloud: MadeUp;
  stack: string;
  /** Config keys of the project, as a stack file has them; those of others with their project in front. */
  config: Record<string, unknown>;
  /** Those of them that hold an encrypted value. */
  secretKeys: string[];
  /** What a secret value is shown as in the resources' inputs. Default: in clear. */
  shown?: ((secret: unknown) => unknown) | undefined;
}

/** Runs `program` under mocks until everything that it registers is settled: what it had registered, and its failure. */
export async function runUnderMocks(
  program: () => unknown,
  { cloud, stack, config, secretKeys, shown }: RunOptions,
): Promise<Deployed & { error: Error | undefined }> {
  const requests: Recorded[] = [];
  const invokes: Invoked[] = [];
  await pulumi.runtime.setMocks(mocksFor(cloud), PROJECT, stack, cloud.mode === "preview", "organization");
  record(requests, invokes);
  const qualified = (key: string) => (key.includes(":") ? key : `${PROJECT}:${key}`);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        qualified(key),
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    secretKeys.map(qualified),
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
  const resources = requests.map((request) => registered(request, shown));
  // A reference to a resource among the inputs was read as a resource of its own, which nobody waits for: the SDK would
  // take it for lost, and have the process end with 1.
  (debuggable as unknown as { leakedPromises: () => unknown }).leakedPromises();
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
