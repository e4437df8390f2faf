import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type AppRole, partsOf, selector } from "./labels";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;
type Peer = types.input.networking.v1.NetworkPolicyPeer;

/** Who may send requests to an app: anyone at a node port or load balancer, or the Ingress controller's namespace. */
export type Callers = { kind: "anyone" } | { kind: "namespace"; name: pulumi.Input<string> };

/** Addresses that are not of the internet: an app with `egress: internet` still reaches none of them. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"];

/** Nothing goes in or out of any pod of the namespace that no other policy lets through. */
export function denyAll(): PolicySpec {
  return { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
}

/** Every pod of the namespace may ask the cluster's DNS. */
export function allowDns(): PolicySpec {
  return {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
          },
        ],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
    ],
  };
}

/** Addresses of everywhere. */
const ANYWHERE: Peer[] = [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }];

const inNamespace = (name: pulumi.Input<string>): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

/** The callers reach the app's web pods at their port; those pods reach the internet only where config says so. */
export function webPolicy(app: string, port: number, callers: Callers, egress: "none" | "internet"): PolicySpec {
  const from: Peer[] = callers.kind === "anyone" ? ANYWHERE : [inNamespace(callers.name)];
  const internet: Peer = { ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE_RANGES } };
  return {
    podSelector: { matchLabels: selector(app, "web") },
    policyTypes: egress === "internet" ? ["Ingress", "Egress"] : ["Ingress"],
    ingress: [{ from, ports: [{ protocol: "TCP", port }] }],
    ...(egress === "internet" ? { egress: [{ to: [internet] }] } : {}),
  };
}

/** Port of the pods that cert-manager puts up in an app's namespace while a certificate is asked for. */
const SOLVER_PORT = 8089;

/** The Ingress controller reaches the pods that answer for a certificate; those call nobody. */
export function solverPolicy(controllerNamespace: pulumi.Input<string>): PolicySpec {
  return {
    podSelector: { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [inNamespace(controllerNamespace)], ports: [{ protocol: "TCP", port: SOLVER_PORT }] }],
  };
}

/**
 * Anyone reaches the Ingress controller's pods at the ports of its protocols and of its webhook, which the API server
 * calls from an address that is not known. What else they listen on, such as metrics, nobody reaches.
 */
export function controllerPolicies(): Record<string, PolicySpec> {
  const tcp = (port: string | number) => ({ protocol: "TCP", port });
  return {
    "deny-all": { podSelector: {}, policyTypes: ["Ingress"] },
    "allow-requests": {
      podSelector: {},
      policyTypes: ["Ingress"],
      // The ports of ingress-nginx, then those of Traefik.
      ingress: [{ from: ANYWHERE, ports: [80, 443, 8443, 8000].map(tcp) }],
    },
  };
}

/** The parts of an app that speak with its database. */
const DATABASE_CLIENTS: AppRole[] = ["web", "migration", "accounts", "backup", "restore", "move"];

/** The app's own pods that have to, and no others, reach its database; the database itself calls nobody. */
export function databasePolicies(app: string, port: number): { server: PolicySpec; clients: PolicySpec } {
  const clients = partsOf(app, DATABASE_CLIENTS);
  const server = { matchLabels: selector(app, "database") };
  const ports = [{ protocol: "TCP", port }];
  return {
    server: {
      podSelector: server,
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: clients }], ports }],
    },
    clients: {
      podSelector: clients,
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: server }], ports }],
    },
  };
}

/** The same for a database outside of the cluster. Who else may reach that is decided there. */
export function managedDatabasePolicy(app: string, port: number): PolicySpec {
  return {
    podSelector: partsOf(app, DATABASE_CLIENTS),
    policyTypes: ["Egress"],
    egress: [{ to: ANYWHERE, ports: [{ protocol: "TCP", port }] }],
  };
}

/** What reads and writes backups reaches their store, wherever it is, at its port. */
export function backupStorePolicy(app: string, port: number): PolicySpec {
  return {
    podSelector: partsOf(app, ["backup", "restore-test", "restore"]),
    policyTypes: ["Egress"],
    egress: [{ to: ANYWHERE, ports: [{ protocol: "TCP", port }] }],
  };
}

/** The parts of an app that use its cache. */
const CACHE_CLIENTS: AppRole[] = ["web", "migration"];

/**
 * The app's own pods that have to, and no others, reach its cache, the primary and the replicas; the replicas reach the
 * primary, and the primary calls nobody.
 */
export function cachePolicies(app: string, port: number): Record<"primary" | "replicas" | "clients", PolicySpec> {
  const clients = partsOf(app, CACHE_CLIENTS);
  const primary = { matchLabels: selector(app, "cache") };
  const replicas = { matchLabels: selector(app, "cache-replica") };
  const ports = [{ protocol: "TCP", port }];
  return {
    primary: {
      podSelector: primary,
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: clients }, { podSelector: replicas }], ports }],
    },
    replicas: {
      podSelector: replicas,
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: clients }], ports }],
      egress: [{ to: [{ podSelector: primary }], ports }],
    },
    clients: {
      podSelector: clients,
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: primary }, { podSelector: replicas }], ports }],
    },
  };
}

/** Ports at which API servers answer: behind the Service, and before it where that leads to an address of its own. */
const API_SERVER_PORTS = [443, 6443];

/** What watches over backups asks the API server; its metrics are read from within the cluster. */
export function monitorPolicy(app: string, metricsPort: number): PolicySpec {
  const tcp = (port: number) => ({ protocol: "TCP", port });
  return {
    podSelector: { matchLabels: selector(app, "backup-monitor") },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [{ namespaceSelector: {} }], ports: [tcp(metricsPort)] }],
    // Its address is of the cluster's provider, and not known here.
    egress: [{ to: ANYWHERE, ports: API_SERVER_PORTS.map(tcp) }],
  };
}
