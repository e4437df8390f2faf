/** A cluster of the emulated DigitalOcean, operated as its users do: with an API token and what the API gives for it. */
import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
  type KubernetesObject,
  type V1Container,
  type V1LoadBalancerIngress,
  type V1Pod,
  type V1PodSpec,
  type V1Service,
} from "@kubernetes/client-node";
import { ApiClient } from "../../local/digitalocean/cloudController/apiClient";
import type { Emulator } from "../../local/digitalocean/emulator";
import { eventually } from "./cluster";

/** A load balancer as the API tells of it. */
export interface Balancer {
  id: string;
  name: string;
  ip: string;
  type: string;
  tags: string[];
  size_unit: number;
  forwarding_rules: { entry_port: number; target_port: number }[];
}

/** What the annotations begin with that say how a Service's load balancer is to be. */
export const PREFIX = "service.beta.kubernetes.io/do-loadbalancer-";

/** Where everything of the tests is. */
export const namespace = "default";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** A Service of {@link namespace} that asks for a load balancer before the pods that are labelled `app: echo`. */
export const service = (name: string, annotations: Record<string, string> = {}): V1Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, annotations: { [`${PREFIX}type`]: "REGIONAL_NETWORK", ...annotations } },
  spec: {
    type: "LoadBalancer",
    externalTrafficPolicy: "Local",
    selector: { app: "echo" },
    ports: [{ name: "http", port: 80, targetPort: 8080 }],
  },
});

/** What the cloud controller asked for that DigitalOcean's OpenAPI file does not allow, and what it failed at. */
export const liberties = ({ requestViolations, failures }: Emulator): unknown[] => [
  ...requestViolations.filter(({ userAgent }) => userAgent.startsWith("digitalocean-cloud-controller-manager")),
  ...failures,
];

export class EmulatedCluster {
  private constructor(
    readonly api: ApiClient,
    readonly id: string,
    private access: KubeConfig,
  ) {}

  /** Makes one, of two nodes; returns once it runs. */
  static async create({ url, surroundings }: Emulator, token: string, name: string): Promise<EmulatedCluster> {
    const api = new ApiClient({ url, token });
    const { kubernetes_cluster: made } = await api.request<{ kubernetes_cluster: { id: string } }>(
      "POST",
      "/v2/kubernetes/clusters",
      {
        name,
        region: "fra1",
        version: surroundings.versions[0],
        node_pools: [{ name: "workers", size: "s-2vcpu-4gb", count: 2 }],
      },
    );
    const state = async () => {
      const path = `/v2/kubernetes/clusters/${made.id}`;
      return (await api.request<{ kubernetes_cluster: { status: { state: string } } }>("GET", path)).kubernetes_cluster
        .status.state;
    };
    await eventually("the cluster", 60, state, (word) => word === "running");
    return new EmulatedCluster(api, made.id, await accessTo(api, made.id));
  }

  /** Access as it was given last. */
  get kubeconfig(): KubeConfig {
    return this.access;
  }

  get core(): CoreV1Api {
    return this.access.makeApiClient(CoreV1Api);
  }

  /** Gets access once more, for another hour. */
  async logIn(): Promise<void> {
    this.access = await accessTo(this.api, this.id);
  }

  async delete(): Promise<void> {
    await this.api.request("DELETE", `/v2/kubernetes/clusters/${this.id}`);
  }

  async create(object: KubernetesObject): Promise<void> {
    await KubernetesObjectApi.makeApiClient(this.access).create(object);
  }

  /** A login to the account's registry for ten minutes, as Docker's config has it. */
  async registryLogin({ write }: { write: boolean }): Promise<string> {
    const path = `/v2/registry/docker-credentials?read_write=${write}&expiry_seconds=600`;
    return JSON.stringify(await this.api.request("GET", path));
  }

  /** Makes the Secret `pull`, with which pods pull from the account's registry. */
  async allowPulls(): Promise<void> {
    await this.core.createNamespacedSecret({
      namespace,
      body: {
        type: "kubernetes.io/dockerconfigjson",
        metadata: { name: "pull", namespace },
        stringData: { ".dockerconfigjson": await this.registryLogin({ write: false }) },
      },
    });
  }

  /** Starts a pod of one container. It is labelled with its name, and pulls its image with the Secret `pull`. */
  async runPod(name: string, image: string, changes: Pod = {}): Promise<void> {
    const { command, volumeMounts, ...rest } = changes;
    const containers = [{ name, image, imagePullPolicy: "Always", command, volumeMounts }];
    const spec = { terminationGracePeriodSeconds: 0, imagePullSecrets: [{ name: "pull" }], containers, ...rest };
    await this.core.createNamespacedPod({ namespace, body: { metadata: { name, labels: { app: name } }, spec } });
  }

  async podStatus(name: string): Promise<V1Pod["status"]> {
    return (await this.core.readNamespacedPod({ name, namespace })).status;
  }

  async podReady(name: string): Promise<void> {
    await eventually(
      `the pod ${name}`,
      60,
      () => this.podStatus(name),
      (now) => now?.containerStatuses?.[0]?.ready === true,
    );
  }

  balancers(): Promise<Balancer[]> {
    return this.api.list<Balancer>("/v2/load_balancers", "load_balancers");
  }

  service(name: string): Promise<V1Service> {
    return this.core.readNamespacedService({ name, namespace });
  }

  async changeService(name: string, spec: Record<string, unknown>): Promise<void> {
    await this.core.patchNamespacedService({ name, namespace, body: { spec } }, MERGE);
  }

  async deleteService(name: string): Promise<void> {
    await this.core.deleteNamespacedService({ name, namespace });
  }

  /** What stands in a Service's status, once something does. */
  ingress(name: string): Promise<V1LoadBalancerIngress> {
    return eventually(
      `the address of ${name}`,
      30,
      async () => (await this.service(name)).status?.loadBalancer?.ingress?.[0] ?? {},
      (found) => (found.ip ?? found.hostname) !== undefined,
    );
  }
}

/** What a pod has besides its image; what its container has among it. */
type Pod = Pick<V1PodSpec, "imagePullSecrets" | "restartPolicy" | "volumes"> &
  Pick<V1Container, "command" | "volumeMounts">;

/** Access for an hour of the emulator's clock. */
async function accessTo(api: ApiClient, id: string): Promise<KubeConfig> {
  const path = `/v2/kubernetes/clusters/${id}/credentials?expiry_seconds=3600`;
  const given = await api.request<{ server: string; certificate_authority_data: string; token: string }>("GET", path);
  const config = new KubeConfig();
  const { server, certificate_authority_data: caData, token } = given;
  config.loadFromClusterAndUser({ name: "c", server, caData, skipTLSVerify: false }, { name: "u", token });
  return config;
}
