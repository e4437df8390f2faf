/** Runs on the node: keeps its firewall as the cluster's network policies, pods and namespaces want it. Argument: a kubeconfig. */

import {
  CoreV1Api,
  KubeConfig,
  makeInformer,
  NetworkingV1Api,
  type Informer,
  type KubernetesObject,
  type ObjectCache,
  type V1Namespace,
  type V1NetworkPolicy,
  type V1Pod,
} from "@kubernetes/client-node";
import { run, succeeds } from "../command";
import { EGRESS_CHAIN, firewallRules, INGRESS_CHAIN } from "./networkPolicy";

/** Changes that come together are applied together. */
const GATHER_MS = 50;
const RETRY_MS = 1000;

/** Where packets pass: those through the node, and those from its pods to itself. Its own to its pods are always allowed. */
const HOOKS = [
  ["FORWARD", EGRESS_CHAIN],
  ["FORWARD", INGRESS_CHAIN],
  ["INPUT", EGRESS_CHAIN],
] as const;

const iptables = (...args: string[]): string[] => ["-w", "-t", "mangle", ...args];

async function hookIn(): Promise<void> {
  for (const [from, to] of HOOKS) {
    if (!(await succeeds("iptables", iptables("-C", from, "-j", to))))
      await run("iptables", iptables("-A", from, "-j", to));
  }
}

async function main(kubeconfig: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const policies = makeInformer<V1NetworkPolicy>(config, "/apis/networking.k8s.io/v1/networkpolicies", () =>
    networking.listNetworkPolicyForAllNamespaces(),
  );
  const pods = makeInformer<V1Pod>(config, "/api/v1/pods", () => core.listPodForAllNamespaces());
  const namespaces = makeInformer<V1Namespace>(config, "/api/v1/namespaces", () => core.listNamespace());

  let applied = "";
  let due: NodeJS.Timeout | undefined;
  let complete = false;
  const apply = async (): Promise<void> => {
    due = undefined;
    const rules = firewallRules({ policies: policies.list(), pods: pods.list(), namespaces: namespaces.list() });
    if (rules === applied) return;
    await run("iptables-restore", ["-w", "--noflush"], { input: rules });
    await hookIn();
    applied = rules;
  };
  const schedule = (): void => {
    // Rules from half of what there is would let through, or drop, what they should not.
    if (!complete) return;
    due ??= setTimeout(() => {
      apply().catch((error: unknown) => {
        console.error(error);
        setTimeout(schedule, RETRY_MS);
      });
    }, GATHER_MS);
  };
  const follow = async <T extends KubernetesObject>(informer: Informer<T> & ObjectCache<T>): Promise<void> => {
    informer.on("change", schedule);
    informer.on("delete", schedule);
    const restart = (): void => {
      setTimeout(() => {
        informer.start().then(schedule, restart);
      }, RETRY_MS);
    };
    informer.on("error", restart);
    await informer.start();
  };
  await Promise.all([follow(policies), follow(pods), follow(namespaces)]);
  complete = true;
  schedule();
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
