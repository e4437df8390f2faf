import * as k8s from "@pulumi/kubernetes";
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AppExposure, type Exposure } from "../../../../components/app/appExposure";
import { EDGE } from "../../../support/edges";
import { expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";

const INGRESS: Exposure = {
  kind: "ingress",
  edge: EDGE,
  hosts: ["example.com", "www.example.com"],
  https: true,
};
const LOAD_BALANCER: Exposure = {
  kind: "loadBalancer",
  name: "flask-doks-test-blog",
  type: "REGIONAL_NETWORK",
  sizeUnit: 2,
  hosts: [],
};

/** A way in to an app that is there: its Service and its Deployment. */
function create(name: string, exposure: Exposure, opts?: pulumi.ComponentResourceOptions): AppExposure {
  const service = new k8s.core.v1.Service(`the-${name}-service`, {
    metadata: { name: "blog" },
    spec: { type: exposure.kind === "nodePort" ? "NodePort" : "ClusterIP", ports: [{ name: "http", port: 80 }] },
  });
  const deployment = new k8s.apps.v1.Deployment(`the-${name}-deployment`, {
    metadata: { name: "blog" },
    spec: { selector: {}, template: {} },
  });
  return new AppExposure(name, { app: "blog", namespace: "blog", exposure, service, deployment }, opts);
}

const expose = (exposure: Exposure, mode: "update" | "preview" = "update") =>
  deploy(
    () => {
      const { url, address } = create("way", exposure);
      return { url, address };
    },
    { mode },
  );

/** What it creates, without the app that is there. */
const created = (list: string[]) => list.filter((line) => !line.includes(" the-"));

describe("AppExposure at a node port", () => {
  it("creates nothing, for the app's own Service is reached", async () => {
    const { list, outputs } = await expose({ kind: "nodePort", address: "localhost" });
    assert.deepStrictEqual(created(list), ["flask-doks:app:AppExposure way"]);
    assert.deepStrictEqual(outputs, { url: "http://localhost:31999", address: undefined });
  });
});

describe("AppExposure at a load balancer", () => {
  it("creates a load balancer of its own (D8)", async () => {
    const { list } = await expose(LOAD_BALANCER);
    assert.deepStrictEqual(created(list), [
      "flask-doks:app:AppExposure way",
      "flask-doks:edge:LoadBalancer way",
      "kubernetes:core/v1:Service way-service",
    ]);
  });

  it("asks for the load balancer's name, type and size, for requests to the app's pods (D9)", async () => {
    const { get } = await expose(LOAD_BALANCER);
    const { metadata, spec } = get("way-service").inputs as { metadata: { annotations: unknown }; spec: unknown };
    assert.deepStrictEqual(metadata.annotations, {
      "service.beta.kubernetes.io/do-loadbalancer-name": "flask-doks-test-blog",
      "service.beta.kubernetes.io/do-loadbalancer-type": "REGIONAL_NETWORK",
      "service.beta.kubernetes.io/do-loadbalancer-size-unit": "2",
    });
    assert.deepStrictEqual(spec, {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      selector: { "app.kubernetes.io/name": "blog", "app.kubernetes.io/component": "web" },
      ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
    });
  });

  it("has a name of its own beside the app's Service", async () => {
    const { get } = await expose(LOAD_BALANCER);
    const { name, namespace } = get("way-service").inputs["metadata"] as Record<string, unknown>;
    assert.deepStrictEqual([name, namespace], ["blog-public", "blog"]);
  });

  it("opens when the app is ready, and shuts before it goes (K11)", async () => {
    const { get, waitsFor } = await expose(LOAD_BALANCER);
    assert.deepStrictEqual(get("way-service").dependencies.includes("the-way-deployment"), true);
    assert.deepStrictEqual(waitsFor("way-service", "the-way-deployment"), true);
  });

  it("answers at the address that the cloud gave, and tells it", async () => {
    const { outputs } = await expose(LOAD_BALANCER);
    assert.deepStrictEqual(outputs, { url: "http://203.0.113.7", address: { ip: "203.0.113.7" } });
  });

  it("answers at its main host, when that has a record", async () => {
    const { outputs } = await expose({ ...LOAD_BALANCER, hosts: ["*.example.com", "example.com"] });
    assert.deepStrictEqual(outputs, { url: "http://example.com", address: { ip: "203.0.113.7" } });
  });

  it("answers at no address yet in a first preview", async () => {
    const { outputs } = await expose(LOAD_BALANCER, "preview");
    assert.deepStrictEqual(outputs, { url: undefined, address: undefined });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      await heirs((opts) => create("way", LOAD_BALANCER, opts)),
      expected("way caller none", "way way none", "way-service way k8s"),
    );
  });
});

describe("AppExposure behind an Ingress", () => {
  const rule = (host: string) => ({
    host,
    http: {
      paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "blog", port: { name: "http" } } } }],
    },
  });

  it("creates an Ingress for each host, with a certificate for all, and no annotation of any controller (K1)", async () => {
    const { list, get, outputs } = await expose(INGRESS);
    assert.deepStrictEqual(created(list), [
      "flask-doks:app:AppExposure way",
      "kubernetes:networking.k8s.io/v1:Ingress way-ingress",
    ]);
    assert.deepStrictEqual(get("way-ingress").inputs, {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: {
        name: "blog",
        namespace: "blog",
        labels: {
          "app.kubernetes.io/name": "blog",
          "app.kubernetes.io/component": "web",
          "app.kubernetes.io/part-of": "blog",
          "app.kubernetes.io/managed-by": "pulumi",
        },
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        ingressClassName: "public",
        tls: [{ hosts: ["example.com", "www.example.com"], secretName: "blog-tls" }],
        rules: [rule("example.com"), rule("www.example.com")],
      },
    });
    assert.deepStrictEqual(outputs, { url: "https://example.com", address: undefined });
  });

  it("asks for no certificate without https", async () => {
    const { get, outputs } = await expose({ ...INGRESS, https: false, hosts: ["example.com"] });
    assert.deepStrictEqual(get("way-ingress").inputs["spec"], {
      ingressClassName: "public",
      rules: [rule("example.com")],
    });
    assert.deepStrictEqual(outputs, { url: "http://example.com", address: undefined });
  });

  it("opens when the app is ready, and while the controller answers for it (K6, K11)", async () => {
    const { get } = await deploy(() => {
      const release = new k8s.helm.v3.Release("the-release", { chart: "x" });
      return create("way", { ...INGRESS, edge: { ...EDGE, after: [release] } });
    });
    const { dependencies } = get("way-ingress");
    assert.deepStrictEqual(
      ["the-way-deployment", "the-release"].filter((name) => !dependencies.includes(name)),
      [],
    );
  });

  it("is reached where the controller's load balancer is", async () => {
    const { outputs } = await deploy(() => {
      const edge = { ...EDGE, address: pulumi.output({ ip: "203.0.113.9" }) };
      const { url, address } = create("way", { ...INGRESS, edge });
      return { url, address };
    });
    assert.deepStrictEqual(outputs, { url: "https://example.com", address: { ip: "203.0.113.9" } });
  });

  it("names the port in the URL where it is not the usual one", async () => {
    const { outputs } = await expose({ ...INGRESS, port: 30443 });
    assert.deepStrictEqual(outputs["url"], "https://example.com:30443");
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      await heirs((opts) => create("way", INGRESS, opts)),
      expected("way caller none", "way-ingress way k8s"),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [create("one", INGRESS), create("two", INGRESS)]);
    assert.deepStrictEqual([created(list).length, new Set(created(list)).size], [4, 4]);
  });
});
