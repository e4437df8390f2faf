/** What network policies allow, as firewall rules of the node: its plain bridge network enforces none by itself. */

import type {
  V1IPBlock,
  V1LabelSelector,
  V1Namespace,
  V1NetworkPolicy,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1Pod,
} from "@kubernetes/client-node";
import { subtract } from "./addressRange";

export interface ClusterState {
  policies: readonly V1NetworkPolicy[];
  pods: readonly V1Pod[];
  namespaces: readonly V1Namespace[];
}

/** Chains of the mangle table, where nothing of Kubernetes' own stands in the way. */
export const EGRESS_CHAIN = "FLASK-DOKS-EGRESS";
export const INGRESS_CHAIN = "FLASK-DOKS-INGRESS";

/** A bit of the packet mark that neither kube-proxy nor the pod network uses: "not allowed so far". */
const UNDECIDED = "0x100000/0x100000";
const DECIDED = "0x0/0x100000";

type Labels = Readonly<Record<string, string>>;

export function selects(selector: V1LabelSelector, labels: Labels = {}): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const holds = (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      default:
        return value === undefined;
    }
  });
  return equal && holds;
}

const address = (pod: V1Pod): string => pod.status?.podIP ?? "";

/** Pods that have an address of their own, and still run. */
const onPodNetwork = (pod: V1Pod): boolean =>
  address(pod) !== "" && pod.spec?.hostNetwork !== true && !["Succeeded", "Failed"].includes(pod.status?.phase ?? "");

/** The numbers that a port stands for on a pod, as iptables takes them. A name that the pod has not stands for none. */
function portRange(port: V1NetworkPolicyPort, pod: V1Pod | undefined): string | undefined {
  if (port.port === undefined) return "0:65535";
  if (typeof port.port === "number") return `${port.port}:${port.endPort ?? port.port}`;
  const ports = pod?.spec?.containers.flatMap((container) => container.ports ?? []) ?? [];
  const named = ports.find(
    ({ name, protocol }) => name === port.port && (protocol ?? "TCP") === (port.protocol ?? "TCP"),
  );
  return named && `${named.containerPort}:${named.containerPort}`;
}

/** The matches for a rule's ports on `pod`; one that matches everything where the rule names none. */
function portMatches(ports: V1NetworkPolicyPort[] | undefined, pod: V1Pod | undefined): string[] {
  if (ports === undefined || ports.length === 0) return [""];
  return ports.flatMap((port) => {
    const range = portRange(port, pod);
    return range === undefined ? [] : [` -p ${(port.protocol ?? "TCP").toLowerCase()} --dport ${range}`];
  });
}

const blockRanges = ({ cidr, except = [] }: V1IPBlock): string[] => (cidr.includes(":") ? [] : subtract(cidr, except));

/** Who a peer is: pods, or ranges of addresses. */
function resolvePeer(
  peer: V1NetworkPolicyPeer,
  namespace: string,
  state: ClusterState,
): { range: string; pod?: V1Pod }[] {
  if (peer.ipBlock) return blockRanges(peer.ipBlock).map((range) => ({ range }));
  const { namespaceSelector, podSelector = {} } = peer;
  const namespaces = namespaceSelector
    ? state.namespaces
        .filter(({ metadata }) => selects(namespaceSelector, metadata?.labels))
        .map(({ metadata }) => metadata?.name)
    : [namespace];
  return state.pods
    .filter(({ metadata }) => namespaces.includes(metadata?.namespace) && selects(podSelector, metadata?.labels))
    .map((pod) => ({ range: `${address(pod)}/32`, pod }));
}

interface Direction {
  type: "Ingress" | "Egress";
  chain: string;
  /** iptables' option for the pod itself, and for the other side. */
  own: "-s" | "-d";
  other: "-s" | "-d";
  rules: (policy: V1NetworkPolicy) => { peers?: V1NetworkPolicyPeer[]; ports?: V1NetworkPolicyPort[] }[];
}

/** The client calls it `_from` in what it listed, and leaves it `from` in what it watched. */
const senders = (
  rule: V1NetworkPolicyIngressRule & { from?: V1NetworkPolicyPeer[] },
): V1NetworkPolicyPeer[] | undefined => rule._from ?? rule.from;

const DIRECTIONS: readonly Direction[] = [
  {
    type: "Egress",
    chain: EGRESS_CHAIN,
    own: "-s",
    other: "-d",
    rules: (policy) => (policy.spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports })),
  },
  {
    type: "Ingress",
    chain: INGRESS_CHAIN,
    own: "-d",
    other: "-s",
    rules: (policy) => (policy.spec?.ingress ?? []).map((rule) => ({ peers: senders(rule), ports: rule.ports })),
  },
];

const applies = (policy: V1NetworkPolicy, type: string): boolean =>
  (policy.spec?.policyTypes ?? ["Ingress", ...(policy.spec?.egress ? ["Egress"] : [])]).includes(type);

/** What one policy allows one pod, as the matches of rules. */
function allowed(policy: V1NetworkPolicy, pod: V1Pod, direction: Direction, state: ClusterState): string[] {
  return direction.rules(policy).flatMap(({ peers, ports }) => {
    const sides: { range: string; pod?: V1Pod }[] =
      peers === undefined || peers.length === 0
        ? [{ range: "0.0.0.0/0" }]
        : peers.flatMap((peer) => resolvePeer(peer, policy.metadata?.namespace ?? "", state));
    // The port is the receiver's, and so is its name.
    return sides.flatMap((side) =>
      portMatches(ports, direction.type === "Ingress" ? pod : side.pod).map(
        (match) => `${direction.own} ${address(pod)}/32 ${direction.other} ${side.range}${match}`,
      ),
    );
  });
}

function chainRules(direction: Direction, state: ClusterState): string[] {
  const isolated = state.pods.flatMap((pod) => {
    const policies = state.policies.filter(
      (policy) =>
        policy.metadata?.namespace === pod.metadata?.namespace &&
        applies(policy, direction.type) &&
        selects(policy.spec?.podSelector ?? {}, pod.metadata?.labels),
    );
    if (policies.length === 0) return [];
    const own = `${address(pod)}/32`;
    const decided = [`-s ${own} -d ${own}`, ...policies.flatMap((policy) => allowed(policy, pod, direction, state))];
    return [
      `${direction.own} ${own} -j MARK --set-xmark ${UNDECIDED}`,
      ...new Set(decided.map((match) => `${match} -j MARK --set-xmark ${DECIDED}`)),
    ];
  });
  if (isolated.length === 0) return [];
  return ["-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN", ...isolated, `-m mark --mark ${UNDECIDED} -j DROP`];
}

/** The input of `iptables-restore --noflush`, which fills both chains anew in one go. */
export function firewallRules(cluster: ClusterState): string {
  const state = { ...cluster, pods: cluster.pods.filter(onPodNetwork) };
  return [
    "*mangle",
    ...DIRECTIONS.map(({ chain }) => `:${chain} - [0:0]`),
    ...DIRECTIONS.flatMap((direction) => chainRules(direction, state).map((rule) => `-A ${direction.chain} ${rule}`)),
    "COMMIT",
    "",
  ].join("\n");
}
