import assert from "node:assert/strict";
import { addressOf, urlAt, type LoadBalancerStatus } from "../../../lib/loadBalancerAddress";

const PENDING = "pending: the load balancer has no address yet; pulumi refresh asks again";

describe("the address of a load balancer", () => {
  const at = (ingress?: { ip?: string; hostname?: string }[]): LoadBalancerStatus => ({
    loadBalancer: ingress === undefined ? {} : { ingress },
  });
  const cases: [string, LoadBalancerStatus | undefined, object, string][] = [
    ["an IP address", at([{ ip: "203.0.113.7" }]), { ip: "203.0.113.7" }, "http://203.0.113.7"],
    [
      "a host name only (D9)",
      at([{ hostname: "lb.example.com" }]),
      { hostname: "lb.example.com" },
      "http://lb.example.com",
    ],
    ["both (D9)", at([{ ip: "203.0.113.7", hostname: "lb.example.com" }]), { ip: "203.0.113.7" }, "http://203.0.113.7"],
    [
      "addresses of both kinds",
      at([{ ip: "2001:db8::7" }, { ip: "203.0.113.7" }]),
      { ip: "203.0.113.7", ipv6: "2001:db8::7" },
      "http://203.0.113.7",
    ],
    ["empty words", at([{ ip: "", hostname: "" }]), {}, PENDING],
    ["nothing yet", at([]), {}, PENDING],
    ["no list yet", at(), {}, PENDING],
    ["no word of the load balancer yet", {}, {}, PENDING],
    ["no status at all", undefined, {}, PENDING],
  ];
  for (const [title, status, address, url] of cases) {
    it(`is read from a status with ${title}`, () => {
      const found = addressOf(status);
      assert.deepStrictEqual([found, urlAt(found)], [address, url]);
    });
  }
});
