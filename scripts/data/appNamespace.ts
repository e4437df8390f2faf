/** What is asked of an app's namespace, and changed in it, while its data is worked on. */
import {
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1CronJob,
  type V1Deployment,
  type V1Job,
  type V1ManagedFieldsEntry,
  type V1Pod,
} from "@kubernetes/client-node";
import { limitsOf, type AppAccess, type Limits } from "./appAccess";
import { codeOf, patiently } from "./patience";

/** Who changes things here, as the API server notes it down. */
export const MANAGER = "flask-doks-data";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const JSON_PATCH = setHeaderOptions("Content-Type", PatchStrategy.JsonPatch);

/** The container of every task's pod. */
export const CONTAINER = "backup";

export class AppNamespace {
  readonly name: string;
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;
  readonly #batch: BatchV1Api;
  readonly #autoscaling: AutoscalingV2Api;
  readonly #limits: Limits;

  constructor({ kubeconfig, namespace }: Pick<AppAccess, "kubeconfig" | "namespace">, limits: Partial<Limits> = {}) {
    this.name = namespace;
    this.#core = kubeconfig.makeApiClient(CoreV1Api);
    this.#apps = kubeconfig.makeApiClient(AppsV1Api);
    this.#batch = kubeconfig.makeApiClient(BatchV1Api);
    this.#autoscaling = kubeconfig.makeApiClient(AutoscalingV2Api);
    this.#limits = limitsOf({ limits });
  }

  cronJob(name: string): Promise<V1CronJob | undefined> {
    return this.#read(`tell of the CronJob ${this.name}/${name}`, () =>
      this.#batch.readNamespacedCronJob({ name, namespace: this.name }),
    );
  }

  async jobs(): Promise<V1Job[]> {
    const { items } = await this.#ask(`list the Jobs of namespace ${this.name}`, () =>
      this.#batch.listNamespacedJob({ namespace: this.name }),
    );
    return items;
  }

  job(name: string): Promise<V1Job | undefined> {
    return this.#read(`tell of the Job ${this.name}/${name}`, () =>
      this.#batch.readNamespacedJob({ name, namespace: this.name }),
    );
  }

  /** Its name is given: a request whose answer was lost can be made again without there being two. */
  async createJob(job: V1Job): Promise<void> {
    const { name = "" } = job.metadata ?? {};
    await this.#ask(`make the Job ${this.name}/${name}`, () =>
      this.#batch.createNamespacedJob({ namespace: this.name, body: job }).catch(unless(409)),
    );
  }

  async deleteJob(name: string): Promise<void> {
    await this.#ask(`delete the Job ${this.name}/${name}`, () =>
      this.#batch
        .deleteNamespacedJob({ name, namespace: this.name, propagationPolicy: "Background" })
        .catch(unless(404)),
    );
  }

  podsOfJob(name: string): Promise<V1Pod[]> {
    return this.pods(`batch.kubernetes.io/job-name=${name}`);
  }

  async pods(labelSelector: string): Promise<V1Pod[]> {
    const { items } = await this.#ask(`list the pods of namespace ${this.name}`, () =>
      this.#core.listNamespacedPod({ namespace: this.name, labelSelector }),
    );
    return items;
  }

  /** What a task has said until now; nothing when that cannot be had. */
  log(pod: string): Promise<string | undefined> {
    return this.#core
      .readNamespacedPodLog({ name: pod, namespace: this.name, container: CONTAINER })
      .catch(() => undefined);
  }

  /** The newest warning about any of the objects; nothing when there is none, or none can be had. */
  async warning(names: readonly string[]): Promise<string | undefined> {
    const { items } = await this.#core
      .listNamespacedEvent({ namespace: this.name, fieldSelector: "type=Warning", limit: 500 })
      .catch(() => ({ items: [] }));
    const seenMs = ({ lastTimestamp, eventTime }: (typeof items)[number]): number =>
      new Date(lastTimestamp ?? eventTime ?? 0).getTime();
    const [newest] = items
      .filter(({ involvedObject }) => names.includes(involvedObject.name ?? ""))
      .sort((a, b) => seenMs(b) - seenMs(a));
    return newest?.message?.trim();
  }

  deployment(name: string): Promise<V1Deployment | undefined> {
    return this.#read(`tell of the Deployment ${this.name}/${name}`, () =>
      this.#apps.readNamespacedDeployment({ name, namespace: this.name }),
    );
  }

  /** Merges `body` into it; false when it has changed since it was read, given its `resourceVersion`. */
  patchDeployment(name: string, body: object): Promise<boolean> {
    return this.#change(`change the Deployment ${this.name}/${name}`, () =>
      this.#apps.patchNamespacedDeployment({ name, namespace: this.name, fieldManager: MANAGER, body }, MERGE),
    );
  }

  /** Writes down who manages which of its fields; false when it has changed since it was read. */
  noteManagers(name: string, resourceVersion: string, entries: readonly V1ManagedFieldsEntry[]): Promise<boolean> {
    const body = [
      { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
      { op: "replace", path: "/metadata/managedFields", value: entries },
    ];
    return this.#change(`change the Deployment ${this.name}/${name}`, () =>
      this.#apps.patchNamespacedDeployment({ name, namespace: this.name, fieldManager: MANAGER, body }, JSON_PATCH),
    );
  }

  /** The same for a CronJob. */
  patchCronJob(name: string, body: object): Promise<boolean> {
    return this.#change(`change the CronJob ${this.name}/${name}`, () =>
      this.#batch.patchNamespacedCronJob({ name, namespace: this.name, fieldManager: MANAGER, body }, MERGE),
    );
  }

  /** Whether an autoscaler decides how many pods a Deployment has. */
  async isAutoscaled(deployment: string): Promise<boolean> {
    const { items } = await this.#ask(`list the autoscalers of namespace ${this.name}`, () =>
      this.#autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace: this.name }),
    );
    return items.some(({ spec }) => spec.scaleTargetRef.name === deployment);
  }

  #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    return patiently(doing, this.#limits, request);
  }

  #read<T>(doing: string, request: () => Promise<T>): Promise<T | undefined> {
    return this.#ask(doing, () => request().catch(unless(404)));
  }

  async #change(doing: string, request: () => Promise<unknown>): Promise<boolean> {
    // A test that fails is told as an invalid object.
    return this.#ask(doing, () => request().then(() => true, unless(409, 422))).then((done) => done ?? false);
  }
}

const unless =
  (...codes: number[]) =>
  (error: unknown): undefined => {
    if (!codes.includes(codeOf(error) ?? 0)) throw error;
    return undefined;
  };
