/** What a Service asks of its load balancer, in the words of DigitalOcean's API. */
import type { V1Service, V1ServicePort } from "@kubernetes/client-node";

const ANNOTATION = "service.beta.kubernetes.io/do-loadbalancer-";
export const ID_ANNOTATION = "kubernetes.digitalocean.com/load-balancer-id";
export const TYPE_ANNOTATION = `${ANNOTATION}type`;

export type LoadBalancerType = "REGIONAL" | "REGIONAL_NETWORK";
type Protocol = "tcp" | "udp" | "http" | "https" | "http2";

export interface ForwardingRule {
  entry_protocol: string;
  entry_port: number;
  target_protocol: string;
  target_port: number;
  certificate_id?: string;
  tls_passthrough?: boolean;
}

export interface LoadBalancerRequest {
  name: string;
  type: LoadBalancerType;
  network: "EXTERNAL" | "INTERNAL";
  size_unit?: number;
  size?: string;
  region: string;
  vpc_uuid?: string;
  droplet_ids: number[];
  tags: string[];
  forwarding_rules: ForwardingRule[];
  health_check: Record<string, unknown>;
  sticky_sessions: Record<string, unknown>;
  redirect_http_to_https: boolean;
  enable_proxy_protocol: boolean;
  enable_backend_keepalive: boolean;
  disable_lets_encrypt_dns_records: boolean;
  http_idle_timeout_seconds?: number;
  firewall: { allow: string[]; deny: string[] };
}

/** Where the load balancer is to stand. */
export interface LoadBalancerPlace {
  clusterId: string;
  region: string;
  vpc: string | undefined;
  dropletIds: number[];
}

/** The value of an annotation `do-loadbalancer-<name>`; an empty one is none. */
function annotation(service: V1Service, name: string): string | undefined {
  const value = service.metadata?.annotations?.[`${ANNOTATION}${name}`];
  return value === "" ? undefined : value;
}

/** The host name that is to stand in the Service's status instead of an address. */
export const hostnameOf = (service: V1Service): string | undefined => annotation(service, "hostname")?.toLowerCase();

/** A name chosen by annotation, or the one that Kubernetes makes of the Service's uid. */
export const loadBalancerName = (service: V1Service): string =>
  annotation(service, "name") ?? `a${(service.metadata?.uid ?? "").replaceAll("-", "")}`.slice(0, 32);

function flag(service: V1Service, name: string): boolean {
  const value = annotation(service, name);
  if (value === undefined) return false;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw new Error(`failed to parse ${name} flag "${value}" from annotation "${ANNOTATION}${name}"`);
}

function count(service: V1Service, name: string): number | undefined {
  const value = annotation(service, name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value))
    throw new Error(`failed to parse annotation "${ANNOTATION}${name}": "${value}" is no number`);
  return Number(value);
}

const list = (service: V1Service, name: string): string[] => annotation(service, name)?.split(",") ?? [];

function oneOf<T extends string>(service: V1Service, name: string, allowed: readonly T[], otherwise: T): T {
  const value = annotation(service, name);
  if (value === undefined) return otherwise;
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new Error(`only LB ${name}s supported are (${allowed.join(", ")}), got "${value}"`);
  return found;
}

/** A network load balancer passes packets on unchanged, to the very port that they came for. */
const networkRule = (port: V1ServicePort): ForwardingRule => {
  const protocol = (port.protocol ?? "TCP").toLowerCase();
  return {
    entry_protocol: protocol,
    entry_port: port.port,
    target_protocol: protocol,
    target_port: port.port,
  };
};

/** Any other is a proxy before the node ports. */
function regionalRule(service: V1Service, port: V1ServicePort): ForwardingRule {
  const certificate = annotation(service, "certificate-id");
  const passThrough = flag(service, "tls-passthrough");
  const https = list(service, "tls-ports");
  const http2 = list(service, "http2-ports");
  const secure = certificate !== undefined || passThrough;
  const number = String(port.port);
  const isHttps =
    https.includes(number) || (secure && https.length === 0 && number === "443" && !http2.includes("443"));
  const chosen: Protocol = oneOf(service, "protocol", ["tcp", "http", "https", "http2"], "tcp");
  const protocol: Protocol =
    port.protocol === "UDP"
      ? "udp"
      : list(service, "http-ports").includes(number)
        ? "http"
        : http2.includes(number)
          ? "http2"
          : isHttps
            ? "https"
            : chosen;
  const rule = {
    entry_protocol: protocol,
    entry_port: port.port,
    target_protocol: protocol,
    target_port: port.nodePort ?? port.port,
  };
  if (protocol !== "https" && protocol !== "http2") return rule;
  if (!secure)
    throw new Error(
      "failed to build TLS part(s) of forwarding rule: must set certificate id or enable tls pass through",
    );
  return passThrough
    ? { ...rule, tls_passthrough: true }
    : { ...rule, target_protocol: "http", certificate_id: certificate ?? "" };
}

/** With `externalTrafficPolicy: Local` a node is asked whether it has a pod of the Service, otherwise whether it works. */
function healthCheck(service: V1Service): Record<string, unknown> {
  const { externalTrafficPolicy, healthCheckNodePort } = service.spec ?? {};
  const local = externalTrafficPolicy === "Local" && healthCheckNodePort !== undefined;
  return {
    protocol: "http",
    port: local ? healthCheckNodePort : 10256,
    path: "/healthz",
    check_interval_seconds: count(service, "healthcheck-check-interval-seconds") ?? 3,
    response_timeout_seconds: count(service, "healthcheck-response-timeout-seconds") ?? 5,
    unhealthy_threshold: count(service, "healthcheck-unhealthy-threshold") ?? 3,
    healthy_threshold: count(service, "healthcheck-healthy-threshold") ?? 5,
  };
}

function stickySessions(service: V1Service): Record<string, unknown> {
  if (annotation(service, "sticky-sessions-type") !== "cookies") return { type: "none" };
  return {
    type: "cookies",
    cookie_name: annotation(service, "sticky-sessions-cookie-name"),
    cookie_ttl_seconds: count(service, "sticky-sessions-cookie-ttl"),
  };
}

/** @throws Error in the controller's words when an annotation makes no sense. */
export function loadBalancerRequest(service: V1Service, place: LoadBalancerPlace): LoadBalancerRequest {
  const type = oneOf<LoadBalancerType>(service, "type", ["REGIONAL", "REGIONAL_NETWORK"], "REGIONAL_NETWORK");
  const sizeUnit = count(service, "size-unit");
  const size = annotation(service, "size-slug");
  if (sizeUnit !== undefined && size !== undefined) {
    throw new Error("only one of LB size slug and size unit can be provided");
  }
  const idleSeconds = count(service, "http-idle-timeout-seconds");
  const ranges = service.spec?.loadBalancerSourceRanges ?? [];
  return {
    name: loadBalancerName(service),
    type,
    network: oneOf(service, "network", ["EXTERNAL", "INTERNAL"], "EXTERNAL"),
    ...(sizeUnit === undefined ? {} : { size_unit: sizeUnit }),
    ...(size === undefined ? {} : { size }),
    region: place.region,
    ...(place.vpc === undefined ? {} : { vpc_uuid: place.vpc }),
    droplet_ids: place.dropletIds,
    tags: [`k8s:${place.clusterId}`],
    forwarding_rules: (service.spec?.ports ?? []).map((port) =>
      type === "REGIONAL_NETWORK" ? networkRule(port) : regionalRule(service, port),
    ),
    health_check: healthCheck(service),
    sticky_sessions: stickySessions(service),
    redirect_http_to_https: flag(service, "redirect-http-to-https"),
    enable_proxy_protocol: flag(service, "enable-proxy-protocol"),
    enable_backend_keepalive: flag(service, "enable-backend-keepalive"),
    disable_lets_encrypt_dns_records: flag(service, "disable-lets-encrypt-dns-records"),
    ...(idleSeconds === undefined ? {} : { http_idle_timeout_seconds: idleSeconds }),
    firewall: {
      allow: ranges.length > 0 ? ranges.map((range) => `cidr:${range}`) : list(service, "allow-rules"),
      deny: list(service, "deny-rules"),
    },
  };
}
