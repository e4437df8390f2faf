import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { DnsRecords, type DnsRecordsArgs } from "../../../../components/edge/dnsRecords";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, type DeployOptions } from "../../../support/mocks";

const BY_IP = { ip: "203.0.113.7" };
const BY_NAME = { hostname: "lb.example.net" };

/** Arguments for hosts of which each leads to an address. They are made within the program, for outputs are of a run. */
const args = (changes: Partial<DnsRecordsArgs> = {}): DnsRecordsArgs => ({
  domain: "example.com",
  ownership: "create",
  ttlSeconds: 300,
  hosts: [{ host: "example.com", address: pulumi.output(BY_IP) }],
  dataPolicy: "delete",
  ...changes,
});

const create = (changes: () => Partial<DnsRecordsArgs> = () => ({}), options: DeployOptions = {}) =>
  deploy(() => ({ hosts: new DnsRecords("dns", args(changes())).hosts }), options);

describe("DnsRecords", () => {
  it("creates the domain and a record for each host", async () => {
    const { list, outputs } = await create(() => ({
      hosts: ["example.com", "www.example.com"].map((host) => ({ host, address: pulumi.output(BY_IP) })),
    }));
    assert.deepStrictEqual(list, [
      "digitalocean:index/dnsRecord:DnsRecord dns-example.com",
      "digitalocean:index/dnsRecord:DnsRecord dns-www.example.com",
      "digitalocean:index/domain:Domain dns-domain",
      "flask-doks:edge:DnsRecords dns",
    ]);
    assert.deepStrictEqual(outputs, { hosts: ["example.com", "www.example.com"] });
  });

  it("makes the domain without an address, which would leave a record in no state (D11)", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("dns-domain").inputs, { name: "example.com" });
  });

  it("adds records to a domain that the account has, and owns it not (D11)", async () => {
    const { list, get } = await create(() => ({ ownership: "existing", dataPolicy: "retain" }));
    assert.deepStrictEqual(list, [
      "digitalocean:index/dnsRecord:DnsRecord dns-example.com",
      "flask-doks:edge:DnsRecords dns",
    ]);
    assert.deepStrictEqual(get("dns-example.com").inputs["domain"], "example.com");
  });

  const records: [string, string, typeof BY_IP | typeof BY_NAME, Record<string, unknown>][] = [
    ["the domain itself by address", "example.com", BY_IP, { name: "@", type: "A", value: "203.0.113.7" }],
    ["a name below it by address", "www.example.com", BY_IP, { name: "www", type: "A", value: "203.0.113.7" }],
    ["a name far below it", "a.b.example.com", BY_IP, { name: "a.b", type: "A", value: "203.0.113.7" }],
    ["all names below it", "*.example.com", BY_IP, { name: "*", type: "A", value: "203.0.113.7" }],
    ["a name below it by name", "www.example.com", BY_NAME, { name: "www", type: "CNAME", value: "lb.example.net." }],
  ];
  for (const [title, host, address, record] of records) {
    it(`leads ${title} to the load balancer, for the time that config says (D11)`, async () => {
      const { get } = await create(() => ({ ttlSeconds: 60, hosts: [{ host, address: pulumi.output(address) }] }));
      assert.deepStrictEqual(get(`dns-${host}`).inputs, { domain: "example.com", ttl: 60, ...record });
    });
  }

  it("leads a host to the IPv6 address too, where that is asked for", async () => {
    const both = { ip: "203.0.113.7", ipv6: "2001:db8::7" };
    const { get } = await create(() => ({
      ipv6: true,
      hosts: [{ host: "example.com", address: pulumi.output(both) }],
    }));
    const record = { domain: "example.com", name: "@", ttl: 300 };
    assert.deepStrictEqual(
      [get("dns-example.com").inputs, get("dns-example.com-ipv6").inputs],
      [
        { ...record, type: "A", value: "203.0.113.7" },
        { ...record, type: "AAAA", value: "2001:db8::7" },
      ],
    );
  });

  it("says which authorities alone may issue certificates, where the config does", async () => {
    const { list, get } = await create(() => ({ caa: ["letsencrypt.org"] }));
    assert.ok(list.includes("digitalocean:index/dnsRecord:DnsRecord dns-caa-letsencrypt.org"));
    assert.deepStrictEqual(get("dns-caa-letsencrypt.org").inputs, {
      domain: "example.com",
      name: "@",
      type: "CAA",
      value: "letsencrypt.org.",
      flags: 0,
      tag: "issue",
      ttl: 300,
    });
  });

  it("takes a record away before it makes one of another kind, for the two exclude each other", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("dns-example.com").deleteBeforeReplace, true);
  });

  it("makes records after the domain, and the domain without waiting for a load balancer", async () => {
    const { get, waitsFor } = await deploy(
      () => {
        const slow = new k8s.core.v1.ConfigMap("slow");
        return new DnsRecords("dns", args({ hosts: [{ host: "example.com", address: slow.id.apply(() => BY_IP) }] }));
      },
      { slow: "slow" },
    );
    assert.deepStrictEqual(
      [waitsFor("dns-example.com", "dns-domain"), get("dns-domain").askedAt < get("slow").readyAt],
      [true, true],
    );
  });

  it("is protected in its domain, where data is retained, and in no record", async () => {
    const { get } = await create(() => ({ dataPolicy: "retain" }));
    assert.deepStrictEqual([get("dns-domain").protect, get("dns-example.com").protect], [true, false]);
  });

  it("lists every record in a first preview, before a load balancer has an address", async () => {
    const { get } = await create(
      () => {
        const pending = new k8s.core.v1.ConfigMap("pending");
        return { hosts: [{ host: "example.com", address: pending.id.apply(() => BY_IP) }] };
      },
      { mode: "preview" },
    );
    assert.deepStrictEqual(get("dns-example.com").inputs, { domain: "example.com", name: "@", ttl: 300 });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new DnsRecords("dns", args(), opts))),
      byName(expected("dns caller none", "dns-domain dns cloud", "dns-example.com dns cloud")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [
      new DnsRecords("one", args()),
      new DnsRecords("two", args({ domain: "example.org", hosts: [] })),
    ]);
    assert.deepStrictEqual([list.length, new Set(list).size], [5, 5]);
  });
});
