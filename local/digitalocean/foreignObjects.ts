/** Whatever a node's Kubernetes holds beside what the node itself put there. */
import { kubectl } from "../node/kubectl";
import type { NodeSettings } from "../node/settings";

/** Kinds that belong to no namespace, and the names of those that a new node has. */
const CLUSTER_WIDE: Readonly<Record<string, RegExp>> = {
  namespaces: /^(default|kube-system|kube-public|kube-node-lease|local-path-storage)$/,
  persistentvolumes: /^$/,
  storageclasses: /^local-path$/,
  customresourcedefinitions: /^$/,
  validatingwebhookconfigurations: /^$/,
  mutatingwebhookconfigurations: /^$/,
  ingressclasses: /^$/,
  priorityclasses: /^system-(cluster|node)-critical$/,
  clusterroles: /^(system:coredns|local-path)$/,
  clusterrolebindings: /^(system:coredns|local-path)$/,
};

/** Kinds of a namespace's objects that somebody may have left in one that stays. */
const NAMESPACED = [
  ...["pods", "services", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"],
  ...["configmaps", "secrets", "persistentvolumeclaims", "ingresses", "networkpolicies"],
];
const OWN_OF_NAMESPACES = [
  /^service\/(kubernetes|kube-dns)$/,
  /^(pod|deployment)\/(coredns|local-path-provisioner)/,
  /^pod\/helper-pod-/,
  /^configmap\/(kube-root-ca\.crt|coredns|local-path-config|extension-apiserver-authentication|cluster-info)$/,
  /^configmap\/kube-apiserver-legacy-service-account-token-tracking$/,
];

/** As `kind/name`, what a new node has not. Roles that Kubernetes itself makes carry a label. */
export async function foreignObjects(node: NodeSettings): Promise<string[]> {
  const list = async (kinds: string[], ...options: string[]): Promise<string[]> => {
    const answer = await kubectl(node, ["get", kinds.join(","), "-o", "name", ...options]);
    // A kind of a group is written as `deployment.apps/name`.
    return answer
      .split("\n")
      .filter(Boolean)
      .map((line) => line.replace(/^([^./]+)[^/]*\//, "$1/"));
  };
  const own = Object.entries(CLUSTER_WIDE);
  const [wide, namespaced] = await Promise.all([
    list(
      own.map(([kinds]) => kinds),
      "--selector=!kubernetes.io/bootstrapping",
    ),
    list(NAMESPACED, "--all-namespaces"),
  ]);
  const isOwn = (line: string): boolean => {
    const [kind = "", name = ""] = line.split("/");
    return own.some(([kinds, names]) => kinds.startsWith(kind) && names.test(name));
  };
  return [
    ...wide.filter((line) => !isOwn(line)),
    ...namespaced.filter((line) => !OWN_OF_NAMESPACES.some((pattern) => pattern.test(line))),
  ];
}
