import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerAddress } from "./loadBalancerAddress";

/** A record that leads a host to an address. */
export interface AddressRecord {
  type: "A" | "AAAA" | "CNAME";
  value: string;
}

/**
 * The record with which a host leads to a load balancer.
 *
 * @param apex Whether the host is the domain itself.
 * @throws pulumi.RunError when there is none.
 */
export function recordFor(host: string, apex: boolean, { ip, hostname }: LoadBalancerAddress): AddressRecord {
  if (ip !== undefined) {
    return { type: "A", value: ip };
  }
  if (hostname === undefined) {
    throw new pulumi.RunError(
      `${host} gets no DNS record yet: its load balancer has no address; run pulumi refresh, then pulumi up`,
    );
  }
  if (apex) {
    throw new pulumi.RunError(
      `${host} gets no DNS record: a domain itself cannot lead to a host name, and its load balancer has no IP address ` +
        `but only ${hostname}; use a name below it, such as www.${host}`,
    );
  }
  // With the dot: without it the name would be taken for one below the domain.
  return { type: "CNAME", value: `${hostname}.` };
}

/**
 * The record with which a host leads to a load balancer's IPv6 address, beside {@link recordFor}.
 *
 * @throws pulumi.RunError when there is none.
 */
export function ipv6RecordFor(host: string, { ipv6 }: LoadBalancerAddress): AddressRecord {
  if (ipv6 === undefined) {
    throw new pulumi.RunError(
      `${host} gets no AAAA record: its load balancer has no IPv6 address; set ingress.loadBalancer.ipv6: false, or run ` +
        "pulumi refresh when it is new",
    );
  }
  return { type: "AAAA", value: ipv6 };
}

/** A host's name within its domain, as records are named: `@` for the domain itself, `www`, `*`. */
export function recordName(host: string, domain: string): string {
  return host === domain ? "@" : host.slice(0, -domain.length - 1);
}

/** Whether a host is a domain or a name below it. */
export function belongsTo(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
