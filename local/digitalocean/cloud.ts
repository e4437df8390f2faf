/** An emulated DigitalOcean that is real where it can be: its clusters, load balancers and registry are this machine's. */
import { mkdir } from "node:fs/promises";
import type { Socket } from "node:net";
import type { Ground } from "../committedStack";
import { dockerHost, proxyEnvironment, useProxy, type EngineProxy } from "../docker/engine";
import { connectNode, loadBalancerRoutes } from "../node/network";
import type { RunningNode } from "../node/node";
import { nodeSettings, type NodeName, type NodeSettings } from "../node/settings";
import { ApiFront, toApi } from "./apiFront";
import { ApiClient } from "./cloudController/apiClient";
import { startCloudController } from "./cloudController/cloudController";
import { databaseHosts } from "./databases";
import { DatabaseServers } from "./databaseServers";
import { Emulator } from "./emulator";
import { NameServer } from "./nameServer";
import { NodeBackend } from "./nodeBackend";
import { Proxy } from "./proxy";
import { proxyAuthority, type ProxyAuthority } from "./proxyAuthority";
import { RegistryFront } from "./registryFront";
import type { EmulatorOptions } from "./settings";

export interface CloudArgs extends Partial<
  Omit<EmulatorOptions, "address" | "port" | "backend" | "databases" | "tokens">
> {
  /** A node that runs. Its Kubernetes is made anew for each cluster: what is in it is lost. */
  node: RunningNode;
  name: NodeName;
  /** The API token of whoever uses the cloud. */
  token: string;
  /** Further tokens, of fewer rights. */
  tokens?: EmulatorOptions["tokens"];
  /** Told of what the cloud controller fails at. Default: nobody. */
  log?: (line: string) => void;
  /** Whether the engine is to stay as it is when the cloud is stopped, because it is stopped too. Default: false. */
  engineStops?: boolean;
}

export interface Cloud {
  emulator: Emulator;
  /** URL of the API, and of the page that shows what exists. */
  url: string;
  /** Certificate, as PEM, of the authority that vouches for DigitalOcean's names: for pods that are led to them. */
  certificateAuthority: string;
  /** What a stack on it has to be told. */
  ground: Ground;
  /** What the MySQL server of a managed database says to SQL of its administrator: a line for each row. */
  askDatabase: (databaseId: string, sql: string) => Promise<string>;
  /** Ends all of it but the node. What exists stays where a state file was given; otherwise it is lost. */
  stop: () => Promise<void>;
}

const REGISTRY = "registry.digitalocean.com";
const API_NAMES = ["api.digitalocean.com", "cloud.digitalocean.com"];
const NAME_SERVERS = [1, 2, 3].map((number) => `ns${number}.digitalocean.com`);

const urlOf = (node: NodeSettings): string => `http://${node.cloud.api}`;
const portOf = (address: string): number => Number(address.split(":")[1]);

/** The images of the node that nobody needs a password for, as those of a public registry; by name in the stack's config. */
function publicImages({ cloud, registry }: NodeSettings, { images }: RunningNode) {
  const pulled = (["mysql", "redis", "nginx", "restic", "tools"] as const).map((name) => [name, images[name]] as const);
  return {
    repositories: pulled.map(([, reference]) => reference.slice(registry.length + 1).replace(/@.*$/, "")),
    images: {
      ...images,
      ...Object.fromEntries(pulled.map(([name, reference]) => [name, reference.replace(registry, cloud.registry)])),
    },
  };
}

/** What a stack has to be told of the cloud on a node. */
export function groundOf(running: RunningNode, name: NodeName, token: string, proxy: EngineProxy): Ground {
  const node = nodeSettings(name);
  return {
    overrides: { images: publicImages(node, running).images },
    secrets: [],
    env: {
      DIGITALOCEAN_API_URL: urlOf(node),
      DIGITALOCEAN_TOKEN: token,
      DOCKER_HOST: dockerHost(node),
      ...proxyEnvironment(node, proxy),
    },
  };
}

/** How the proxy is reached, and what it proves itself with. */
export async function cloudProxy(
  node: NodeSettings,
): Promise<{ access: EngineProxy } & Omit<ProxyAuthority, "bundle">> {
  const { bundle, ...proof } = await proxyAuthority(node, [REGISTRY, ...API_NAMES]);
  return { access: { url: `http://${node.cloud.proxy}`, certificates: bundle }, ...proof };
}

export async function startCloud(args: CloudArgs): Promise<Cloud> {
  const { node: running, name, token, tokens = [], engineStops = false, log, ...options } = args;
  const node = nodeSettings(name);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    await mkdir(node.cloud.state, { recursive: true, mode: 0o700 });
    await connectNode(node);
    await loadBalancerRoutes.prepare(node);
    stops.push(() => loadBalancerRoutes.remove(node));

    // The controller has a token of its own, so that a test may count and refuse what the user's does.
    const internal = `dop_v1_${crypto.randomUUID().replaceAll("-", "")}`;
    const api = { url: urlOf(node), token: internal };
    const backend = new NodeBackend(name, (cluster) => startCloudController({ api, node, cluster, log }));
    await backend.open();
    const databases = await DatabaseServers.prepare(node, running.images.mysql);
    const emulator = await Emulator.start({
      ...options,
      loadBalancerAddresses: options.loadBalancerAddresses ?? node.cloud.loadBalancers.addresses,
      address: node.machineAddress,
      port: portOf(node.cloud.api),
      tokens: [token, ...tokens, internal],
      backend,
      databases,
    });
    stops.push(() => emulator.stop());
    /** Those whose data outlives this process. */
    const kept = (): string[] => (options.stateFile === undefined ? [] : emulator.state.databases.map(({ id }) => id));
    stops.push(() => backend.stop());
    const client = new ApiClient(api);
    await backend.resume(async (id) => (await client.find(`/v2/kubernetes/clusters/${id}`)) !== undefined);

    const front = await RegistryFront.start({
      listen: node.cloud.registry,
      authority: emulator.registry,
      store: running.registry,
      open: publicImages(node, running).repositories,
    });
    stops.push(() => front.stop());
    const { access, authority, ...proof } = await cloudProxy(node);
    const apiFront = await ApiFront.start({ listen: node.cloud.apiTls, api: node.cloud.api, ...proof });
    stops.push(() => apiFront.stop());
    const own = [...NAME_SERVERS, ...API_NAMES].map((each) => [each, node.machineAddress] as const);
    const nameServer = await NameServer.start({
      listen: node.cloud.nameServer,
      domains: () => emulator.state.domains,
      hosts: () => new Map([...own, ...databaseHosts(emulator.state.databases)]),
    });
    stops.push(() => nameServer.stop());
    const toRegistry = (socket: Socket): void => {
      front.serve(socket);
    };
    const proxy = await Proxy.start({
      listen: node.cloud.proxy,
      names: { [REGISTRY]: toRegistry, ...Object.fromEntries(API_NAMES.map((each) => [each, toApi(node.cloud.api)])) },
      ...proof,
      clients: [node.machineAddress, "127.0.0.1"],
      env: { ...process.env },
    });
    stops.push(() => proxy.stop());
    await useProxy(node, access);
    if (!engineStops) stops.push(() => useProxy(node, undefined));
    // Not before, for the engine is started anew where its proxy is another one, and its containers with it.
    stops.push(() => databases.stop(kept()));
    await databases.open(kept());
    const askDatabase = (id: string, sql: string): Promise<string> => databases.ask(id, [sql]);
    const ground = groundOf(running, name, token, access);
    const certificateAuthority = authority.toString();
    return { emulator, url: emulator.url, certificateAuthority, ground, askDatabase, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
