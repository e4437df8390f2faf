/** Where a load balancer is reached: IP addresses or a host name, and neither until the cloud has given one. */
export interface LoadBalancerAddress {
  /** IPv4. */
  ip?: string;
  /** Where it has one. */
  ipv6?: string;
  hostname?: string;
}

/** Status of a Service of type LoadBalancer, as far as it tells the address. */
export interface LoadBalancerStatus {
  loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
}

/** The addresses in a Service's status. The IP address counts where there is a host name too (D9). */
export function addressOf(status: LoadBalancerStatus | undefined): LoadBalancerAddress {
  const entries = status?.loadBalancer?.ingress ?? [];
  const ips = entries.map(({ ip }) => ip).filter((ip): ip is string => ip !== undefined && ip !== "");
  const ip = ips.find((each) => !each.includes(":"));
  const ipv6 = ips.find((each) => each.includes(":"));
  if (ip !== undefined || ipv6 !== undefined) {
    return { ...(ip === undefined ? {} : { ip }), ...(ipv6 === undefined ? {} : { ipv6 }) };
  }
  const hostname = entries.map((entry) => entry.hostname).find((each) => each !== undefined && each !== "");
  return hostname === undefined ? {} : { hostname };
}

/** URL at an address, or a sentence while there is none. */
export function urlAt({ ip, hostname }: LoadBalancerAddress): string {
  const host = ip ?? hostname;
  return host === undefined
    ? "pending: the load balancer has no address yet; pulumi refresh asks again"
    : `http://${host}`;
}
