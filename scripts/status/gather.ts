/** Reads from the cluster what there is to know of a stack. It changes nothing, and reads no Secret. */
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  NetworkingV1Api,
  type CoreV1Event,
  type KubeConfig,
  type V1CronJob,
  type V1DaemonSet,
  type V1Deployment,
  type V1Ingress,
  type V1Job,
  type V1PersistentVolumeClaim,
  type V1Pod,
  type V1Service,
  type V1StatefulSet,
} from "@kubernetes/client-node";
import type { Breach } from "../../local/breaches/breach";
import { appContainer } from "../../local/breaches/podFacts";
import { lastSeenMs } from "../../local/breaches/probes";
import { BreachReader } from "../../local/breaches/reader";
import { podProblem } from "../../local/diagnose";
import { reason } from "../../local/kubeconfig";
import { UserError } from "../../local/steps";
import type { CertManagerObjects, Issuer } from "./customObjects";
import type { Warning } from "./events";

/** What is in one namespace. */
export interface NamespaceFacts {
  deployments: V1Deployment[];
  statefulSets: V1StatefulSet[];
  daemonSets: V1DaemonSet[];
  jobs: V1Job[];
  cronJobs: V1CronJob[];
  pods: V1Pod[];
  claims: V1PersistentVolumeClaim[];
  services: V1Service[];
  ingresses: V1Ingress[];
  warnings: Warning[];
  /** Last line of the log of pods that are not ready, by the pod's name. */
  logs: Map<string, string>;
  /** Which breach of docs/your-app.md keeps pods of apps from being ready, by the pod's name. */
  breaches: Map<string, Breach>;
  /** None where cert-manager is not installed. */
  certManager: CertManagerObjects | undefined;
}

/** More pods than this are not asked for their logs, and what these tell. */
const MOST_LOGS = 6;
const LOG_LINES = 20;
const LONGEST_LINE = 300;

/**
 * Reads namespaces.
 *
 * @returns Each by its name. One that is not there has nothing in it.
 * @throws UserError when the cluster does not let itself be read.
 */
export async function gather(
  kubeconfig: KubeConfig,
  namespaces: readonly string[],
): Promise<Map<string, NamespaceFacts>> {
  const clusterIssuers = await certManagerList<Issuer>(kubeconfig, "cert-manager.io", "clusterissuers");
  const read = [...new Set(namespaces)].map(
    async (namespace) => [namespace, await readNamespace(kubeconfig, namespace, clusterIssuers)] as const,
  );
  return new Map(await Promise.all(read));
}

async function readNamespace(
  kubeconfig: KubeConfig,
  namespace: string,
  clusterIssuers: Issuer[] | undefined,
): Promise<NamespaceFacts> {
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const apps = kubeconfig.makeApiClient(AppsV1Api);
  const batch = kubeconfig.makeApiClient(BatchV1Api);
  const networking = kubeconfig.makeApiClient(NetworkingV1Api);
  const items = <T>(what: string, list: Promise<{ items: T[] }>): Promise<T[]> =>
    list.then(
      (found) => found.items,
      (error: unknown) => refuse(`the ${what} of namespace ${namespace}`, error),
    );
  const [
    deployments,
    statefulSets,
    daemonSets,
    jobs,
    cronJobs,
    pods,
    claims,
    services,
    ingresses,
    warnings,
    certManager,
  ] = await Promise.all([
    items("Deployments", apps.listNamespacedDeployment({ namespace })),
    items("StatefulSets", apps.listNamespacedStatefulSet({ namespace })),
    items("DaemonSets", apps.listNamespacedDaemonSet({ namespace })),
    items("Jobs", batch.listNamespacedJob({ namespace })),
    items("CronJobs", batch.listNamespacedCronJob({ namespace })),
    items("pods", core.listNamespacedPod({ namespace })),
    items("volume claims", core.listNamespacedPersistentVolumeClaim({ namespace })),
    items("Services", core.listNamespacedService({ namespace })),
    items("Ingresses", networking.listNamespacedIngress({ namespace })),
    // What only explains may be missing.
    core.listNamespacedEvent({ namespace, fieldSelector: "type=Warning", limit: 500 }).then(
      (list) => list.items.map(warningOf),
      () => [],
    ),
    clusterIssuers && certManagerObjects(kubeconfig, namespace, clusterIssuers),
  ]);
  const [logs, breaches] = await Promise.all([lastLines(core, namespace, pods), breachesOf(kubeconfig, pods)]);
  const of = { deployments, statefulSets, daemonSets, jobs, cronJobs, pods, claims, services, ingresses };
  return { ...of, warnings, logs, breaches, certManager };
}

async function certManagerObjects(
  kubeconfig: KubeConfig,
  namespace: string,
  clusterIssuers: Issuer[],
): Promise<CertManagerObjects> {
  const list = async <T>(group: string, plural: string): Promise<T[]> =>
    (await certManagerList<T>(kubeconfig, group, plural, namespace)) ?? [];
  const [certificates, requests, issuers, orders, challenges] = await Promise.all([
    list<CertManagerObjects["certificates"][number]>("cert-manager.io", "certificates"),
    list<CertManagerObjects["requests"][number]>("cert-manager.io", "certificaterequests"),
    list<Issuer>("cert-manager.io", "issuers"),
    list<CertManagerObjects["orders"][number]>("acme.cert-manager.io", "orders"),
    list<CertManagerObjects["challenges"][number]>("acme.cert-manager.io", "challenges"),
  ]);
  return { certificates, requests, orders, challenges, issuers, clusterIssuers };
}

/** Undefined where the cluster knows no such kind. */
async function certManagerList<T>(
  kubeconfig: KubeConfig,
  group: string,
  plural: string,
  namespace?: string,
): Promise<T[] | undefined> {
  const api = kubeconfig.makeApiClient(CustomObjectsApi);
  const kind = { group, version: "v1", plural };
  try {
    const list: unknown = await (namespace === undefined
      ? api.listClusterCustomObject(kind)
      : api.listNamespacedCustomObject({ ...kind, namespace }));
    return (list as { items: T[] }).items;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return undefined;
    return refuse(namespace === undefined ? `the ${plural}` : `the ${plural} of namespace ${namespace}`, error);
  }
}

function refuse(what: string, error: unknown): never {
  const { code } = error as { code?: unknown };
  throw new UserError(
    code === 403
      ? `The kubeconfig's user may not read ${what}.`
      : `The cluster does not tell ${what}: ${reason(error)}.`,
  );
}

function warningOf(event: CoreV1Event): Warning {
  const { kind = "", name = "", uid } = event.involvedObject;
  const about = { kind, name, ...(uid === undefined ? {} : { uid }) };
  return { about, reason: event.reason ?? "", message: (event.message ?? "").trim(), lastMs: lastSeenMs(event) };
}

async function lastLines(core: CoreV1Api, namespace: string, pods: readonly V1Pod[]): Promise<Map<string, string>> {
  const lines = new Map<string, string>();
  const troubled = pods.flatMap((pod) => {
    const { container, previous = false } = podProblem(pod) ?? {};
    return container === undefined ? [] : [{ name: pod.metadata?.name ?? "", container, previous }];
  });
  await Promise.all(
    troubled.slice(0, MOST_LOGS).map(async (pod) => {
      const ask = (previous: boolean) =>
        core.readNamespacedPodLog({ ...pod, namespace, previous, tailLines: LOG_LINES }).catch(() => "");
      const text = (await ask(pod.previous)).trim() || (await ask(false)).trim();
      const line = (text.split("\n").at(-1) ?? "").trim().slice(0, LONGEST_LINE);
      if (line !== "") lines.set(pod.name, line);
    }),
  );
  return lines;
}

async function breachesOf(kubeconfig: KubeConfig, pods: readonly V1Pod[]): Promise<Map<string, Breach>> {
  const reader = new BreachReader(kubeconfig);
  const troubled = pods.filter((pod) => appContainer(pod) !== undefined && podProblem(pod) !== undefined);
  const found = await Promise.all(
    troubled.slice(0, MOST_LOGS).map(async (pod) => {
      const breach = await reader.breachOf(pod);
      return breach === undefined ? [] : [[pod.metadata?.name ?? "", breach] as const];
    }),
  );
  return new Map(found.flat());
}
