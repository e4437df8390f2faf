/** etcd, API server, controller manager and scheduler. */

import { join } from "node:path";
import { binary } from "./binaries";
import { kubeconfigOf, pki } from "./certificates";
import { startDaemon, untilReady } from "./daemon";
import { kubectl } from "./kubectl";
import { CLUSTER_NETWORK, type NodeSettings } from "./settings";

const flags = (values: Record<string, string | number | boolean>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${String(value)}`);

const ETCD = "http://127.0.0.1:2379";

export async function startEtcd(node: NodeSettings): Promise<void> {
  await startDaemon(node, {
    name: "etcd",
    command: binary("etcd"),
    inNode: true,
    args: flags({
      "data-dir": join(node.state, "etcd"),
      "unsafe-no-fsync": node.volatile,
      "listen-client-urls": ETCD,
      "advertise-client-urls": ETCD,
      "listen-peer-urls": "http://127.0.0.1:2380",
      "log-level": "warn",
    }),
  });
}

export async function startApiServer(node: NodeSettings): Promise<void> {
  await startDaemon(node, {
    name: "kube-apiserver",
    command: binary("kube-apiserver"),
    inNode: true,
    args: flags({
      "etcd-servers": ETCD,
      "bind-address": "0.0.0.0",
      "secure-port": 6443,
      "advertise-address": node.address,
      "service-cluster-ip-range": CLUSTER_NETWORK.services,
      "allow-privileged": true,
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "client-ca-file": pki(node, "ca.crt"),
      "tls-cert-file": pki(node, "apiserver.crt"),
      "tls-private-key-file": pki(node, "apiserver.key"),
      "kubelet-client-certificate": pki(node, "kubelet-client.crt"),
      "kubelet-client-key": pki(node, "kubelet-client.key"),
      "kubelet-certificate-authority": pki(node, "ca.crt"),
      "kubelet-preferred-address-types": "InternalIP",
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-key-file": pki(node, "service-account.pub"),
      "service-account-signing-key-file": pki(node, "service-account.key"),
      "requestheader-client-ca-file": pki(node, "front-proxy-ca.crt"),
      "requestheader-allowed-names": "front-proxy-client",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-username-headers": "X-Remote-User",
      "proxy-client-cert-file": pki(node, "front-proxy-client.crt"),
      "proxy-client-key-file": pki(node, "front-proxy-client.key"),
      "enable-aggregator-routing": true,
    }),
  });
  await untilReady(node, "kube-apiserver", () => kubectl(node, ["get", "--raw", "/readyz"]).then(() => true));
}

export async function startControllers(node: NodeSettings): Promise<void> {
  const credentials = (kubeconfig: string) => ({
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "bind-address": "127.0.0.1",
    "leader-elect": false,
  });
  await startDaemon(node, {
    name: "kube-controller-manager",
    command: binary("kube-controller-manager"),
    inNode: true,
    args: flags({
      ...credentials(kubeconfigOf(node, "controller-manager")),
      "use-service-account-credentials": true,
      "root-ca-file": pki(node, "ca.crt"),
      "service-account-private-key-file": pki(node, "service-account.key"),
      "cluster-signing-cert-file": pki(node, "ca.crt"),
      "cluster-signing-key-file": pki(node, "ca.key"),
      "cluster-cidr": CLUSTER_NETWORK.pods,
      "service-cluster-ip-range": CLUSTER_NETWORK.services,
      "allocate-node-cidrs": true,
      "flex-volume-plugin-dir": join(node.state, "kubelet", "volume-plugins"),
    }),
  });
  await startDaemon(node, {
    name: "kube-scheduler",
    command: binary("kube-scheduler"),
    inNode: true,
    args: flags(credentials(kubeconfigOf(node, "scheduler"))),
  });
}
