/** What a node runs of Kubernetes: kubelet, kube-proxy, and what enforces network policies. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { binary } from "./binaries";
import { kubeconfigOf, pki } from "./certificates";
import { startDaemon } from "./daemon";
import { rememberKernelSettings } from "./kernelSettings";
import { CLUSTER_NETWORK, type NodeSettings } from "./settings";

const kubeletConfiguration = (node: NodeSettings) => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  address: "0.0.0.0",
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: pki(node, "ca.crt") },
  },
  authorization: { mode: "Webhook" },
  tlsCertFile: pki(node, "kubelet-server.crt"),
  tlsPrivateKeyFile: pki(node, "kubelet-server.key"),
  containerRuntimeEndpoint: `unix://${node.runtime}/containerd.sock`,
  cgroupDriver: "cgroupfs",
  cgroupRoot: `/${node.fullName}`,
  failCgroupV1: false,
  // Without CAP_SYS_RESOURCE the score cannot be lowered, nor the limit of open files raised.
  oomScoreAdj: 0,
  maxOpenFiles: 20_000,
  failSwapOn: false,
  clusterDNS: [CLUSTER_NETWORK.dnsService],
  clusterDomain: "cluster.local",
  resolvConf: join(node.state, "etc", "resolv.conf"),
  podLogsDir: join(node.state, "pod-logs"),
  volumePluginDir: join(node.state, "kubelet", "volume-plugins"),
  // A full disk must not evict pods, nor remove images that cannot be pulled again.
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  imageMinimumGCAge: "100h",
  evictionHard: {
    "memory.available": "100Mi",
    "nodefs.available": "1%",
    "imagefs.available": "1%",
    "nodefs.inodesFree": "1%",
  },
  nodeStatusUpdateFrequency: "5s",
  syncFrequency: "10s",
  serializeImagePulls: false,
  registryPullQPS: 0,
  maxPods: 110,
});

const proxyConfiguration = (node: NodeSettings) => ({
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  clientConnection: { kubeconfig: kubeconfigOf(node, "proxy") },
  mode: "iptables",
  // At once: an endpoint that is ready is expected to answer.
  iptables: { minSyncPeriod: "0s" },
  hostnameOverride: node.fullName,
  clusterCIDR: CLUSTER_NETWORK.pods,
  oomScoreAdj: 0,
  // nf_conntrack_max cannot be written in a network namespace.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
});

export async function startKubelet(node: NodeSettings): Promise<void> {
  const configFile = join(node.state, "etc", "kubelet.json");
  const config = JSON.stringify(kubeletConfiguration(node), null, 2);
  await writeFile(configFile, config);
  // Nothing outside of the cluster can be resolved from it.
  await writeFile(join(node.state, "etc", "resolv.conf"), "nameserver 127.0.0.1\n");
  await rememberKernelSettings(node, "kubelet");
  await startDaemon(node, {
    name: "kubelet",
    command: binary("kubelet"),
    inNode: true,
    config,
    args: [
      `--config=${configFile}`,
      `--kubeconfig=${kubeconfigOf(node, "kubelet")}`,
      `--hostname-override=${node.fullName}`,
      `--node-ip=${node.address}`,
      `--root-dir=${join(node.state, "kubelet")}`,
      `--cert-dir=${join(node.state, "kubelet", "pki")}`,
    ],
  });
}

export async function startProxy(node: NodeSettings): Promise<void> {
  const configFile = join(node.state, "etc", "kube-proxy.json");
  const config = JSON.stringify(proxyConfiguration(node), null, 2);
  // kube-proxy watches its file and ends at any write, even of the same content.
  const written = await readFile(configFile, "utf8").catch(() => undefined);
  if (written !== config) await writeFile(configFile, config);
  await startDaemon(node, {
    name: "kube-proxy",
    command: binary("kube-proxy"),
    inNode: true,
    config,
    args: [`--config=${configFile}`],
  });
}

/** Enforces network policies, which a plain bridge network does not. */
export async function startNetworkPolicyAgent(node: NodeSettings): Promise<void> {
  await startDaemon(node, {
    name: "network-policy",
    command: process.execPath,
    inNode: true,
    args: [
      "--require",
      require.resolve("tsx/cjs"),
      join(__dirname, "networkPolicyAgent.ts"),
      kubeconfigOf(node, "admin"),
    ],
  });
}
