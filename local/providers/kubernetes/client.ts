/** Talks to an API server about objects of any kind, the way `kubectl` does: discovery, then plain requests. */

import { existsSync } from "node:fs";
import { Agent, request, type RequestOptions } from "node:https";
import { request as plainRequest } from "node:http";
import { KubeConfig } from "@kubernetes/client-node";
import type { Settings } from "../provider";

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    generation?: number;
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
    finalizers?: string[];
    managedFields?: { manager?: string; operation?: string; fieldsV1?: Record<string, unknown> }[];
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

/** The server answered with an error; its message is a sentence. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly code: number,
    message: string,
    readonly reason: string,
  ) {
    super(message);
  }
}

/** No server answers. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
  constructor(reason: string) {
    super(`configured Kubernetes cluster is unreachable: ${reason}`);
  }
}

/** The server knows no such kind (yet): its definition may still be on the way. */
export class UnknownKind extends Error {
  override readonly name = "UnknownKind";
  constructor(apiVersion: string, kind: string) {
    super(
      `the Kubernetes API server reported that "${apiVersion}/${kind}" does not exist. ` +
        "Verify that any required CRDs have been created.",
    );
  }
}

export interface Kind {
  plural: string;
  namespaced: boolean;
}

interface Answer {
  code: number;
  body: string;
}

const JSON_TYPE = "application/json";
const APPLY_TYPE = "application/apply-patch+yaml";

function loadConfig(settings: Settings): KubeConfig {
  const config = new KubeConfig();
  const given = settings["kubeconfig"];
  if (typeof given !== "string" || given === "") config.loadFromDefault();
  else if (existsSync(given)) config.loadFromFile(given);
  else if (/[\n{]/.test(given)) config.loadFromString(given);
  else throw new Unreachable(`there is no kubeconfig file ${given}`);
  const context = settings["context"];
  if (typeof context === "string" && context !== "") config.setCurrentContext(context);
  return config;
}

/** The cluster that settings lead to, to be compared; undefined when they lead to none. */
export function activeCluster(settings: Settings): string | undefined {
  try {
    const cluster = loadConfig(settings).getCurrentCluster();
    return cluster === null ? undefined : JSON.stringify([cluster.server, cluster.caData, cluster.caFile]);
  } catch {
    return undefined;
  }
}

export class KubernetesClient {
  readonly #config: KubeConfig;
  readonly #server: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 20 });
  readonly #kinds = new Map<string, Map<string, Kind>>();
  #login: Promise<void> = Promise.resolve();

  constructor(settings: Settings) {
    this.#config = loadConfig(settings);
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) {
      throw new Unreachable(`the kubeconfig names no cluster for the context "${this.#config.getCurrentContext()}"`);
    }
    this.#server = new URL(cluster.server);
  }

  /** What the server says about a kind; a kind that was unknown is asked for again. */
  async kindOf(apiVersion: string, kind: string): Promise<Kind> {
    const known = this.#kinds.get(apiVersion)?.get(kind);
    if (known !== undefined) return known;
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { code, body } = await this.#send("GET", root);
    if (code === 404) throw new UnknownKind(apiVersion, kind);
    const list = this.#parse(code, body) as { resources: { name: string; kind: string; namespaced: boolean }[] };
    const kinds = list.resources.filter(({ name }) => !name.includes("/"));
    this.#kinds.set(
      apiVersion,
      new Map(kinds.map((each) => [each.kind, { plural: each.name, namespaced: each.namespaced }])),
    );
    const found = this.#kinds.get(apiVersion)?.get(kind);
    if (found === undefined) throw new UnknownKind(apiVersion, kind);
    return found;
  }

  /** Undefined when there is no such object, or no such kind. */
  async read(apiVersion: string, kind: string, namespace: string, name: string): Promise<KubernetesObject | undefined> {
    const path = await this.#path(apiVersion, kind, namespace).catch((error: unknown) => {
      if (error instanceof UnknownKind) return undefined;
      throw error;
    });
    if (path === undefined) return undefined;
    const { code, body } = await this.#send("GET", `${path}/${name}`);
    return code === 404 ? undefined : (this.#parse(code, body) as KubernetesObject);
  }

  async list(apiVersion: string, kind: string, namespace: string, labels: string): Promise<KubernetesObject[]> {
    const path = await this.#path(apiVersion, kind, namespace);
    const { code, body } = await this.#send("GET", `${path}?labelSelector=${encodeURIComponent(labels)}&limit=200`);
    return (this.#parse(code, body) as { items: KubernetesObject[] }).items;
  }

  /** Server-side apply. */
  async apply(object: KubernetesObject, manager: string, force: boolean): Promise<KubernetesObject> {
    const { apiVersion, kind, metadata } = object;
    const path = await this.#path(apiVersion, kind, metadata.namespace ?? "");
    const query = `fieldManager=${encodeURIComponent(manager)}&force=${String(force)}&fieldValidation=Warn`;
    const { code, body } = await this.#send("PATCH", `${path}/${metadata.name}?${query}`, object, APPLY_TYPE);
    return this.#parse(code, body) as KubernetesObject;
  }

  /** False when it was gone already. */
  async remove(object: KubernetesObject, propagationPolicy: string): Promise<boolean> {
    const { apiVersion, kind, metadata } = object;
    const path = await this.#path(apiVersion, kind, metadata.namespace ?? "").catch((error: unknown) => {
      if (error instanceof UnknownKind) return undefined;
      throw error;
    });
    if (path === undefined) return false;
    const { code, body } = await this.#send("DELETE", `${path}/${metadata.name}`, { propagationPolicy });
    if (code === 404) return false;
    this.#parse(code, body);
    return true;
  }

  async #path(apiVersion: string, kind: string, namespace: string): Promise<string> {
    const { plural, namespaced } = await this.kindOf(apiVersion, kind);
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return namespaced
      ? `${root}/namespaces/${namespace === "" ? "default" : namespace}/${plural}`
      : `${root}/${plural}`;
  }

  #parse(code: number, body: string): unknown {
    if (code < 400) return JSON.parse(body);
    try {
      const { message, reason } = JSON.parse(body) as { message: string; reason: string };
      throw new ApiError(code, message, reason);
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError(code, body.trim() || `HTTP ${code}`, "");
    }
  }

  async #send(method: string, path: string, body?: unknown, type = JSON_TYPE): Promise<Answer> {
    const plain = this.#server.protocol === "http:";
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string | number> = { Accept: JSON_TYPE, "Content-Type": type };
    // Node sets it by itself, but not for DELETE: its body would then be taken for the next request.
    if (payload !== undefined) headers["Content-Length"] = Buffer.byteLength(payload);
    const options: RequestOptions = {
      method,
      host: this.#server.hostname,
      port: this.#server.port,
      path: this.#server.pathname.replace(/\/$/, "") + path,
      headers,
      timeout: 30_000,
    };
    await this.#logIn(options);
    // One pool of connections; the library makes an agent for every request.
    if (plain) delete options.agent;
    else options.agent = this.#agent;
    const exchange = () => this.#exchange(plain, options, payload);
    // A kept connection that the server has just closed is no sign of an unreachable server.
    return exchange()
      .catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === "ECONNRESET") return exchange();
        throw error;
      })
      .catch((error: unknown) => {
        throw new Unreachable(`${this.#server.origin}: ${(error as Error).message}`);
      });
  }

  /** One request after another: a login by a command would otherwise run it, and mint a token, for each of the first. */
  #logIn(options: RequestOptions): Promise<void> {
    const mine = this.#login.then(() => this.#config.applyToHTTPSOptions(options));
    this.#login = mine.catch(() => undefined);
    return mine;
  }

  #exchange(plain: boolean, options: RequestOptions, payload: string | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = (plain ? plainRequest : request)(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          resolve({ code: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
        });
        response.on("error", reject);
      });
      sent.on("timeout", () => sent.destroy(new Error("no answer within 30 s")));
      sent.on("error", reject);
      sent.end(payload);
    });
  }
}

const clients = new Map<string, KubernetesClient>();

/** The client for a provider's settings; the same settings share one. */
export function clientFor(settings: Settings): KubernetesClient {
  const key = JSON.stringify([settings["kubeconfig"] ?? process.env["KUBECONFIG"] ?? "", settings["context"] ?? ""]);
  let client = clients.get(key);
  if (client === undefined) {
    client = new KubernetesClient(settings);
    clients.set(key, client);
  }
  return client;
}
