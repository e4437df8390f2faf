import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { recordFor, recordName } from "../../lib/addressRecord";
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
  /** `retain` protects the domain that is made. */
  dataPolicy: DataPolicy;
}

/**
 * The DNS records of a stack's hosts. Creates the domain, unless the account has it already, and one record for each
 * host: A where its load balancer has an IP address, CNAME where it has a host name only. Each record is a resource of its
 * own; the one that comes with a domain that is given an address would be in no state (D11).
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

    const records = args.hosts.map(({ host, address }) => {
      const record = address.apply((found) => recordFor(host, host === args.domain, found));
      return new digitalocean.DnsRecord(
        `${name}-${host}`,
        {
          domain,
          name: recordName(host, args.domain),
          type: record.type,
          value: record.value,
          ttl: args.ttlSeconds,
        },
        // A host cannot have a CNAME and another record side by side.
        { parent: this, deleteBeforeReplace: true },
      );
    });
    this.hosts = pulumi.all(records.map(({ id }) => id)).apply(() => args.hosts.map(({ host }) => host));

    this.registerOutputs({ hosts: this.hosts });
  }
}
