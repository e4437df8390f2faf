import assert from "node:assert/strict";
import { clusterlint } from "../support/clusterlint";
import { manifests } from "../support/manifests";
import { deployProgram, type Deployed } from "../support/mocks";
import { app, stack, stackFile } from "../support/stackFiles";

const HOSTS = ["example.com", "www.example.com"];

/** The dev stack with its blog behind an Ingress, as a user with a domain has it. */
function behindIngress(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const [blog] = stackFile("dev")["apps"] as [object];
  const apps = [{ ...blog, expose: "ingress", hosts: HOSTS }];
  return { ...stackFile("dev"), domain: "example.com", apps, ...changes };
}

const review = () =>
  stack({
    cluster: { kind: "shared", stack: "dev" },
    domain: "of-the-team.example",
    dns: { domain: "existing" },
    apps: [app({ expose: "ingress", hosts: ["7.of-the-team.example"] })],
  });

describe("a stack with an app behind an Ingress", () => {
  let deployed: Deployed;
  before(async () => {
    deployed = await deployProgram({ stack: "dev", config: behindIngress() });
  });

  it("has one way in with its certificates, and no load balancer of the app's own", () => {
    const wayIn = deployed.list.filter((line) => / (flask-doks-dev|blog-exposure|blog-certificate)/.test(line));
    assert.deepStrictEqual(
      wayIn.filter((line) => /:edge:|Release|Ingress|cert-manager|dnsRecord|domain:|:Service /.test(line)),
      [
        "digitalocean:index/dnsRecord:DnsRecord flask-doks-dev-example.com",
        "digitalocean:index/dnsRecord:DnsRecord flask-doks-dev-www.example.com",
        "digitalocean:index/domain:Domain flask-doks-dev-domain",
        "flask-doks:edge:CertManager flask-doks-dev-certificates",
        "flask-doks:edge:CertificateIssuer flask-doks-dev",
        "flask-doks:edge:DnsRecords flask-doks-dev",
        "flask-doks:edge:Edge flask-doks-dev",
        "flask-doks:edge:IngressController flask-doks-dev",
        "flask-doks:edge:LoadBalancer flask-doks-dev",
        "kubernetes:cert-manager.io/v1:Certificate blog-certificate",
        "kubernetes:cert-manager.io/v1:ClusterIssuer flask-doks-dev-issuer",
        "kubernetes:core/v1:Service flask-doks-dev-service",
        "kubernetes:helm.sh/v3:Release flask-doks-dev-certificates-cert-manager",
        "kubernetes:helm.sh/v3:Release flask-doks-dev-nginx",
        "kubernetes:networking.k8s.io/v1:Ingress blog-exposure-ingress",
        "kubernetes:networking.k8s.io/v1:IngressClass flask-doks-dev-class",
      ],
    );
  });

  it("lists the same in a preview from nothing", async () => {
    const preview = await deployProgram({ stack: "dev", config: behindIngress(), mode: "preview" });
    assert.deepStrictEqual(preview.list, deployed.list);
  });

  it("asks for the certificate when the names lead here, and for the names without waiting for the app (D11)", () => {
    for (const host of HOSTS) {
      assert.ok(deployed.waitsFor("blog-certificate", `flask-doks-dev-${host}`), host);
      assert.ok(deployed.waitsFor(`flask-doks-dev-${host}`, "flask-doks-dev-service"), host);
      assert.ok(!deployed.waitsFor(`flask-doks-dev-${host}`, "blog-deployment"), host);
    }
  });

  it("takes certificates and issuer away before cert-manager, and Ingress objects before the controller (K6, K12)", () => {
    const { waitsFor } = deployed;
    assert.deepStrictEqual(
      [
        waitsFor("blog-certificate", "flask-doks-dev-issuer"),
        waitsFor("flask-doks-dev-issuer", "flask-doks-dev-certificates-cert-manager"),
        waitsFor("blog-exposure-ingress", "flask-doks-dev-nginx"),
      ],
      [true, true, true],
    );
  });

  it("lets only the controller's namespace in", () => {
    const { ingress } = deployed.get("blog-allow-requests").inputs["spec"] as { ingress: { from: unknown }[] };
    assert.deepStrictEqual(
      ingress.map(({ from }) => from),
      [[{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }]],
    );
  });

  it("gives DigitalOcean's checks before an upgrade nothing to report (D13)", () => {
    assert.deepStrictEqual(clusterlint(manifests(deployed)), []);
  });

  it("tells the app's URLs, and the way in for those who share the cluster", () => {
    const { urls, apps, edge } = deployed.outputs;
    assert.deepStrictEqual(urls, { blog: "https://example.com" });
    assert.deepStrictEqual(apps, {
      blog: { namespace: "blog", urls: ["https://example.com", "https://www.example.com"] },
    });
    assert.deepStrictEqual(edge, {
      className: "public",
      namespace: "ingress",
      issuer: "letsencrypt",
      address: { ip: "203.0.113.7" },
    });
  });

  it("costs one load balancer, however many apps there are", async () => {
    const [blog] = behindIngress()["apps"] as [object];
    const shop = app({ name: "shop", expose: "ingress", hosts: ["shop.example.com"] });
    const { outputs } = await deployProgram({ stack: "dev", config: behindIngress({ apps: [blog, shop] }) });
    const { items } = outputs["monthlyCost"] as { items: { item: string }[] };
    assert.deepStrictEqual(
      items.map(({ item }) => item).filter((item) => item.startsWith("load balancer")),
      ["load balancer Ingress"],
    );
  });

  it("keeps the token for records a secret everywhere", async () => {
    const config = behindIngress({ tls: { challenge: "dns01", dnsToken: "dop_v1_the_dns_token" } });
    const { resources } = await deployProgram({ stack: "dev", config, secretKeys: ["tls"] });
    const open = resources.flatMap(({ name, inputs, secrets }) =>
      Object.entries(inputs)
        .filter(([key, value]) => !secrets.includes(key) && JSON.stringify(value).includes("the_dns_token"))
        .map(([key]) => `${name}.${key}`),
    );
    assert.deepStrictEqual(open, []);
    assert.ok(resources.some(({ inputs }) => JSON.stringify(inputs).includes("the_dns_token")));
  });

  it("has no certificates with tls.issuer: none, and is reached in the clear", async () => {
    const { list, outputs } = await deployProgram({ stack: "dev", config: behindIngress({ tls: { issuer: "none" } }) });
    assert.deepStrictEqual(
      list.filter((line) => /cert-manager|Certificate/.test(line)),
      [],
    );
    assert.deepStrictEqual(outputs["urls"], { blog: "http://example.com" });
  });
});

/** Has the account hold the domain, as the stack that owns it would. */
async function domainExists(name: string): Promise<void> {
  const { DIGITALOCEAN_API_URL: api = "", DIGITALOCEAN_TOKEN: token = "" } = process.env;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const { status } = await fetch(`${api}/v2/domains`, { method: "POST", headers, body: JSON.stringify({ name }) });
  assert.equal(status, 201);
}

describe("a review app behind another stack's Ingress", () => {
  before(() => domainExists("of-the-team.example"));

  it("goes by its class, its address and its issuer, and makes none of its own", async () => {
    const { list, get, outputs } = await deployProgram({ stack: "review-7", config: review() });
    const { ingressClassName } = get("blog-exposure-ingress").inputs["spec"] as { ingressClassName: string };
    const { issuerRef } = get("blog-certificate").inputs["spec"] as { issuerRef: { name: string } };
    const { value } = get("flask-doks-review-7-7.of-the-team.example").inputs;
    assert.deepStrictEqual([ingressClassName, issuerRef.name, value], ["theirs", "letsencrypt", "203.0.113.8"]);
    assert.ok(!list.some((line) => /helm.*:Release|IngressClass|ClusterIssuer|domain:/.test(line)));
    assert.deepStrictEqual(outputs["urls"], { blog: "https://7.of-the-team.example" });
  });
});
