import type * as pulumi from "@pulumi/pulumi";
import type { ControllerWayIn } from "../components/edge/ingressController";
import type { HostRedirect } from "./ingressSettings";
import type { IssuerKind } from "./issuerSpec";
import type { LoadBalancerAddress } from "./loadBalancerAddress";
import type { Stack } from "./schema/stack";

/** What of a stack's config decides the way in that its apps share. */
export type EdgeConfig = Pick<Stack, "cluster" | "dataPolicy" | "ingress"> & {
  tls: Pick<Stack["tls"], "issuer">;
  apps: readonly Pick<Stack["apps"][number], "expose" | "hosts" | "redirect">[];
};

/** What an app has to know of the way in that it shares with others. */
export interface EdgeAccess {
  /** Ingress class to name. */
  className: pulumi.Input<string>;
  /** Namespace that requests come from. */
  namespace: pulumi.Input<string>;
  /** Where its load balancer is reached; none with node ports, and with a controller of somebody else's. */
  address?: pulumi.Output<LoadBalancerAddress> | undefined;
  /** Name of the ClusterIssuer; none where nobody issues certificates. */
  issuer?: pulumi.Input<string> | undefined;
  /** What answers for Ingress objects and certificates, to be there from their first to their last. */
  after: pulumi.Resource[];
}

/** Ingress class that the program makes. */
const CLASS_NAME = "public";

/** Whether any app is behind an Ingress. */
export const hasIngress = ({ apps }: { apps: readonly Pick<Stack["apps"][number], "expose">[] }): boolean =>
  apps.some(({ expose }) => expose === "ingress");

/** Whether the stack issues certificates itself, and who does it: what the config says, or what suits the cluster. */
export function issuerOf({
  cluster,
  ingress,
  tls,
}: Pick<EdgeConfig, "cluster" | "ingress" | "tls">): IssuerKind | "none" {
  if (tls.issuer !== undefined) {
    return tls.issuer;
  }
  if (cluster.kind === "shared" || ingress.controller === "none") {
    return "none";
  }
  // Nobody outside can ask a cluster of one's own machine to prove anything.
  return cluster.kind === "existing" ? "self-signed" : "letsencrypt";
}

/** Whether the apps behind an Ingress are served by HTTPS. On a shared cluster they are, unless the config says no. */
export const isHttps = (config: Pick<EdgeConfig, "cluster" | "ingress" | "tls">): boolean =>
  config.cluster.kind === "shared" ? config.tls.issuer !== "none" : issuerOf(config) !== "none";

/** Name of the Ingress class of the stack's apps. */
export const classNameOf = ({ ingress }: Pick<EdgeConfig, "ingress">): string => ingress.className ?? CLASS_NAME;

/** How many pods of each part of the edge: two where there are nodes for them (K2). */
export function edgeReplicas({ cluster, ingress }: Pick<EdgeConfig, "cluster" | "ingress">): number {
  return ingress.replicas ?? (cluster.kind === "doks" && cluster.pool.min > 1 ? 2 : 1);
}

/** How long the controller's pods may take to end, in seconds: in production long enough for slow requests (K2b). */
export function edgeGraceSeconds({ dataPolicy, ingress }: Pick<EdgeConfig, "dataPolicy" | "ingress">): number {
  return ingress.graceSeconds ?? (dataPolicy === "retain" ? 60 : 10);
}

/** The hosts that lead on to the first one of their app. A wildcard stands for any number of hosts, and serves the app. */
export const redirectsOf = ({ apps }: Pick<EdgeConfig, "apps">): HostRedirect[] =>
  apps.flatMap(({ expose, hosts: [to = "", ...others], redirect }) =>
    redirect && expose === "ingress"
      ? others.filter((host) => !host.startsWith("*.")).map((from) => ({ from, to }))
      : [],
  );

/** How requests come to the controller. A cluster that exists may have no load balancers to give. */
export function wayInOf(
  { cluster, ingress }: Pick<EdgeConfig, "cluster" | "ingress">,
  environment: string,
): ControllerWayIn {
  const { loadBalancer, nodePorts } = ingress;
  return cluster.kind === "existing"
    ? { kind: "nodePort", ...nodePorts }
    : {
        kind: "loadBalancer",
        name: `${environment}-ingress`,
        type: loadBalancer.type,
        sizeUnit: loadBalancer.size,
        ipv6: loadBalancer.ipv6,
      };
}
