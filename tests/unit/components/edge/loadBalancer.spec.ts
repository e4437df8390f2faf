import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { LoadBalancer, type LoadBalancerArgs } from "../../../../components/edge/loadBalancer";
import { expected, heirs } from "../../../support/heirs";
import { deploy, type DeployOptions } from "../../../support/mocks";

const BASE = "service.beta.kubernetes.io/do-loadbalancer-";

const ARGS: LoadBalancerArgs = {
  metadata: { name: "edge", namespace: "ingress", labels: { "app.kubernetes.io/name": "edge" } },
  loadBalancerName: "flask-doks-test-edge",
  type: "REGIONAL_NETWORK",
  sizeUnit: 2,
  selector: { "app.kubernetes.io/name": "controller" },
  ports: [
    { name: "http", port: 80, targetPort: "http" },
    { name: "https", port: 443, targetPort: 8443 },
  ],
};

const create = (changes: Partial<LoadBalancerArgs> = {}, options: DeployOptions = {}) =>
  deploy(() => ({ address: new LoadBalancer("edge", { ...ARGS, ...changes }).address }), options);

const annotationsOf = async (changes: Partial<LoadBalancerArgs> = {}) => {
  const { metadata } = (await create(changes)).get("edge-service").inputs as { metadata: { annotations: object } };
  return metadata.annotations;
};

describe("LoadBalancer", () => {
  it("is a Service that has one made, and no load balancer beside it to be fought over (D8)", async () => {
    const { list } = await create();
    assert.deepStrictEqual(list, ["flask-doks:edge:LoadBalancer edge", "kubernetes:core/v1:Service edge-service"]);
  });

  for (const type of ["REGIONAL_NETWORK", "REGIONAL"] as const) {
    it(`says its name, its type, ${type}, and its size, and sets no host name (D9)`, async () => {
      assert.deepStrictEqual(await annotationsOf({ type }), {
        [`${BASE}name`]: "flask-doks-test-edge",
        [`${BASE}type`]: type,
        [`${BASE}size-unit`]: "2",
      });
    });
  }

  for (const [type, proxyProtocol, spoken] of [
    ["REGIONAL", true, "true"],
    ["REGIONAL", false, undefined],
    ["REGIONAL_NETWORK", true, undefined],
  ] as const) {
    it(`${spoken === undefined ? "speaks no" : "speaks"} PROXY protocol when asked ${proxyProtocol ? "to" : "not to"} with type ${type} (D9)`, async () => {
      const annotations = (await annotationsOf({ type, proxyProtocol })) as Record<string, string>;
      assert.deepStrictEqual(annotations[`${BASE}enable-proxy-protocol`], spoken);
    });
  }

  it("keeps the client's address, and leads the given ports to the given pods (D9)", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("edge-service").inputs["spec"], {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      selector: { "app.kubernetes.io/name": "controller" },
      ports: [
        { name: "http", port: 80, targetPort: "http", protocol: "TCP" },
        { name: "https", port: 443, targetPort: 8443, protocol: "TCP" },
      ],
    });
  });

  it("is named and labelled as its caller says", async () => {
    const { get } = await create();
    const { annotations, ...metadata } = get("edge-service").inputs["metadata"] as Record<string, unknown>;
    assert.deepStrictEqual([metadata, typeof annotations], [ARGS.metadata, "object"]);
  });

  it("does not take away what the cloud controller writes back (D8)", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("edge-service").ignoreChanges, [
      'metadata.annotations["kubernetes.digitalocean.com/load-balancer-id"]',
      `metadata.annotations["${BASE}type"]`,
    ]);
  });

  it("is made anew when its type changes, which the ignored annotation alone would hide (D8)", async () => {
    const triggers: unknown[] = [];
    const look: pulumi.ResourceTransformation = ({ name, opts }) => {
      if (name === "edge-service") {
        triggers.push(opts.replacementTrigger);
      }
      return undefined;
    };
    const { get } = await deploy(
      () => new LoadBalancer("edge", { ...ARGS, type: "REGIONAL" }, { transformations: [look] }),
    );
    assert.deepStrictEqual([triggers, get("edge-service").deleteBeforeReplace], [["REGIONAL"], true]);
  });

  it("is given the time that it takes to come up, and to go (D12)", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("edge-service").timeouts, { create: "15m", update: "15m", delete: "15m" });
  });

  it("opens after what it leads to, shuts before it, and goes while the cluster is there (D7, K11)", async () => {
    const { waitsFor, get } = await deploy(() => {
      const provider = new k8s.Provider("the-cluster", { kubeconfig: "x" });
      const pods = new k8s.core.v1.ConfigMap("pods", {}, { provider });
      return new LoadBalancer("edge", { ...ARGS, after: [pods] }, { providers: { kubernetes: provider } });
    });
    assert.deepStrictEqual([waitsFor("edge-service", "pods"), get("edge-service").provider], [true, "the-cluster"]);
  });

  it("tells its address", async () => {
    assert.deepStrictEqual((await create()).outputs, { address: { ip: "203.0.113.7" } });
  });

  it("has no address in a first preview", async () => {
    assert.deepStrictEqual((await create({}, { mode: "preview" })).outputs, { address: undefined });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      await heirs((opts) => new LoadBalancer("edge", ARGS, opts)),
      expected("edge caller none", "edge-service edge k8s"),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [new LoadBalancer("one", ARGS), new LoadBalancer("two", ARGS)]);
    assert.deepStrictEqual([list.length, new Set(list).size], [4, 4]);
  });
});
