import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { IngressController, type IngressControllerArgs } from "../../../../components/edge/ingressController";
import { byName, expected, heirs } from "../../../support/heirs";
import { CONTROLLER_ARGS as ARGS } from "../../../support/ingressController";
import { deploy, type DeployOptions } from "../../../support/mocks";

const make = (changes: Partial<IngressControllerArgs> = {}, name = "env", opts?: pulumi.ComponentResourceOptions) =>
  new IngressController(name, { ...ARGS, ...changes }, opts);

const create = (changes: Partial<IngressControllerArgs> = {}, options: DeployOptions = {}) =>
  deploy(() => {
    const { className, namespace, address } = make(changes);
    return { className, namespace, address };
  }, options);

const NODE_PORTS = { kind: "nodePort", http: 30080, https: 30443 } as const;
const SHARED = [
  "flask-doks:edge:IngressController env",
  "kubernetes:core/v1:Namespace env-namespace",
  "kubernetes:core/v1:Service env-service",
  "kubernetes:networking.k8s.io/v1:IngressClass env-class",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy env-allow-requests",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy env-deny-all",
];

describe("IngressController", () => {
  for (const mode of ["update", "preview"] as const) {
    for (const controller of ["nginx", "traefik"] as const) {
      it(`is ${controller} with a load balancer and nothing else, as ${mode}`, async () => {
        const { list } = await create({ controller }, { mode });
        assert.deepStrictEqual(
          list,
          [...SHARED, "flask-doks:edge:LoadBalancer env", `kubernetes:helm.sh/v3:Release env-${controller}`].sort(),
        );
      });
    }
  }

  it("tells its class, its namespace and where it is reached", async () => {
    const { outputs } = await create();
    assert.deepStrictEqual(outputs, { className: "public", namespace: "ingress", address: { ip: "203.0.113.7" } });
  });

  const releases = [
    ["nginx", "ingress-nginx", "4.15.1", "https://kubernetes.github.io/ingress-nginx"],
    ["traefik", "traefik", "41.3.0", "https://traefik.github.io/charts"],
  ] as const;
  for (const [controller, chart, version, repo] of releases) {
    it(`installs ${controller} at its pinned version under a fixed name, and waits ten minutes for it (D12, K1, K5)`, async () => {
      const { get } = await create({ controller });
      const { values, ...inputs } = get(`env-${controller}`).inputs;
      assert.deepStrictEqual(inputs, {
        chart,
        version,
        repositoryOpts: { repo },
        name: chart,
        namespace: "ingress",
        timeout: 600,
        skipCrds: true,
        compat: "true",
      });
      assert.ok(values);
    });
  }

  it("takes a chart from where the config says", async () => {
    const folder = await create({ charts: { ingressNginx: "/charts/ingress-nginx" } });
    const { chart, version, repositoryOpts } = folder.get("env-nginx").inputs;
    assert.deepStrictEqual([chart, version, repositoryOpts], ["/charts/ingress-nginx", undefined, undefined]);
  });

  it("keeps class, Service and namespace when another controller takes over, and leads to it when it is ready", async () => {
    const [nginx, traefik] = [await create({ controller: "nginx" }), await create({ controller: "traefik" })];
    const kept = ["env-namespace", "env-class", "env-allow-requests", "env-deny-all"];
    assert.deepStrictEqual(
      kept.map((name) => nginx.get(name).inputs),
      kept.map((name) => traefik.get(name).inputs),
    );
    const service = ({ get }: typeof nginx) => {
      const { metadata, spec } = get("env-service").inputs as { metadata: object; spec: { selector: object } };
      return { metadata, selector: spec.selector };
    };
    assert.deepStrictEqual(service(nginx).metadata, service(traefik).metadata);
    assert.deepStrictEqual(service(nginx).selector, {
      "app.kubernetes.io/name": "ingress-nginx",
      "app.kubernetes.io/instance": "ingress-nginx",
      "app.kubernetes.io/component": "controller",
    });
    assert.deepStrictEqual(service(traefik).selector, {
      "app.kubernetes.io/name": "traefik",
      "app.kubernetes.io/instance": "traefik-ingress",
    });
    assert.deepStrictEqual(traefik.waitsFor("env-service", "env-traefik"), true);
  });

  it("has a class that both controllers serve, whichever it is", async () => {
    const { get } = await create();
    const { spec, metadata } = get("env-class").inputs as { spec: object; metadata: { name: string } };
    assert.deepStrictEqual([metadata.name, spec], ["public", { controller: "traefik.io/ingress-controller" }]);
  });

  it("is reached at the ports of its protocols and of its webhook, and at no other", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("env-deny-all").inputs["spec"], { podSelector: {}, policyTypes: ["Ingress"] });
    const { ingress } = get("env-allow-requests").inputs["spec"] as { ingress: { ports: { port: number }[] }[] };
    assert.deepStrictEqual(
      ingress.flatMap(({ ports }) => ports.map(({ port }) => port)),
      [80, 443, 8443, 8000],
    );
  });

  it("admits only restricted pods to its namespace", async () => {
    const { get } = await create();
    const { labels } = get("env-namespace").inputs["metadata"] as { labels: Record<string, string> };
    assert.deepStrictEqual(labels["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("can be reached at ports of every node, with the client's address kept", async () => {
    const { list, get, outputs } = await create({ wayIn: NODE_PORTS });
    assert.ok(!list.some((line) => line.includes("LoadBalancer")));
    assert.deepStrictEqual(get("env-service").inputs["spec"], {
      type: "NodePort",
      externalTrafficPolicy: "Local",
      selector: {
        "app.kubernetes.io/name": "ingress-nginx",
        "app.kubernetes.io/instance": "ingress-nginx",
        "app.kubernetes.io/component": "controller",
      },
      ports: [
        { name: "http", port: 80, targetPort: "http", protocol: "TCP", nodePort: 30080 },
        { name: "https", port: 443, targetPort: "https", protocol: "TCP", nodePort: 30443 },
      ],
    });
    assert.deepStrictEqual(outputs["address"], undefined);
  });

  it("hands parent, protect and provider down to every child (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => make({ wayIn: NODE_PORTS }, "env", opts))),
      byName(
        expected(
          "env caller none",
          "env-namespace env k8s",
          "env-deny-all env k8s",
          "env-allow-requests env k8s",
          "env-class env k8s",
          "env-nginx env k8s",
          "env-service env k8s",
        ),
      ),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make({}, "one"), make({}, "two")]);
    assert.deepStrictEqual(list.length, new Set(list).size);
  });
});
