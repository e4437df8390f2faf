import type { V1Service } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import {
  hostnameOf,
  loadBalancerName,
  loadBalancerRequest,
} from "../../../../../local/digitalocean/cloudController/loadBalancerRequest";

const place = { clusterId: "c1", region: "fra1", vpc: "v1", dropletIds: [7, 8] };

const service = (annotations: Record<string, string> = {}, spec: Partial<V1Service["spec"]> = {}): V1Service => ({
  metadata: {
    uid: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([name, value]) => [`service.beta.kubernetes.io/do-loadbalancer-${name}`, value]),
    ),
  },
  spec: { ports: [{ port: 80, nodePort: 30080, protocol: "TCP" }], ...spec },
});

const rules = (annotations: Record<string, string>, spec: Partial<V1Service["spec"]> = {}) =>
  loadBalancerRequest(service(annotations, spec), place).forwarding_rules.map((rule) =>
    [rule.entry_protocol, rule.entry_port, rule.target_protocol, rule.target_port].join(" "),
  );

describe("the load balancer that a Service asks for", () => {
  it("is a network load balancer of the cluster's, which targets the service port (D9)", () => {
    const request = loadBalancerRequest(service(), place);
    assert.equal(request.type, "REGIONAL_NETWORK");
    assert.deepEqual(rules({}), ["tcp 80 tcp 80"]);
    assert.deepEqual(
      [request.tags, request.region, request.vpc_uuid, request.droplet_ids],
      [["k8s:c1"], "fra1", "v1", [7, 8]],
    );
  });

  it("targets the node ports with type REGIONAL", () => {
    assert.deepEqual(rules({ type: "REGIONAL" }), ["tcp 80 tcp 30080"]);
  });

  it("speaks the protocols that the annotations say, port by port", () => {
    const ports = [
      { port: 80, nodePort: 1 },
      { port: 443, nodePort: 2 },
      { port: 8443, nodePort: 3 },
      { port: 53, nodePort: 4, protocol: "UDP" },
    ];
    const annotations = { type: "REGIONAL", protocol: "http", "tls-ports": "443", "http2-ports": "8443" };
    assert.deepEqual(rules({ ...annotations, "certificate-id": "x" }, { ports }), [
      "http 80 http 1",
      "https 443 http 2",
      "http2 8443 http 3",
      "udp 53 udp 4",
    ]);
    assert.deepEqual(rules({ ...annotations, "tls-passthrough": "true" }, { ports }).slice(1, 2), [
      "https 443 https 2",
    ]);
  });

  it("is named by annotation, or after the Service's uid as Kubernetes does", () => {
    assert.equal(loadBalancerName(service({ name: "front-door" })), "front-door");
    assert.equal(loadBalancerName(service()), "a0f1e2d3c4b5a69788796a5b4c3d2e1f");
  });

  it("has the host name of its annotation in small letters; an empty one is none (D9)", () => {
    assert.equal(hostnameOf(service({ hostname: "Shop.Example.com" })), "shop.example.com");
    assert.equal(hostnameOf(service({ hostname: "" })), undefined);
  });

  it("asks the node whether it has a pod of the Service, where traffic stays on the node", () => {
    const local = { externalTrafficPolicy: "Local", healthCheckNodePort: 31000 };
    assert.equal(loadBalancerRequest(service({}, local), place).health_check["port"], 31000);
    assert.equal(loadBalancerRequest(service(), place).health_check["port"], 10256);
  });

  it("has the size of its annotation, and lets in the Service's source ranges only", () => {
    const request = loadBalancerRequest(
      service({ "size-unit": "3" }, { loadBalancerSourceRanges: ["192.0.2.0/24"] }),
      place,
    );
    assert.equal(request.size_unit, 3);
    assert.deepEqual(request.firewall, { allow: ["cidr:192.0.2.0/24"], deny: [] });
    assert.ok(!("size_unit" in loadBalancerRequest(service(), place)));
  });

  for (const [what, annotations, message] of [
    ["a type that there is not", { type: "GLOBAL" }, /only LB types supported are \(REGIONAL, REGIONAL_NETWORK\)/],
    ["a size that is no number", { "size-unit": "big" }, /"big" is no number/],
    ["two sizes", { "size-unit": "1", "size-slug": "lb-small" }, /only one of/],
    ["a flag that is neither", { "enable-proxy-protocol": "maybe" }, /failed to parse enable-proxy-protocol flag/],
    ["TLS without a certificate", { type: "REGIONAL", protocol: "https" }, /must set certificate id/],
  ] as const) {
    it(`is refused for ${what}`, () => {
      assert.throws(() => loadBalancerRequest(service(annotations), place), message);
    });
  }
});
