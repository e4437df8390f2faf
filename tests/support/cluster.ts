/** Questions to the cluster, for the lifecycle suite. */
import {
  AppsV1Api,
  CoreV1Api,
  NetworkingV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1PersistentVolume,
  type V1Pod,
} from "@kubernetes/client-node";

import type { AppRole } from "../../lib/labels";

export class Cluster {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly networking: NetworkingV1Api;

  constructor(kubeconfig: KubeConfig) {
    this.core = kubeconfig.makeApiClient(CoreV1Api);
    this.apps = kubeconfig.makeApiClient(AppsV1Api);
    this.networking = kubeconfig.makeApiClient(NetworkingV1Api);
  }

  /** Pods of one part of an app, if not said otherwise of the blog, that are not on their way out, by name. */
  async pods(component: AppRole, namespace = "blog"): Promise<V1Pod[]> {
    const labelSelector = `app.kubernetes.io/component=${component}`;
    const { items } = await this.core.listNamespacedPod({ namespace, labelSelector });
    return items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .sort((a, b) => (a.metadata?.name ?? "").localeCompare(b.metadata?.name ?? ""));
  }

  /** Names of those pods. */
  async podNames(component: AppRole, namespace = "blog"): Promise<string[]> {
    return (await this.pods(component, namespace)).map(({ metadata }) => metadata?.name ?? "");
  }

  /** How many of the web pods are ready. */
  async readyWebPods(): Promise<number> {
    const pods = await this.pods("web");
    return pods.filter((pod) =>
      pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
    ).length;
  }

  /** Changes a Deployment of the blog's, behind the engine's back. */
  async patchDeployment(name: string, body: object): Promise<void> {
    const strategic = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    await this.apps.patchNamespacedDeployment({ name, namespace: "blog", body }, strategic);
  }

  async namespaces(): Promise<string[]> {
    const { items } = await this.core.listNamespace();
    return items.map(({ metadata }) => metadata?.name ?? "");
  }

  async volumes(): Promise<V1PersistentVolume[]> {
    return (await this.core.listPersistentVolume()).items;
  }
}

/** Asks again and again until the answer is yes; fails with the last answer when it is not within the time. */
export async function eventually<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
): Promise<T> {
  const endMs = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (good(answer)) {
      return answer;
    }
    if (Date.now() > endMs) {
      throw new Error(`${what}: not within ${seconds} s; last answer ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
