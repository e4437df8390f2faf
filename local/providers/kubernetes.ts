/**
 * Stand-in for the Kubernetes provider: applies objects of any kind to a real API server and waits for them like the
 * real one. Helm releases are made by the real Helm. Helm charts and YAML components are not in it.
 */

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import {
  activeCluster,
  ApiError,
  clientFor,
  type KubernetesClient,
  type KubernetesObject,
  UnknownKind,
} from "./kubernetes/client";
import { type Mutability, objectDifference } from "./kubernetes/diff";
import { inputsFrom, withoutIgnored } from "./kubernetes/live";
import * as described from "./kubernetes/object";
import { isAwaited } from "./kubernetes/readiness";
import { RELEASE, releases } from "./kubernetes/release";
import { isUnready } from "./kubernetes/unready";
import { assess, NotReady, podsSay, untilGone, untilReady } from "./kubernetes/waiting";
import { type Difference, InitFailed, NO_DIFFERENCE, type Provider, type Settings } from "./provider";
import type { CheckRequest, CreateRequest, DeleteRequest, DiffRequest, ReadRequest, UpdateRequest } from "./provider";
import { hasUnknown, isObject, UNKNOWN, type Value, type Values } from "./values";

const DEFAULT_TIMEOUT_SECONDS = 600;

const isOn = (value: Value | undefined): boolean => value === true || value === "true";

const mutability = (settings: Settings): Mutability => ({
  configMaps: isOn(settings["enableConfigMapMutable"]),
  secrets: isOn(settings["enableSecretMutable"]),
});

/** Set in this process's environment, objects that exist already are taken over instead of refused. */
export const TAKE_OVER = "FLASK_DOKS_TAKE_OVER";

const upserts = (settings: Settings): boolean =>
  isOn(
    settings["upsertExistingObjects"] ?? process.env[TAKE_OVER] ?? process.env["PULUMI_K8S_UPSERT_EXISTING_OBJECTS"],
  );

function patience(object: KubernetesObject, request: CreateRequest | UpdateRequest | DeleteRequest) {
  const wish = Number(described.annotation(object, described.TIMEOUT_SECONDS) ?? DEFAULT_TIMEOUT_SECONDS);
  const { timeoutSeconds = wish, signal, status } = request;
  return { timeoutSeconds, signal, status };
}

const managerOf = (state: Values): string =>
  typeof state["__fieldManager"] === "string"
    ? state["__fieldManager"]
    : `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;

/** Applies; what is missing because it is just being made (a namespace, a definition) is waited for a little. */
async function apply(client: KubernetesClient, object: KubernetesObject, manager: string): Promise<KubernetesObject> {
  const force = described.annotation(object, described.PATCH_FORCE) === "true";
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.apply(object, manager, force);
    } catch (error) {
      const missing = error instanceof UnknownKind || (error instanceof ApiError && error.code === 404);
      if (!missing || attempt > 5) throw explained(error, manager);
      await sleep(attempt * 500);
    }
  }
}

function explained(error: unknown, manager: string): unknown {
  if (!(error instanceof ApiError) || error.code !== 409) return error;
  const text = `server-side apply field conflict: field manager "${manager}" had an apply conflict: ${error.message}`;
  return new ApiError(409, text, error.reason);
}

/** Waits for what was applied and turns a failure into one that keeps the object in the state. */
async function settle(
  client: KubernetesClient,
  live: KubernetesObject,
  inputs: Values,
  request: CreateRequest | UpdateRequest,
  verb: "created" | "updated",
  manager: string,
): Promise<KubernetesObject> {
  try {
    return await untilReady(client, live, patience(live, request));
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    const existing = { id: described.idOf(error.live), state: described.stateOf(error.live, inputs, manager) };
    const message =
      `resource "${request.urn}" was successfully ${verb}, but the Kubernetes API server reported that ` +
      `it failed to fully initialize or become live: ${error.message}`;
    throw new InitFailed(message, existing, error.reasons);
  }
}

async function check({ type, name, olds, news, settings, seed }: CheckRequest) {
  if (type.startsWith("kubernetes:helm.sh/")) {
    const hint = "install the real plugin (FLASK_DOKS_PROVIDERS=real) for it";
    throw new Error(`${type} is not in the stand-in for the Kubernetes provider; ${hint}`);
  }
  let inputs = news;
  if (described.isPatch(type)) {
    const { name: target } = described.toObject(news, type).metadata as { name?: string };
    if (target === undefined) throw new Error("patch resources require the `.metadata.name` field to be set");
  } else {
    inputs = described.named(news, olds, name, seed);
  }
  const namespace = settings["namespace"];
  if (typeof namespace === "string" && namespace !== "") {
    const { apiVersion, kind } = described.toObject(inputs, type);
    const found = await clientFor(settings)
      .kindOf(apiVersion, kind)
      .catch((error: unknown) => {
        if (error instanceof UnknownKind) return { namespaced: true };
        throw error;
      });
    if (found.namespaced) inputs = described.placed(inputs, namespace);
  }
  return { inputs: described.guarded(inputs, news) };
}

async function diff(request: DiffRequest): Promise<Difference> {
  const { type, oldInputs, news, ignoreChanges, settings } = request;
  const options = { ignoreChanges, mutable: mutability(settings), patch: described.isPatch(type) };
  const difference = objectDifference(oldInputs, news, options);
  if (!(await isUnready(request))) return difference;
  const path = described.REPLACE_UNREADY_PATH;
  return {
    ...difference,
    changes: { ...difference.changes, [path]: "update" },
    replaces: [...difference.replaces, path],
  };
}

async function create(request: CreateRequest) {
  const { type, urn, inputs, preview, settings } = request;
  const client = clientFor(settings);
  const object = described.toObject(inputs, type);
  if (preview) {
    // Asks, so that a wrong kubeconfig shows now; that the kind does not exist yet is no error.
    if (!hasUnknown(object.apiVersion)) await client.kindOf(object.apiVersion, object.kind).catch(unlessUnreachable);
    return { id: "", state: inputs };
  }
  const { name, namespace = "" } = object.metadata;
  const there = await client.read(object.apiVersion, object.kind, namespace, name);
  if (there !== undefined && !described.isPatch(type) && !upserts(settings)) {
    const { plural } = await client.kindOf(object.apiVersion, object.kind);
    const said = `${plural} "${name}" already exists`;
    throw new Error(
      `resource "${urn}" was not successfully created by the Kubernetes API server: ${said}. ` +
        "Import it, give the resource another name, or delete the object.",
    );
  }
  const adopted = there === undefined ? undefined : applierOf(there);
  const manager = described.annotation(object, described.FIELD_MANAGER) ?? adopted ?? managerOf({});
  const applied = await apply(client, object, manager).catch((error: unknown) => {
    const said = (error as Error).message;
    throw new Error(`resource "${urn}" was not successfully created by the Kubernetes API server: ${said}`);
  });
  const live = await settle(client, applied, inputs, request, "created", manager);
  return { id: described.idOf(live), state: described.stateOf(live, inputs, manager) };
}

/** Who of ours applied an object that is being taken over: going on under that name, there is no conflict with it. */
const applierOf = ({ metadata }: KubernetesObject): string | undefined =>
  metadata.managedFields?.find(
    ({ manager = "", operation }) => operation === "Apply" && /^pulumi-kubernetes-[0-9a-f]{8}$/.test(manager),
  )?.manager;

function unlessUnreachable(error: unknown): void {
  if (!(error instanceof UnknownKind) && !(error instanceof ApiError)) throw error;
}

async function update(request: UpdateRequest): Promise<Values> {
  const { type, urn, state, news, preview, settings, ignoreChanges } = request;
  if (preview) return { ...state, ...news };
  const client = clientFor(settings);
  const manager = managerOf(state);
  const wanted = described.toObject(news, type);
  const { apiVersion, kind, metadata } = wanted;
  const current = await client.read(apiVersion, kind, metadata.namespace ?? "", metadata.name);
  const object = current === undefined ? wanted : withoutIgnored(wanted, current, manager, ignoreChanges);
  const applied = await apply(client, object, manager).catch((error: unknown) => {
    throw new Error(
      `resource "${urn}" was not successfully updated by the Kubernetes API server: ${(error as Error).message}`,
    );
  });
  const live = await settle(client, applied, news, request, "updated", manager);
  return described.stateOf(live, news, manager);
}

async function read(request: ReadRequest) {
  const { type, id, state, inputs, settings } = request;
  const client = clientFor(settings);
  const before = Object.keys(inputs).length > 0 ? inputs : undefined;
  const { apiVersion, kind } = described.toObject(before ?? state, type);
  const { namespace, name } = described.splitId(id);
  const live = await client.read(apiVersion, kind, namespace, name);
  if (live === undefined) return undefined;
  const manager = managerOf(state);
  const plain = described.toObject(before ?? importable(live), type) as unknown as Values;
  const found = described.guarded(inputsFrom(live, plain), before ?? {});
  const existing = { id, state: described.stateOf(live, found, manager) };
  if (isAwaited(live)) {
    const verdict = await assess(client, live);
    if (verdict.state !== "ready") throw new InitFailed(verdict.reason, existing, await podsSay(client, live), found);
  }
  return { ...existing, inputs: found };
}

/** What of a live object, of which no inputs are known, could have been written by a program. */
function importable(live: KubernetesObject): Values {
  const { name, namespace, labels, annotations } = live.metadata;
  const metadata = Object.fromEntries(
    Object.entries({ name, namespace, labels, annotations }).filter(([, value]) => value !== undefined),
  );
  const fields = Object.entries(live).filter(([key]) => key !== "status");
  return { ...(Object.fromEntries(fields) as Values), metadata } as Values;
}

async function remove(request: DeleteRequest): Promise<void> {
  const { type, id, state, oldInputs, settings } = request;
  const client = clientFor(settings);
  const object = described.toObject(oldInputs, type);
  const { namespace, name } = described.splitId(id);
  const metadata = { ...object.metadata, name, ...(namespace === "" ? {} : { namespace }) };
  if (described.isPatch(type)) {
    // Gives its fields up: an apply that names none of them.
    const bare = {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name, ...(namespace === "" ? {} : { namespace }) },
    };
    const there = await client.read(object.apiVersion, object.kind, namespace, name);
    if (there !== undefined) await client.apply(bare, managerOf(state), false);
    return;
  }
  const policy = (described.annotation(object, described.PROPAGATION) ?? "").toLowerCase();
  const propagation = policy === "orphan" ? "Orphan" : policy === "background" ? "Background" : "Foreground";
  const recorded = isObject(state["metadata"]) ? state["metadata"]["uid"] : undefined;
  const target = { ...object, metadata: { ...metadata, ...(typeof recorded === "string" ? { uid: recorded } : {}) } };
  const deleted = await client.remove(target, propagation);
  if (!deleted) return;
  await untilGone(client, target, patience(object, request)).catch((error: unknown) => {
    throw error instanceof NotReady ? new Error(`${target.kind} ${id} was asked to go, but ${error.message}`) : error;
  });
}

/** `kubernetes:yaml:decode`, by which the SDK's YAML components read their manifests. */
function decode(args: Values): Promise<Values> {
  const text = typeof args["text"] === "string" ? args["text"] : "";
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Value);
  return Promise.resolve({ result: objects.filter((object) => object !== null) });
}

/**
 * Other settings that lead to another cluster mean that everything must be made again there. `clusterIdentifier` says
 * which cluster it is, whatever its kubeconfig looks like.
 */
export function diffSettings(olds: Values, news: Values): Difference {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const differs = (key: string) => news[key] === UNKNOWN || JSON.stringify(olds[key]) !== JSON.stringify(news[key]);
  const changed = keys.filter(differs);
  const changes = Object.fromEntries(changed.map((key) => [key, "update" as const]));
  const difference = { ...NO_DIFFERENCE, changes };
  const [before, after] = [olds["clusterIdentifier"], news["clusterIdentifier"]];
  if (before !== undefined && after !== undefined) {
    return before === after ? difference : { ...difference, replaces: ["clusterIdentifier"] };
  }
  const leading = changed.filter((key) => ["kubeconfig", "context", "cluster"].includes(key));
  const unknown = leading.some((key) => news[key] === UNKNOWN);
  const moved = unknown || activeCluster(olds) !== activeCluster(news);
  return moved ? { ...difference, replaces: leading } : difference;
}

export function kubernetesProvider(version: string): Provider {
  const objects = { check, diff, create, read, update, delete: remove };
  const ofHelm = releases(upserts);
  const kind = ({ type }: { type: string }) => (type === RELEASE ? ofHelm : objects);
  return {
    name: "kubernetes",
    version,
    diffSettings,
    check: (request) => kind(request).check(request),
    diff: (request) => kind(request).diff(request),
    create: (request) => kind(request).create(request),
    read: (request) => kind(request).read(request),
    update: (request) => kind(request).update(request),
    delete: (request) => kind(request).delete(request),
    invoke: (token, args) => {
      if (token !== "kubernetes:yaml:decode") throw new Error(`${token} is not in the stand-in`);
      return decode(args);
    },
  };
}
