/** Keeps a volume of the account for each volume of the cluster, as DigitalOcean's storage driver does. */
import {
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
} from "@kubernetes/client-node";
import { fileSystemOf, isBlockStorage } from "../storageClasses";
import type { ApiClient } from "./apiClient";
import { Events } from "./events";
import { follow, type Following } from "./follow";
import { gibibytes } from "./quantity";
import { WorkQueue } from "./workQueue";

const FINALIZER = "external-attacher/dobs-csi-digitalocean-com";
const ID_ANNOTATION = "digitalocean.com/volume-id";
const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const VOLUMES = "/v2/volumes";

interface Volume {
  id: string;
  name: string;
  size_gigabytes: number;
}

export interface VolumeControllerArgs {
  config: KubeConfig;
  api: ApiClient;
  clusterId: string;
  region: string;
  /** Told of failures, which also stand in an event of the claim. */
  log: (line: string) => void;
}

const isOurs = ({ spec }: V1PersistentVolume): boolean => isBlockStorage(spec?.storageClassName);

export class VolumeController {
  readonly #core: CoreV1Api;
  readonly #events: Events;
  readonly #queue: WorkQueue;
  #following: Following[] = [];

  constructor(private readonly args: VolumeControllerArgs) {
    this.#core = args.config.makeApiClient(CoreV1Api);
    this.#events = new Events(this.#core, "dobs.csi.digitalocean.com");
    this.#queue = new WorkQueue({
      work: (name) => this.#sync(name),
      failed: (name, error) => void this.#failed(name, error),
    });
  }

  async start(): Promise<void> {
    const { config } = this.args;
    this.#following = await Promise.all([
      follow<V1PersistentVolume>(
        config,
        "/api/v1/persistentvolumes",
        () => this.#core.listPersistentVolume(),
        (volume) => {
          if (isOurs(volume)) this.#queue.add(volume.metadata?.name ?? "");
        },
      ),
      follow<V1PersistentVolumeClaim>(
        config,
        "/api/v1/persistentvolumeclaims",
        () => this.#core.listPersistentVolumeClaimForAllNamespaces(),
        ({ spec }) => {
          if (isBlockStorage(spec?.storageClassName) && spec?.volumeName !== undefined)
            this.#queue.add(spec.volumeName);
        },
      ),
    ]);
  }

  async stop(): Promise<void> {
    for (const following of this.#following) await following.stop();
    await this.#queue.stop();
  }

  async #sync(name: string): Promise<void> {
    const volume = await this.#present(this.#core.readPersistentVolume({ name }));
    if (volume === undefined) return;
    if (volume.metadata?.deletionTimestamp !== undefined) await this.#release(name, volume);
    else await this.#resize(name, volume, await this.#ensure(name, volume));
  }

  async #ensure(name: string, volume: V1PersistentVolume): Promise<Volume> {
    const existing = await this.#find(name, volume);
    const found = existing ?? (await this.#create(name, volume));
    const { annotations, finalizers = [] } = volume.metadata ?? {};
    if (annotations?.[ID_ANNOTATION] !== found.id || !finalizers.includes(FINALIZER)) {
      const metadata = {
        annotations: { [ID_ANNOTATION]: found.id },
        finalizers: [...new Set([...finalizers, FINALIZER])],
      };
      await this.#core.patchPersistentVolume({ name, body: { metadata } }, MERGE);
    }
    return found;
  }

  async #create(name: string, { spec }: V1PersistentVolume): Promise<Volume> {
    const { api, clusterId, region } = this.args;
    const { volume } = await api.request<{ volume: Volume }>("POST", VOLUMES, {
      name,
      description: "Created by DigitalOcean CSI driver",
      region,
      size_gigabytes: gibibytes(spec?.capacity?.["storage"] ?? "1Gi"),
      filesystem_type: fileSystemOf(spec?.storageClassName ?? ""),
      tags: [`k8s:${clusterId}`],
    });
    return volume;
  }

  async #find(name: string, volume: V1PersistentVolume): Promise<Volume | undefined> {
    const id = volume.metadata?.annotations?.[ID_ANNOTATION];
    if (id !== undefined) return (await this.args.api.find<{ volume: Volume }>(`${VOLUMES}/${id}`))?.volume;
    const query = `name=${encodeURIComponent(name)}&region=${this.args.region}`;
    const found = await this.args.api.list<Volume>(`${VOLUMES}?${query}`, "volumes");
    return found.find((each) => each.name === name);
  }

  /**
   * A claim that asks for more gets it while its pod runs: first the account's volume grows, then the cluster is told.
   * The provisioner's volumes are folders, which have no size of their own: only the numbers have to change.
   */
  async #resize(name: string, volume: V1PersistentVolume, found: Volume): Promise<void> {
    const { name: claimName = "", namespace = "" } = volume.spec?.claimRef ?? {};
    const claim = await this.#present(this.#core.readNamespacedPersistentVolumeClaim({ name: claimName, namespace }));
    const storage = claim?.spec?.resources?.requests?.["storage"];
    if (claim === undefined || storage === undefined) return;
    const gigabytes = gibibytes(storage);
    const lessIn = (amount: string | undefined): boolean => amount !== undefined && gibibytes(amount) < gigabytes;
    if (gigabytes > found.size_gigabytes) {
      const action = { type: "resize", size_gigabytes: gigabytes, region: this.args.region };
      await this.args.api.request("POST", `${VOLUMES}/${found.id}/actions`, action);
    }
    if (lessIn(volume.spec?.capacity?.["storage"])) {
      await this.#core.patchPersistentVolume({ name, body: { spec: { capacity: { storage } } } }, MERGE);
    }
    // A claim that is not bound yet has no capacity, and is told of all of it when it is.
    if (!lessIn(claim.status?.capacity?.["storage"])) return;
    const body = { status: { capacity: { storage } } };
    await this.#core.patchNamespacedPersistentVolumeClaimStatus({ name: claimName, namespace, body }, MERGE);
    await this.#events.record(
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: claimName, namespace, uid: claim.metadata?.uid },
      },
      "Normal",
      "FileSystemResizeSuccessful",
      `the volume has ${gigabytes} GiB now`,
    );
  }

  async #release(name: string, volume: V1PersistentVolume): Promise<void> {
    const finalizers = volume.metadata?.finalizers ?? [];
    if (!finalizers.includes(FINALIZER)) return;
    if (volume.spec?.persistentVolumeReclaimPolicy === "Delete") {
      const found = await this.#find(name, volume);
      if (found !== undefined) await this.args.api.remove(`${VOLUMES}/${found.id}`);
    }
    const metadata = { finalizers: finalizers.filter((each) => each !== FINALIZER) };
    await this.#core.patchPersistentVolume({ name, body: { metadata } }, MERGE);
  }

  async #present<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked;
    } catch (error) {
      if ((error as { code?: unknown }).code === 404) return undefined;
      throw error;
    }
  }

  async #failed(name: string, error: unknown): Promise<void> {
    const { message } = error as Error;
    this.args.log(`volume ${name}: ${message}`);
    const volume = await this.#core.readPersistentVolume({ name }).catch(() => undefined);
    const claim = volume?.spec?.claimRef;
    if (claim === undefined) return;
    const { name: claimName = "", namespace = "", uid } = claim;
    await this.#events.record(
      { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: claimName, namespace, uid } },
      "Warning",
      "ProvisioningFailed",
      `failed to provision volume: ${message}`,
    );
  }
}
