import assert from "node:assert/strict";
import { certManagerValues } from "../../../lib/certManagerValues";
import { ingressNginxValues } from "../../../lib/ingressNginxValues";
import type { IngressSettings } from "../../../lib/ingressSettings";
import { traefikValues } from "../../../lib/traefikValues";
import { IMAGES } from "../../../lib/versions";
import { CONTROLLER_ARGS } from "../../support/ingressController";

const SETTINGS: IngressSettings = { ...CONTROLLER_ARGS, publicService: "ingress/public" };
const REDIRECTS = [{ from: "www.example.com", to: "example.com" }];
const nginx = (changes: Partial<IngressSettings> = {}) =>
  ingressNginxValues(
    { ...SETTINGS, ...changes },
    { controller: IMAGES.ingressNginx, certgen: IMAGES.ingressNginxCertgen },
    "ingress-nginx",
  ).controller;
const traefik = (changes: Partial<IngressSettings> = {}) =>
  traefikValues({ ...SETTINGS, ...changes }, IMAGES.traefik, "traefik", "ingress");

describe("the values for ingress-nginx", () => {
  it("run several pods, spread over the nodes, that end within the grace given (K2, K2b)", () => {
    const { replicaCount, terminationGracePeriodSeconds, topologySpreadConstraints, maxUnavailable } = nginx();
    assert.deepStrictEqual([replicaCount, terminationGracePeriodSeconds, maxUnavailable], [2, 60, 1]);
    assert.deepStrictEqual(topologySpreadConstraints[0]?.topologyKey, "kubernetes.io/hostname");
  });

  it("let a broken pod hold up no drain (K8)", () => {
    assert.deepStrictEqual(nginx().unhealthyPodEvictionPolicy, "AlwaysAllow");
  });

  it("run the images by digest (K1)", () => {
    const { image, admissionWebhooks } = nginx();
    for (const { digest } of [image, admissionWebhooks.patch.image]) {
      assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    }
    assert.deepStrictEqual([image.registry, image.image], ["registry.k8s.io", "ingress-nginx/controller"]);
    // The chart writes a tag in any case, and an empty one is no reference.
    const byDigest = { controller: "mirror.example.com/nginx@sha256:1", certgen: IMAGES.ingressNginxCertgen };
    assert.notDeepStrictEqual(ingressNginxValues(SETTINGS, byDigest, "x").controller.image.tag, "");
  });

  it("keep the webhook to the apps' own Ingress objects, failing closed, within what DigitalOcean allows (D13, K2b)", () => {
    const { failurePolicy, timeoutSeconds, objectSelector } = nginx().admissionWebhooks;
    assert.deepStrictEqual(
      [failurePolicy, objectSelector],
      ["Fail", { matchLabels: { "app.kubernetes.io/managed-by": "pulumi" } }],
    );
    assert.ok(timeoutSeconds < 29);
  });

  it("allow no snippets, no old TLS, and no client to name its own address", () => {
    const { allowSnippetAnnotations, config } = nginx();
    assert.deepStrictEqual(
      [allowSnippetAnnotations, config["ssl-protocols"], config["use-forwarded-headers"], config["server-tokens"]],
      [false, "TLSv1.2 TLSv1.3", "false", "false"],
    );
  });

  it("follow the config: redirect, HSTS, sizes, times, PROXY protocol", () => {
    const keys = ["ssl-redirect", "hsts", "proxy-body-size", "proxy-read-timeout", "use-proxy-protocol"] as const;
    const of = (changes: Partial<IngressSettings>) => keys.map((key) => nginx(changes).config[key]);
    assert.deepStrictEqual(of({}), ["true", "true", "8m", "45", "false"]);
    const others = { https: false, hsts: false, maxBodyMi: 50, timeoutSeconds: 300, proxyProtocol: true };
    assert.deepStrictEqual(of(others), ["false", "false", "50m", "300", "true"]);
  });

  it("lead hosts on to others, but for what an issuer asks for", () => {
    assert.deepStrictEqual("server-snippet" in nginx().config, false);
    const config = nginx({ redirects: REDIRECTS }).config as Record<string, string>;
    assert.deepStrictEqual(config["server-snippet"]?.split("\n"), [
      'set $leads_to "";',
      'if ($host = "www.example.com") { set $leads_to "example.com"; }',
      'if ($request_uri ~ "^/\\.well-known/acme-challenge/") { set $leads_to ""; }',
      'if ($leads_to != "") { return 308 https://$leads_to$request_uri; }',
    ]);
  });

  it("leave the class and the Service to the program, and tell the controller which they are (D8)", () => {
    const { ingressClass, ingressClassByName, ingressClassResource, service, extraArgs } = nginx();
    assert.deepStrictEqual(
      [ingressClass, ingressClassByName, ingressClassResource.enabled, service.enabled, extraArgs["publish-service"]],
      ["public", true, false, false, "ingress/public"],
    );
  });
});

describe("the values for Traefik", () => {
  it("run several pods, spread over the nodes, that end within the grace given (K2, K2b)", () => {
    const { deployment, podDisruptionBudget, topologySpreadConstraints } = traefik();
    assert.deepStrictEqual(
      [deployment, podDisruptionBudget],
      [
        { replicas: 2, terminationGracePeriodSeconds: 60 },
        { enabled: true, maxUnavailable: 1 },
      ],
    );
    assert.deepStrictEqual(topologySpreadConstraints[0]?.topologyKey, "kubernetes.io/hostname");
    assert.deepStrictEqual(traefik({ replicas: 1 }).podDisruptionBudget, { enabled: false });
  });

  it("serve on for a moment after SIGTERM, and end before they are killed (K9)", () => {
    for (const graceSeconds of [10, 60]) {
      const { requestAcceptGraceTimeout, graceTimeOut } = traefik({ graceSeconds }).ports.web.transport.lifeCycle;
      assert.ok(parseInt(requestAcceptGraceTimeout) >= 5);
      assert.ok(parseInt(requestAcceptGraceTimeout) + parseInt(graceTimeOut) < graceSeconds);
    }
  });

  it("run the image by digest, with the version that the chart looks for", () => {
    const image = (reference: string) => traefikValues(SETTINGS, reference, "traefik", "ingress").image;
    assert.match(String(image(IMAGES.traefik).tag), /^v3\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
    const mirror = { registry: "mirror.example.com", repository: "traefik" };
    assert.deepStrictEqual(image("mirror.example.com/traefik@sha256:1"), { ...mirror, digest: "sha256:1" });
    assert.deepStrictEqual(image("mirror.example.com/traefik:v3.7.11"), { ...mirror, tag: "v3.7.11" });
  });

  it("redirect to HTTPS, insist on it and on TLS 1.2, and limit and compress, where certificates are", () => {
    const { ports, providers } = traefik();
    assert.deepStrictEqual(ports.web.http, {
      redirections: { entryPoint: { to: "websecure", scheme: "https", permanent: true } },
    });
    assert.deepStrictEqual(ports.websecure.http.middlewares, ["size@file", "compression@file", "hsts@file"]);
    const { http, tls } = providers.file.content;
    assert.deepStrictEqual(http.middlewares.size?.buffering.maxRequestBodyBytes, 8 * 1024 * 1024);
    assert.deepStrictEqual(tls.options.default.minVersion, "VersionTLS12");
  });

  it("lead hosts on to others, but for what an issuer asks for", () => {
    const { ports, providers } = traefik({ redirects: REDIRECTS });
    assert.ok(ports.websecure.http.middlewares.includes("redirect-1@file"));
    const middlewares = providers.file.content.http.middlewares as Record<string, unknown>;
    const { regex, replacement } = (
      middlewares["redirect-1"] as { redirectRegex: { regex: string; replacement: string } }
    ).redirectRegex;
    const led = (url: string) =>
      new RegExp(regex).test(url) ? url.replace(new RegExp(regex), replacement) : undefined;
    const cases: [string, string | undefined][] = [
      ["https://www.example.com/", "https://example.com/"],
      ["https://www.example.com/a/b?c=d", "https://example.com/a/b?c=d"],
      ["https://www.example.com:443/a", "https://example.com/a"],
      ["https://www.example.com/.hidden", "https://example.com/.hidden"],
      ["https://www.example.com/.well-known/acme-challenge/token", undefined],
      ["https://example.com/", undefined],
      ["https://www-example.com/", undefined],
      ["https://www.example.community/", undefined],
    ];
    assert.deepStrictEqual(
      cases.map(([url]) => [url, led(url)]),
      cases,
    );
  });

  it("serve in the clear, as limited, where no certificates are", () => {
    const { additionalArguments, ports } = traefik({ https: false, hsts: false });
    assert.deepStrictEqual(
      [additionalArguments, ports.web.http],
      [["--entryPoints.web.http.middlewares=size@file,compression@file"], undefined],
    );
  });

  it("let answers stream where there is no limit to requests", () => {
    assert.deepStrictEqual(traefik({ maxBodyMi: 0 }).ports.websecure.http.middlewares, [
      "compression@file",
      "hsts@file",
    ]);
  });

  it("take the client's address from the PROXY protocol only where that is spoken (D9)", () => {
    assert.deepStrictEqual(
      [traefik().ports.web.proxyProtocol, traefik({ proxyProtocol: true }).ports.websecure.proxyProtocol],
      [{ insecure: false }, { insecure: true }],
    );
  });

  it("show no dashboard, and call nobody", () => {
    const { api, ingressRoute, global } = traefik();
    assert.deepStrictEqual(
      [api.dashboard, ingressRoute.dashboard.enabled, global],
      [false, false, { checkNewVersion: false, sendAnonymousUsage: false }],
    );
  });

  it("leave the class and the Service to the program, and tell the controller which they are (D8)", () => {
    const { ingressClass, service, providers } = traefik();
    const { ingressClass: served, publishedService } = providers.kubernetesIngress;
    assert.deepStrictEqual(
      [ingressClass.enabled, service.enabled, served, publishedService.pathOverride],
      [false, false, "public", "ingress/public"],
    );
  });
});

describe("the values for cert-manager", () => {
  const values = (replicas: number) => certManagerValues({ images: IMAGES.certManager, replicas });

  it("keep the definitions of its kinds, and with them all certificates, when it goes", () => {
    assert.deepStrictEqual(values(1).crds, { enabled: true, keep: true });
  });

  it("have budgets where there are several pods (K2)", () => {
    assert.deepStrictEqual(
      [values(1).podDisruptionBudget, values(2).podDisruptionBudget, values(2).webhook.replicaCount],
      [{ enabled: false }, { enabled: true, maxUnavailable: 1 }, 2],
    );
  });

  it("call it ready when its webhook answers, within what DigitalOcean allows (D13, K6)", () => {
    const { startupapicheck, webhook } = values(1);
    assert.deepStrictEqual(startupapicheck.enabled, true);
    assert.ok(webhook.timeoutSeconds < 29);
  });

  it("run all images by digest", () => {
    const { image, webhook, cainjector, acmesolver, startupapicheck } = values(1);
    for (const { digest } of [image, ...[webhook, cainjector, acmesolver, startupapicheck].map((part) => part.image)]) {
      assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    }
  });
});
