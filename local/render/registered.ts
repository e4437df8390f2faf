/** What a program asks of the engine's monitor for each resource, read off its request. */
import * as pulumi from "@pulumi/pulumi";
import * as rpc from "@pulumi/pulumi/runtime/rpc";

/** Another name of a resource in the state of a stack; what is empty is as that of the resource itself. */
export interface Alias {
  type: string;
  name: string;
  parentUrn: string;
}

/** A resource as the program registered it. */
export interface Registered {
  type: string;
  name: string;
  custom: boolean;
  /** Inputs, if not wanted otherwise in clear; a secret input's top-level property is named in `secrets`. An unknown one is missing. */
  inputs: Record<string, unknown>;
  secrets: string[];
  /** URN of it and of what it is in. Those of the mocks name no more than one parent's type. */
  urn: string;
  parentUrn: string;
  /** Names, not URNs. */
  parent: string;
  dependencies: string[];
  provider: string;
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  /** What else it may be called in the state of a stack, as the program says. */
  aliases: Alias[];
  deleteBeforeReplace: boolean;
  timeouts: { create: string; update: string; delete: string };
  /** Place among everything that happened: when the program asked for it, and when it had it. */
  askedAt: number;
  readyAt: number;
}

interface AliasSpec {
  getType(): string;
  getName(): string;
  getParenturn(): string;
  getNoparent(): boolean;
}

export interface RegisterRequest {
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
  getAliasesList(): { getSpec(): AliasSpec | undefined }[];
  getDeletebeforereplace(): boolean;
  getCustomtimeouts(): { getCreate(): string; getUpdate(): string; getDelete(): string } | undefined;
}

/** A request, and what became of it. */
export interface Recorded {
  request: RegisterRequest;
  urn: string;
  askedAt: number;
  readyAt: number;
}

export const { deserializeProperties, isRpcSecret, unwrapRpcSecret } = rpc as unknown as {
  deserializeProperties: (object: unknown) => Record<string, unknown>;
  isRpcSecret: (value: unknown) => boolean;
  unwrapRpcSecret: (value: unknown) => unknown;
};

const nameOf = (urn: string): string => urn.split("::")[3] ?? "";

function aliasOf(alias: ReturnType<RegisterRequest["getAliasesList"]>[number]): Alias {
  const spec = alias.getSpec();
  if (spec === undefined || spec.getNoparent()) throw new Error("an alias is not given by its name and parent");
  return { type: spec.getType(), name: spec.getName(), parentUrn: spec.getParenturn() };
}

/**
 * @param shown What a secret value is shown as. Default: in clear.
 */
export function registered(
  { request, urn, askedAt, readyAt }: Recorded,
  shown: (secret: unknown) => unknown = (secret) => secret,
): Registered {
  const inputs = deserializeProperties(request.getObject());
  const timeouts = request.getCustomtimeouts();
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: plain(inputs, shown) as Record<string, unknown>,
    secrets: Object.keys(inputs).filter((key) => isRpcSecret(inputs[key])),
    urn,
    parentUrn: request.getParent(),
    parent: nameOf(request.getParent()),
    dependencies: request.getDependenciesList().map(nameOf),
    provider: nameOf(request.getProvider()),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    ignoreChanges: request.getIgnorechangesList(),
    aliases: request.getAliasesList().map(aliasOf),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    timeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
    askedAt,
    readyAt,
  };
}

/** A provider's inputs are sent as text, in which an unknown value is marked; elsewhere it is left out. */
const isUnknown = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "__pulumiUnknown" in value;

/** A value without the marks of what is secret or unknown, at any depth. */
function plain(value: unknown, shown: (secret: unknown) => unknown): unknown {
  if (isRpcSecret(value)) {
    return shown(plain(unwrapRpcSecret(value), shown));
  }
  if (Array.isArray(value)) {
    return value.map((inner) => plain(inner, shown));
  }
  if (typeof value === "object" && value !== null && !pulumi.Resource.isInstance(value)) {
    const known = Object.entries(value).filter(([, inner]) => !isUnknown(inner));
    return Object.fromEntries(known.map(([key, inner]) => [key, plain(inner, shown)]));
  }
  return value;
}
