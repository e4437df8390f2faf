import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { belongsTo, ipv6RecordFor, recordFor, recordName } from "../../../lib/addressRecord";

describe("the record that leads a host to a load balancer's IPv6 address", () => {
  it("is AAAA", () => {
    const found = ipv6RecordFor("example.com", { ip: "203.0.113.7", ipv6: "2001:db8::7" });
    assert.deepStrictEqual(found, { type: "AAAA", value: "2001:db8::7" });
  });

  it("cannot be made where there is none, and a sentence says so", () => {
    assert.throws(
      () => ipv6RecordFor("example.com", { ip: "203.0.113.7" }),
      new pulumi.RunError(
        "example.com gets no AAAA record: its load balancer has no IPv6 address; set ingress.loadBalancer.ipv6: false, or run pulumi refresh when it is new",
      ),
    );
  });
});

describe("the record that leads a host to a load balancer", () => {
  it("is A where that has an IP address, for the domain itself too (D11)", () => {
    for (const apex of [true, false]) {
      assert.deepStrictEqual(recordFor("example.com", apex, { ip: "203.0.113.7" }), {
        type: "A",
        value: "203.0.113.7",
      });
    }
  });

  it("is CNAME where it has a host name only, with the dot that ends a full name", () => {
    assert.deepStrictEqual(recordFor("www.example.com", false, { hostname: "lb.example.net" }), {
      type: "CNAME",
      value: "lb.example.net.",
    });
  });

  it("cannot be made for the domain itself by host name, and a sentence says so", () => {
    assert.throws(
      () => recordFor("example.com", true, { hostname: "lb.example.net" }),
      new pulumi.RunError(
        "example.com gets no DNS record: a domain itself cannot lead to a host name, and its load balancer has no IP address but only lb.example.net; use a name below it, such as www.example.com",
      ),
    );
  });

  it("cannot be made while there is no address, and a sentence says so", () => {
    assert.throws(
      () => recordFor("www.example.com", false, {}),
      new pulumi.RunError(
        "www.example.com gets no DNS record yet: its load balancer has no address; run pulumi refresh, then pulumi up",
      ),
    );
  });
});

describe("a host of a domain", () => {
  for (const [host, name] of [
    ["example.com", "@"],
    ["www.example.com", "www"],
    ["*.example.com", "*"],
    ["a.b.example.com", "a.b"],
  ] as const) {
    it(`${host} is named ${name} in it`, () => {
      assert.deepStrictEqual([belongsTo(host, "example.com"), recordName(host, "example.com")], [true, name]);
    });
  }

  for (const host of ["example.org", "myexample.com", "example.com.org", "com"]) {
    it(`is not ${host}`, () => {
      assert.deepStrictEqual(belongsTo(host, "example.com"), false);
    });
  }
});
