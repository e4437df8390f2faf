/** What a cluster has beside the control plane: DNS, and volumes on the node's disk. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { untilReady } from "./daemon";
import { nodeImage } from "./images";
import { kubectl } from "./kubectl";
import { CLUSTER_NETWORK, type NodeSettings } from "./settings";
import { fill } from "./template";

export async function applyAddons(node: NodeSettings): Promise<void> {
  const manifest = (name: string, values: Record<string, string>) =>
    fill(readFileSync(join(__dirname, "addons", `${name}.yaml`), "utf8"), values);
  const manifests = [
    manifest("coredns", {
      DNS_SERVICE: CLUSTER_NETWORK.dnsService,
      COREDNS_IMAGE: nodeImage("coredns"),
      // Where no cloud runs nothing listens there, and names outside of the cluster are not found, at once.
      NAME_SERVER: node.cloud.nameServer,
    }),
    manifest("local-path-provisioner", {
      VOLUMES: join(node.state, "volumes"),
      PROVISIONER_IMAGE: nodeImage("local-path-provisioner"),
      SHELL_IMAGE: nodeImage("busybox"),
    }),
  ];
  await kubectl(node, ["apply", "--server-side", "--force-conflicts", "-f", "-"], manifests.join("---\n"));
}

interface Pod {
  metadata: { deletionTimestamp?: string };
  status: { conditions?: { type: string; status: string }[] };
}

/** Whether the pods say so that are to stay: a deployment's status lags behind theirs, for instance after a restart. */
async function podsReady(node: NodeSettings, namespace: string, selector: string): Promise<boolean> {
  const answer = await kubectl(node, ["-n", namespace, "get", "pods", "-l", selector, "-o", "json"]);
  const { items } = JSON.parse(answer) as { items: Pod[] };
  const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const ready = ({ status }: Pod) =>
    status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return staying.length > 0 && staying.every(ready);
}

export async function addonsReady(node: NodeSettings): Promise<void> {
  const ready = async (namespace: string, name: string, selector: string) => {
    await kubectl(node, ["-n", namespace, "rollout", "status", `deployment/${name}`, "--timeout=120s"]);
    await untilReady(node, "kubelet", () => podsReady(node, namespace, selector), 120);
  };
  await Promise.all([
    ready("kube-system", "coredns", "k8s-app=kube-dns"),
    ready("local-path-storage", "local-path-provisioner", "app=local-path"),
  ]);
}
