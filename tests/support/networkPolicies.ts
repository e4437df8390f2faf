/** Answers what NetworkPolicies let through, as the cluster would. */
import { isIPv4 } from "node:net";
import type { Manifest } from "./manifests";

/** A pod, or an address outside the cluster. */
export type Party = { namespace: string; labels: Record<string, string> } | { address: string };

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { protocol: string; port: number | string }[];
}

interface PolicySpec {
  podSelector: Selector;
  policyTypes: string[];
  ingress?: Rule[];
  egress?: Rule[];
}

type Direction = "Ingress" | "Egress";

/** Every namespace carries its name as a label. */
const namespaceLabels = (name: string): Record<string, string> => ({ "kubernetes.io/metadata.name": name });

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Record<string, string>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== "In") {
        throw new Error(`the operator ${operator} is not known here`);
      }
      return values.includes(labels[key] ?? "");
    })
  );
}

const number = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** Whether an IPv4 address is in a range. An IPv6 range holds none of them. */
function inRange(address: string, cidr: string): boolean {
  const [base = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  return isIPv4(base) && Math.floor(number(address) / size) === Math.floor(number(base) / size);
}

function isPeer(peer: Peer, party: Party, policyNamespace: string): boolean {
  if (peer.ipBlock !== undefined) {
    // Addresses of pods are no one's business here: only parties outside the cluster are matched by range.
    const { cidr, except = [] } = peer.ipBlock;
    return "address" in party && inRange(party.address, cidr) && !except.some((range) => inRange(party.address, range));
  }
  if ("address" in party) {
    return false;
  }
  const namespaceFits =
    peer.namespaceSelector === undefined
      ? party.namespace === policyNamespace
      : selects(peer.namespaceSelector, namespaceLabels(party.namespace));
  return namespaceFits && selects(peer.podSelector ?? {}, party.labels);
}

/** What the NetworkPolicies among these objects let through; where no policy selects a pod, everything. */
export class Traffic {
  private readonly policies: { namespace: string; spec: PolicySpec }[];

  constructor(objects: Manifest[]) {
    this.policies = objects
      .filter(({ kind }) => kind === "NetworkPolicy")
      .map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? "default", spec: spec as PolicySpec }));
  }

  /** Whether the first party can open a connection to the second at that port. */
  allows(from: Party, to: Party, port: number, protocol: "TCP" | "UDP" = "TCP"): boolean {
    return this.side("Egress", from, to, port, protocol) && this.side("Ingress", to, from, port, protocol);
  }

  private side(direction: Direction, pod: Party, other: Party, port: number, protocol: string): boolean {
    if ("address" in pod) {
      return true;
    }
    const applying = this.policies.filter(
      ({ namespace, spec }) =>
        namespace === pod.namespace && spec.policyTypes.includes(direction) && selects(spec.podSelector, pod.labels),
    );
    const rules = applying.flatMap(({ namespace, spec }) =>
      ((direction === "Ingress" ? spec.ingress : spec.egress) ?? []).map((rule) => ({ namespace, rule })),
    );
    return (
      applying.length === 0 ||
      rules.some(({ namespace, rule }) => {
        const peers = direction === "Ingress" ? rule.from : rule.to;
        return (
          (peers === undefined || peers.some((peer) => isPeer(peer, other, namespace))) &&
          (rule.ports === undefined ||
            rule.ports.some((allowed) => allowed.protocol === protocol && allowed.port === port))
        );
      })
    );
  }
}
