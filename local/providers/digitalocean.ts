/** Stand-in for the DigitalOcean provider: real requests to the REST API, or to the one that emulates it. */

import { Client, type ClientSettings } from "./digitalocean/client";
import { containerRegistry } from "./digitalocean/containerRegistry";
import { databaseCluster } from "./digitalocean/databaseCluster";
import { databaseDb, databaseFirewall, databaseUser } from "./digitalocean/databaseContents";
import { databaseMysqlConfig } from "./digitalocean/databaseMysqlConfig";
import { databaseReplica } from "./digitalocean/databaseReplica";
import { dnsRecord } from "./digitalocean/dnsRecord";
import { dockerCredentials } from "./digitalocean/dockerCredentials";
import { domain } from "./digitalocean/domain";
import { invoke } from "./digitalocean/functions";
import type { Kind } from "./digitalocean/kind";
import { kubernetesCluster } from "./digitalocean/kubernetesCluster";
import { kubernetesNodePool } from "./digitalocean/kubernetesNodePool";
import { loadBalancer } from "./digitalocean/loadBalancer";
import { project } from "./digitalocean/project";
import { projectResources } from "./digitalocean/projectResources";
import * as resources from "./digitalocean/resources";
import { bare } from "./digitalocean/schema";
import { spacesKey } from "./digitalocean/spacesKey";
import { tag } from "./digitalocean/tag";
import { volume } from "./digitalocean/volume";
import { vpc } from "./digitalocean/vpc";
import type { Provider, Settings } from "./provider";
import { revealed, type Value } from "./values";

type Environment = Record<string, string | undefined>;

const KINDS: Record<string, Kind> = {
  ContainerRegistry: containerRegistry,
  ContainerRegistryDockerCredentials: dockerCredentials,
  DatabaseCluster: databaseCluster,
  DatabaseDb: databaseDb,
  DatabaseFirewall: databaseFirewall,
  DatabaseMysqlConfig: databaseMysqlConfig,
  DatabaseReplica: databaseReplica,
  DatabaseUser: databaseUser,
  DnsRecord: dnsRecord,
  Domain: domain,
  KubernetesCluster: kubernetesCluster,
  KubernetesNodePool: kubernetesNodePool,
  LoadBalancer: loadBalancer,
  Project: project,
  ProjectResources: projectResources,
  SpacesKey: spacesKey,
  Tag: tag,
  Volume: volume,
  Vpc: vpc,
};

/** The kind that a type such as `digitalocean:index/vpc:Vpc` names. */
function kindOf(type: string): Kind {
  const [, word, camel] = /^digitalocean:index\/(\w+):(\w+)$/.exec(type) ?? [];
  const own = camel !== undefined && word?.toLowerCase() === camel.toLowerCase() && Object.hasOwn(KINDS, camel);
  const kind = own ? KINDS[camel] : undefined;
  if (kind === undefined) throw new Error(`${type} is not in the stand-in for the DigitalOcean provider`);
  return kind;
}

const textOf = (value: Value | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** Settings of a provider resource come as JSON text; a variable of the environment is the next choice. */
function number(setting: Value | undefined, variable: string | undefined, otherwise: number): number {
  const given = typeof setting === "number" ? setting : Number(textOf(setting) ?? variable ?? otherwise);
  return Number.isNaN(given) ? otherwise : given;
}

export function clientSettings(settings: Settings, environment: Environment): ClientSettings {
  const { DIGITALOCEAN_TOKEN: token, DIGITALOCEAN_ACCESS_TOKEN: accessToken, DIGITALOCEAN_API_URL: url } = environment;
  const retry = (key: string, variable: string, otherwise: number) =>
    number(settings[`httpRetry${key}`], environment[`DIGITALOCEAN_HTTP_RETRY_${variable}`], otherwise);
  return {
    url: textOf(settings["apiEndpoint"]) ?? textOf(url) ?? "https://api.digitalocean.com",
    token: textOf(settings["token"]) ?? textOf(token) ?? textOf(accessToken) ?? "",
    retries: retry("Max", "MAX", 4),
    waitSeconds: { least: retry("WaitMin", "WAIT_MIN", 1), most: retry("WaitMax", "WAIT_MAX", 30) },
  };
}

/** `env` is laid over this process's own, such as `DIGITALOCEAN_API_URL`. */
export function digitaloceanProvider(version: string, env: Environment = {}): Provider {
  const client = (settings: Settings, signal?: AbortSignal): Client =>
    new Client(clientSettings(revealed(settings), { ...process.env, ...env }), signal);
  const lead = async <T>(doing: () => T | Promise<T>): Promise<T> => await doing();
  return {
    name: "digitalocean",
    version,
    check: (request) => lead(() => resources.check(kindOf(request.type), request)),
    diff: (request) => lead(() => resources.diff(kindOf(request.type), request)),
    create: (request) =>
      lead(() => resources.create(kindOf(request.type), client(request.settings, request.signal), request)),
    read: (request) =>
      lead(() => resources.read(kindOf(request.type), client(request.settings, request.signal), request)),
    update: (request) =>
      lead(() => resources.update(kindOf(request.type), client(request.settings, request.signal), request)),
    delete: (request) =>
      lead(() => resources.remove(kindOf(request.type), client(request.settings, request.signal), request)),
    invoke: (token, args, settings) => invoke(token, bare(args), client(settings)),
  };
}
