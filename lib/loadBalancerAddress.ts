/** Where a load balancer is reached: an IP address or a host name, and neither until the cloud has given one. */
export interface LoadBalancerAddress {
  ip?: string;
  hostname?: string;
}

/** Status of a Service of type LoadBalancer, as far as it tells the address. */
export interface LoadBalancerStatus {
  loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
}

/** The address in a Service's status. The IP address counts where there is a host name too (D9). */
export function addressOf(status: LoadBalancerStatus | undefined): LoadBalancerAddress {
  const { ip, hostname } = status?.loadBalancer?.ingress?.[0] ?? {};
  return ip !== undefined && ip !== "" ? { ip } : hostname !== undefined && hostname !== "" ? { hostname } : {};
}

/** URL at an address, or a sentence while there is none. */
export function urlAt({ ip, hostname }: LoadBalancerAddress): string {
  const host = ip ?? hostname;
  return host === undefined
    ? "pending: the load balancer has no address yet; pulumi refresh asks again"
    : `http://${host}`;
}
