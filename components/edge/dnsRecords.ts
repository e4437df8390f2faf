import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { type AddressRecord, ipv6RecordFor, recordFor, recordName } from "../../lib/addressRecord";
import { protection, type DataPolicy } from "../../lib/dataPolicy";
import type { LoadBalancerAddress } from "../../lib/loadBalancerAddress";

/** Arguments of {@link DnsRecords}. */
export interface DnsRecordsArgs {
  /** The domain: a plain string, for it names records. */
  domain: string;
  /** Whether this stack makes the domain and owns it, or adds records to one that the account has (D11). */
  ownership: "create" | "existing";
  /** Time to live of the records, in seconds. */
  ttlSeconds: number;
  /** Hosts of the domain, and where each leads: a plain list, for it decides how many records there are. */
  hosts: readonly { host: string; address: pulumi.Output<LoadBalancerAddress> }[];
  /** Whether the hosts lead to an IPv6 address too: a plain value, for it adds records. */
  ipv6?: boolean;
  /** Authorities that alone may issue certificates for the domain; none for any. A plain list, for the same reason. */
  caa?: readonly string[];
  /** `retain` protects the domain that is made. */
  dataPolicy: DataPolicy;
}

/**
 * The DNS records of a stack's hosts. Creates the domain, unless the account has it already, and one record for each
 * host: A where its load balancer has an IP address, CNAME where it has a host name only; further AAAA records where that
 * is asked for, and CAA records. Each record is a resource of its own; the one that comes with a domain that is given an
 * address would be in no state (D11).
 */
export class DnsRecords extends pulumi.ComponentResource {
  /** The hosts that have a record, once they have it. */
  readonly hosts: pulumi.Output<string[]>;

  constructor(name: string, args: DnsRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    // A component's children wait for its inputs: the domain need not wait for load balancers.
    super("flask-doks:edge:DnsRecords", name, { ...args, hosts: undefined }, opts);
    const domain =
      args.ownership === "existing"
        ? pulumi.output(args.domain)
        : new digitalocean.Domain(
            `${name}-domain`,
            { name: args.domain },
            { parent: this, ...protection(args.dataPolicy) },
          ).name;

    const write = (role: string, name: string, record: pulumi.Input<AddressRecord>) => {
      const { type, value } = pulumi.output(record);
      return new digitalocean.DnsRecord(
        role,
        { domain, name: recordName(name, args.domain), type, value, ttl: args.ttlSeconds },
        // A host cannot have a CNAME and another record side by side.
        { parent: this, deleteBeforeReplace: true },
      );
    };
    const records = args.hosts.flatMap(({ host, address }) => [
      write(
        `${name}-${host}`,
        host,
        address.apply((found) => recordFor(host, host === args.domain, found)),
      ),
      ...(args.ipv6 === true
        ? [
            write(
              `${name}-${host}-ipv6`,
              host,
              address.apply((found) => ipv6RecordFor(host, found)),
            ),
          ]
        : []),
    ]);
    for (const authority of args.caa ?? []) {
      new digitalocean.DnsRecord(
        `${name}-caa-${authority}`,
        { domain, name: "@", type: "CAA", value: `${authority}.`, flags: 0, tag: "issue", ttl: args.ttlSeconds },
        { parent: this },
      );
    }
    this.hosts = pulumi.all(records.map(({ id }) => id)).apply(() => args.hosts.map(({ host }) => host));

    this.registerOutputs({ hosts: this.hosts });
  }
}
