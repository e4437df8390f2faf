/** Makes an emulated cluster real: the Kubernetes of one node of this machine, which is made anew for each. */
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type V1ConfigMap } from "@kubernetes/client-node";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "../node/kubectl";
import { resetKubernetes } from "../node/node";
import { nodeSettings, type NodeName, type NodeSettings } from "../node/settings";
import { foreignObjects } from "./foreignObjects";
import { storageClasses } from "./storageClasses";
import type { ClusterAccess, ClusterBackend, ClusterToken } from "./contract";

/** What is known of a cluster from the moment it is asked for. */
export interface ClusterIdentity {
  id: string;
  name: string;
  version: string;
  region: string;
}

/** What runs for as long as its cluster exists. */
export interface Companion {
  stop(): Promise<void>;
}

const NAMESPACE = "kube-system";
/** The object that says which cluster this is. It goes with the cluster. */
const RECORD = "digitalocean-cluster";
const ADMIN = "digitalocean-admin";
const TOKEN_LABEL = { "digitalocean.com/token": "true" };
const YEAR_SECONDS = 365 * 24 * 3600;
/** The API server remembers for 10 s that a token was good. */
const REFUSED_WITHIN_MS = 15_000;

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 404;

export class NodeBackend implements ClusterBackend {
  readonly capacity = 1;
  readonly #node: NodeSettings;
  readonly #config = new KubeConfig();
  #companion: Companion | undefined;
  #current: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** `accompany` starts what watches over a cluster. The node runs already. */
  constructor(
    readonly name: NodeName,
    private readonly accompany: (cluster: ClusterIdentity) => Promise<Companion>,
  ) {
    this.#node = nodeSettings(name);
    this.#config.loadFromFile(this.#node.kubeconfig);
  }

  create(cluster: ClusterIdentity): Promise<ClusterAccess> {
    return this.#oneByOne(async () => {
      // Whatever the API had there before: it knows nothing of that any more.
      this.#current = undefined;
      await this.#abandon();
      if ((await foreignObjects(this.#node)).length > 0) await resetKubernetes(this.name);
      await this.#furnish(cluster);
      this.#current = cluster.id;
      this.#companion = await this.accompany(cluster);
      const { server = "", caData = "" } = this.#config.getCurrentCluster() ?? {};
      return { endpoint: server, certificateAuthority: caData };
    });
  }

  /** Finds out which cluster an earlier process made of the node. To be called before anything else is. */
  async open(): Promise<void> {
    this.#current = (await this.#record())?.id;
  }

  /** Goes on with that cluster if it still `exists`; ends it otherwise. Its tokens are ended in any case: nobody
   * remembers them who could end them when their time has come. */
  resume(exists: (id: string) => Promise<boolean>): Promise<void> {
    return this.#oneByOne(async () => {
      const record = await this.#record();
      if (record === undefined || record.id !== this.#current || this.#companion !== undefined) return;
      if (!(await exists(record.id))) {
        this.#current = undefined;
        await resetKubernetes(this.name);
        return;
      }
      const labelSelector = Object.entries(TOKEN_LABEL)
        .map((pair) => pair.join("="))
        .join(",");
      await this.#core.deleteCollectionNamespacedSecret({ namespace: NAMESPACE, labelSelector });
      this.#companion = await this.accompany(record);
    });
  }

  async issueToken(clusterId: string): Promise<ClusterToken> {
    if (clusterId !== this.#current) throw new Error(`the node is not the cluster ${clusterId}`);
    const name = `${ADMIN}-${randomBytes(6).toString("hex")}`;
    const secret = await this.#core.createNamespacedSecret({
      namespace: NAMESPACE,
      body: { metadata: { name, labels: TOKEN_LABEL } },
    });
    const { status } = await this.#core.createNamespacedServiceAccountToken({
      namespace: NAMESPACE,
      name: ADMIN,
      body: {
        spec: {
          audiences: [],
          expirationSeconds: YEAR_SECONDS,
          boundObjectRef: { apiVersion: "v1", kind: "Secret", name, uid: secret.metadata?.uid ?? "" },
        },
      },
    });
    const token = status?.token ?? "";
    return { token, revoke: () => this.#revoke(clusterId, name, token) };
  }

  delete(clusterId: string): Promise<void> {
    return this.#oneByOne(async () => {
      if (clusterId !== this.#current) return;
      this.#current = undefined;
      await this.#abandon();
      await resetKubernetes(this.name);
    });
  }

  /** Ends what watches over the cluster. The cluster itself goes on. */
  stop(): Promise<void> {
    return this.#oneByOne(() => this.#abandon());
  }

  get #core(): CoreV1Api {
    return this.#config.makeApiClient(CoreV1Api);
  }

  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #abandon(): Promise<void> {
    const companion = this.#companion;
    this.#companion = undefined;
    await companion?.stop();
  }

  /** Gives an empty Kubernetes what a new cluster of DigitalOcean's has. */
  async #furnish(cluster: ClusterIdentity): Promise<void> {
    const manifests = JSON.stringify({ apiVersion: "v1", kind: "List", items: storageClasses() });
    await kubectl(this.#node, ["apply", "--server-side", "--force-conflicts", "-f", "-"], manifests);
    await this.#core.createNamespacedServiceAccount({ namespace: NAMESPACE, body: { metadata: { name: ADMIN } } });
    await this.#config.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
      body: {
        metadata: { name: ADMIN },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name: ADMIN, namespace: NAMESPACE }],
      },
    });
    await this.#core.createNamespacedConfigMap({
      namespace: NAMESPACE,
      body: { metadata: { name: RECORD }, data: { ...cluster } },
    });
  }

  async #record(): Promise<ClusterIdentity | undefined> {
    const missing = (error: unknown): V1ConfigMap | undefined => {
      if (isMissing(error)) return undefined;
      throw error;
    };
    const record = await this.#core.readNamespacedConfigMap({ namespace: NAMESPACE, name: RECORD }).catch(missing);
    return record?.data as ClusterIdentity | undefined;
  }

  async #revoke(clusterId: string, name: string, token: string): Promise<void> {
    if (this.#current !== clusterId) return;
    try {
      await this.#core.deleteNamespacedSecret({ namespace: NAMESPACE, name });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    const untilMs = Date.now() + REFUSED_WITHIN_MS;
    while (this.#current === clusterId && Date.now() < untilMs && (await this.#accepts(token))) await sleep(250);
  }

  async #accepts(token: string): Promise<boolean> {
    const bearer = new KubeConfig();
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) return false;
    bearer.loadFromClusterAndUser(cluster, { name: "bearer", token });
    return bearer
      .makeApiClient(CoreV1Api)
      .readNamespace({ name: NAMESPACE })
      .then(
        () => true,
        (error: unknown) => (error as { code?: unknown }).code !== 401,
      );
  }
}
