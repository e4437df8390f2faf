/** Gives each Service of type LoadBalancer a load balancer of the account, as DigitalOcean's cloud controller does. */
import { CoreV1Api, PatchStrategy, setHeaderOptions, type KubeConfig, type V1Service } from "@kubernetes/client-node";
import { ApiError, type ApiClient } from "./apiClient";
import type { DataPath, Way } from "./dataPath";
import { Events } from "./events";
import { follow, type Following } from "./follow";
import {
  hostnameOf,
  ID_ANNOTATION,
  loadBalancerName,
  loadBalancerRequest,
  TYPE_ANNOTATION,
} from "./loadBalancerRequest";
import type { LoadBalancerPlace, LoadBalancerRequest } from "./loadBalancerRequest";
import { ComeBack, WorkQueue } from "./workQueue";

const FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const LOAD_BALANCERS = "/v2/load_balancers";

/** Of a load balancer in the API, what the controller looks at. */
interface LoadBalancer {
  id: string;
  name: string;
  /** Empty until it is active. */
  ip: string;
  type: string;
  status: "new" | "active" | "errored";
}

export interface ServiceControllerArgs {
  config: KubeConfig;
  api: ApiClient;
  dataPath: DataPath;
  /** Where load balancers are to stand; asked anew for each request. */
  place: () => Promise<LoadBalancerPlace>;
  /** How long to wait before looking again at a load balancer that is being made. */
  pollSeconds: number;
  /** Told of failures, which also stand in an event of the Service. */
  log: (line: string) => void;
}

const keyOf = ({ metadata }: V1Service): string => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;

const wantsOne = ({ spec, metadata }: V1Service): boolean =>
  spec?.type === "LoadBalancer" && spec.loadBalancerClass === undefined && metadata?.deletionTimestamp === undefined;

const hasFinalizer = ({ metadata }: V1Service): boolean => metadata?.finalizers?.includes(FINALIZER) ?? false;

function wayTo(service: V1Service, request: LoadBalancerRequest): Way {
  if (request.type === "REGIONAL_NETWORK" && hostnameOf(service) === undefined) return { kind: "pass-through" };
  const ports = (service.spec?.ports ?? []).filter(({ protocol = "TCP" }) => protocol === "TCP");
  return {
    kind: "relay",
    ports: ports.map(({ port, nodePort = port }) => ({ port, nodePort })),
    proxyProtocol: request.enable_proxy_protocol,
    fromPods: request.type === "REGIONAL",
  };
}

export class ServiceController {
  readonly #core: CoreV1Api;
  readonly #events: Events;
  readonly #queue: WorkQueue;
  /** By Service: its load balancer and address, for as long as there is one. */
  readonly #known = new Map<string, { service: V1Service; address?: string }>();
  /** By load balancer: what it was last asked to be. */
  readonly #sent = new Map<string, string>();
  #following: Following | undefined;

  constructor(private readonly args: ServiceControllerArgs) {
    this.#core = args.config.makeApiClient(CoreV1Api);
    this.#events = new Events(this.#core, "service-controller");
    this.#queue = new WorkQueue({
      work: (key) => this.#sync(key),
      failed: (key, error) => void this.#failed(key, error),
    });
  }

  async start(): Promise<void> {
    const list = () => this.#core.listServiceForAllNamespaces();
    this.#following = await follow<V1Service>(this.args.config, "/api/v1/services", list, (service) => {
      if (wantsOne(service) || hasFinalizer(service) || this.#known.has(keyOf(service)))
        this.#queue.add(keyOf(service));
    });
  }

  async stop(): Promise<void> {
    await this.#following?.stop();
    await this.#queue.stop();
  }

  async #sync(key: string): Promise<void> {
    const service = await this.#read(key);
    if (service !== undefined && wantsOne(service)) {
      this.#known.set(key, { ...this.#known.get(key), service });
      await this.#ensure(key, service);
      return;
    }
    // A Service whose finalizer somebody took away has left its load balancer behind.
    const last = service ?? this.#known.get(key)?.service;
    if (last !== undefined && (service === undefined || hasFinalizer(service))) await this.#release(key, last, service);
    this.#known.delete(key);
  }

  async #ensure(key: string, service: V1Service): Promise<void> {
    const request = loadBalancerRequest(service, await this.args.place());
    let balancer = await this.#find(service);
    const wanted = JSON.stringify(request);
    // One that is being made takes no changes.
    if (balancer?.status !== "new" && (balancer === undefined || this.#sent.get(balancer.id) !== wanted)) {
      await this.#events.record(service, "Normal", "EnsuringLoadBalancer", "Ensuring load balancer");
      await this.#addFinalizer(service);
      balancer = await this.#send(balancer, request);
      this.#sent.set(balancer.id, wanted);
    }
    await this.#annotate(service, balancer);
    if (balancer.status === "new")
      throw new ComeBack("load-balancer is currently being created", this.args.pollSeconds);
    if (balancer.status !== "active" || balancer.ip === "") {
      throw new Error(`load-balancer has unexpected status "${balancer.status}"`);
    }
    const before = this.#known.get(key)?.address;
    if (before !== undefined && before !== balancer.ip) await this.args.dataPath.close(before);
    this.#known.set(key, { service, address: balancer.ip });
    await this.args.dataPath.open(balancer.ip, wayTo(service, request));
    const hostname = hostnameOf(service);
    const done = await this.#setStatus(service, hostname === undefined ? [{ ip: balancer.ip }] : [{ hostname }]);
    if (done) await this.#events.record(service, "Normal", "EnsuredLoadBalancer", "Ensured load balancer");
  }

  async #send(balancer: LoadBalancer | undefined, request: LoadBalancerRequest): Promise<LoadBalancer> {
    type Answer = { load_balancer: LoadBalancer };
    const { api } = this.args;
    try {
      return balancer === undefined
        ? (await api.request<Answer>("POST", LOAD_BALANCERS, request)).load_balancer
        : (await api.request<Answer>("PUT", `${LOAD_BALANCERS}/${balancer.id}`, request)).load_balancer;
    } catch (error) {
      const what = balancer === undefined ? "create load-balancer" : `update load-balancer with ID ${balancer.id}`;
      throw error instanceof ApiError ? new ApiError(error.status, `failed to ${what}: ${error.message}`) : error;
    }
  }

  /** By the id on the Service if it has one, otherwise by name. */
  async #find(service: V1Service): Promise<LoadBalancer | undefined> {
    const id = service.metadata?.annotations?.[ID_ANNOTATION];
    if (id !== undefined && id !== "") {
      return (await this.args.api.find<{ load_balancer: LoadBalancer }>(`${LOAD_BALANCERS}/${id}`))?.load_balancer;
    }
    const all = await this.args.api.list<LoadBalancer>(LOAD_BALANCERS, "load_balancers");
    return all.find(({ name }) => name === loadBalancerName(service));
  }

  /** Deletes the load balancer of a Service that wants none any more; `present` is the Service if it is still there. */
  async #release(key: string, service: V1Service, present: V1Service | undefined): Promise<void> {
    const record = (reason: string, message: string) => this.#events.record(service, "Normal", reason, message);
    await record("DeletingLoadBalancer", "Deleting load balancer");
    const address = this.#known.get(key)?.address ?? service.status?.loadBalancer?.ingress?.[0]?.ip;
    const balancer = await this.#find(service);
    if (balancer !== undefined) await this.args.api.remove(`${LOAD_BALANCERS}/${balancer.id}`);
    for (const each of [address, balancer?.ip])
      if (each !== undefined && each !== "") await this.args.dataPath.close(each);
    if (balancer !== undefined) this.#sent.delete(balancer.id);
    if (present === undefined) return;
    await this.#setStatus(present, []);
    await this.#patch(present, {
      finalizers: present.metadata?.finalizers?.filter((each) => each !== FINALIZER) ?? [],
    });
    await record("DeletedLoadBalancer", "Deleted load balancer");
  }

  async #addFinalizer(service: V1Service): Promise<void> {
    if (hasFinalizer(service)) return;
    await this.#patch(service, { finalizers: [...(service.metadata?.finalizers ?? []), FINALIZER] });
  }

  async #annotate(service: V1Service, { id, type }: LoadBalancer): Promise<void> {
    const { annotations } = service.metadata ?? {};
    if (annotations?.[ID_ANNOTATION] === id && annotations[TYPE_ANNOTATION] === type) return;
    await this.#patch(service, { annotations: { [ID_ANNOTATION]: id, [TYPE_ANNOTATION]: type } });
  }

  async #patch({ metadata }: V1Service, changes: Record<string, unknown>): Promise<void> {
    const { name = "", namespace = "", uid } = metadata ?? {};
    // With its uid, so that a Service of the same name that came since is not meant.
    await this.#core.patchNamespacedService({ name, namespace, body: { metadata: { uid, ...changes } } }, MERGE);
  }

  /** Says whether there was something to change. */
  async #setStatus(service: V1Service, ingress: { ip?: string; hostname?: string }[]): Promise<boolean> {
    const { name = "", namespace = "" } = service.metadata ?? {};
    const shown = (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname);
    if (shown.join() === ingress.map(({ ip, hostname }) => ip ?? hostname).join()) return false;
    const body = { status: { loadBalancer: { ingress: ingress.length > 0 ? ingress : null } } };
    await this.#core.patchNamespacedServiceStatus({ name, namespace, body }, MERGE);
    return true;
  }

  async #read(key: string): Promise<V1Service | undefined> {
    const [namespace = "", name = ""] = key.split("/");
    try {
      return await this.#core.readNamespacedService({ namespace, name });
    } catch (error) {
      if ((error as { code?: unknown }).code === 404) return undefined;
      throw error;
    }
  }

  async #failed(key: string, error: unknown): Promise<void> {
    const { message } = error as Error;
    if (!(error instanceof ComeBack)) this.args.log(`service ${key}: ${message}`);
    const service = this.#known.get(key)?.service;
    if (service === undefined) return;
    const deleting = service.metadata?.deletionTimestamp !== undefined;
    const what = `failed to ${deleting ? "delete" : "ensure"} load balancer`;
    await this.#events.record(
      service,
      "Warning",
      "SyncLoadBalancerFailed",
      `Error syncing load balancer: ${what}: ${message}`,
    );
  }
}
