import assert from "node:assert/strict";
import { contextHash } from "../../lib/contentHash";
import { IMAGES } from "../../lib/versions";
import { join } from "node:path";
import { attemptProgram, deployProgram, type Deployed } from "../support/mocks";
import { app, deployStack, ROOT, stack, stackFile, STACKS } from "../support/stackFiles";

/** What each stack creates for the blog, whatever it runs on. */
const BLOG = [
  "docker:index/image:Image blog-image",
  "flask-doks:app:AppEnvironment blog",
  "flask-doks:app:AppExposure blog-exposure",
  "flask-doks:app:AppImage blog",
  "flask-doks:app:AppRelease blog",
  "flask-doks:app:FlaskApp blog",
  "flask-doks:data:AppDatabase blog-database",
  "flask-doks:data:Mysql blog-database-mysql",
  "flask-doks:data:RotatingPassword blog-database-mysql-password",
  "flask-doks:data:RotatingPassword blog-database-mysql-root-password",
  "kubernetes:apps/v1:Deployment blog-deployment",
  "kubernetes:apps/v1:StatefulSet blog-database-mysql-server",
  "kubernetes:batch/v1:Job blog-migration",
  "kubernetes:core/v1:ConfigMap blog-config",
  "kubernetes:core/v1:Namespace blog-namespace",
  "kubernetes:core/v1:PersistentVolumeClaim blog-database-mysql-volume",
  "kubernetes:core/v1:Secret blog-secrets",
  "kubernetes:core/v1:Secret blog-database-mysql-credentials",
  "kubernetes:core/v1:Service blog-database-mysql-service",
  "kubernetes:core/v1:Service blog-service",
  "kubernetes:core/v1:ServiceAccount blog-database-mysql-service-account",
  "kubernetes:core/v1:ServiceAccount blog-service-account",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-database-allow-database",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-database-allow-database-clients",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-allow-dns",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-allow-requests",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-deny-all",
  "kubernetes:policy/v1:PodDisruptionBudget blog-disruption-budget",
  "kubernetes:policy/v1:PodDisruptionBudget blog-database-mysql-disruption-budget",
  "random:index/randomPassword:RandomPassword blog-secret-key",
  "random:index/randomPassword:RandomPassword blog-database-mysql-generation",
  "random:index/randomPassword:RandomPassword blog-database-mysql-password-even",
  "random:index/randomPassword:RandomPassword blog-database-mysql-password-odd",
  "random:index/randomPassword:RandomPassword blog-database-mysql-root-password-even",
  "random:index/randomPassword:RandomPassword blog-database-mysql-root-password-odd",
];

/** The tag of the blog's image: a hash of its source and of what it is built with. */
const BLOG_TAG = contextHash(join(ROOT, "app", "blog"), { PYTHON_IMAGE: IMAGES.python, platform: "linux/amd64" });

/** What a stack on DigitalOcean creates besides. */
const digitalOcean = (environment: string) =>
  [
    "digitalocean:index/containerRegistry:ContainerRegistry $-registry",
    "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials $-pull-1",
    `digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials blog-push-${BLOG_TAG}-1`,
    "digitalocean:index/kubernetesCluster:KubernetesCluster $-cluster",
    "digitalocean:index/vpc:Vpc $-vpc",
    "flask-doks:cluster:ContainerRegistry $",
    "flask-doks:cluster:DoksCluster $",
    "flask-doks:edge:LoadBalancer blog-exposure",
    "kubernetes:core/v1:Secret blog-pull-secret",
    "kubernetes:core/v1:Service blog-exposure-service",
    "pulumi:providers:kubernetes $-kubernetes",
  ].map((line) => line.replace("$", environment));

/** Values that are secrets. The random text that tells one stack's database from another's is none. */
const SECRETS = /(?<!-mysql-generation)-random-password|-token|kubeconfig of/;

const EXPECTED: Record<(typeof STACKS)[number], { list: string[]; url: string }> = {
  local: {
    list: [
      ...BLOG,
      "flask-doks:cluster:ContainerRegistry flask-doks-local",
      "flask-doks:cluster:ExistingCluster flask-doks-local",
      "pulumi:providers:kubernetes flask-doks-local-kubernetes",
    ],
    url: "http://localhost:30423",
  },
  dev: { list: [...BLOG, ...digitalOcean("flask-doks-dev")], url: "http://203.0.113.7" },
  prod: {
    list: [
      ...BLOG,
      ...digitalOcean("flask-doks-prod"),
      "kubernetes:autoscaling/v2:HorizontalPodAutoscaler blog-autoscaler",
    ],
    url: "http://203.0.113.7",
  },
};

for (const name of STACKS) {
  for (const mode of ["update", "preview"] as const) {
    describe(`the ${name} stack, as ${mode}`, () => {
      let deployed: Deployed;
      before(async () => {
        deployed = await deployStack(name, mode);
      });

      it("registers what it is made of, and nothing else", () => {
        assert.deepStrictEqual(deployed.list, EXPECTED[name].list.sort());
      });

      it("exports where each app answers, what it costs, and the kubeconfig as a secret (D1)", () => {
        const outputs =
          name === "local"
            ? ["urls", "apps", "cluster"]
            : ["urls", "apps", "monthlyCost", "cluster", "kubeconfig", "clusterId"];
        assert.deepStrictEqual(Object.keys(deployed.outputs), outputs);
        assert.deepStrictEqual(deployed.secretOutputs, name === "local" ? [] : ["kubeconfig"]);
      });

      it("sends every Kubernetes object through the stack's own provider (P2)", () => {
        const strays = deployed.resources.filter(
          ({ type, provider }) => type.startsWith("kubernetes:") && provider !== `flask-doks-${name}-kubernetes`,
        );
        assert.deepStrictEqual(
          strays.map(({ name: stray }) => stray),
          [],
        );
      });

      it("puts every object under the component that makes it", () => {
        const roots = deployed.resources
          .filter(({ parent }) => parent === "")
          .map(({ type }) => type.split(":").at(-1));
        assert.deepStrictEqual(roots.sort(), [
          "AppImage",
          "ContainerRegistry",
          name === "local" ? "ExistingCluster" : "DoksCluster",
          "FlaskApp",
        ]);
      });

      it("shows no secret in what is not one (P3)", () => {
        const open = deployed.resources.flatMap(({ name: resource, inputs, secrets }) =>
          Object.entries(inputs)
            .filter(([key]) => !secrets.includes(key))
            .filter(([, value]) => SECRETS.test(JSON.stringify(value)))
            .map(([key]) => `${resource}.${key}`),
        );
        assert.deepStrictEqual(open, []);
      });
    });
  }

  it(`tells where the blog of the ${name} stack answers`, async () => {
    const { outputs } = await deployStack(name);
    assert.deepStrictEqual(outputs["urls"], { blog: EXPECTED[name].url });
  });
}

describe("the wiring of the program", () => {
  const prod = () => deployStack("prod");

  it("builds an app's image for the configured platform and base, and runs it by digest (P1)", async () => {
    const { get } = await prod();
    const repository = `registry.digitalocean.com/${String(get("flask-doks-prod-registry").inputs["name"])}/blog`;
    assert.deepStrictEqual(get("blog-image").inputs["imageName"], `${repository}:${BLOG_TAG}`);
    const image = (name: string) =>
      (get(name).inputs["spec"] as { template: { spec: { containers: { image: string }[] } } }).template.spec
        .containers[0]?.image;
    const digest = `${repository}@sha256:${"0".repeat(64)}`;
    assert.deepStrictEqual([image("blog-deployment"), image("blog-migration")], [digest, digest]);
  });

  it("runs MySQL from the configured image", async () => {
    const image = "mirror.example.com/mysql:8.4.11";
    const { get } = await deployProgram({
      config: stack({ images: { mysql: image }, apps: [app({ database: "mysql" })] }),
    });
    const { template } = get("blog-database-mysql-server").inputs["spec"] as {
      template: { spec: { containers: { image: string }[] } };
    };
    assert.deepStrictEqual(template.spec.containers[0]?.image, image);
  });

  it("builds no image for an app that brings its own", async () => {
    const { list } = await deployProgram({ config: stack() });
    assert.deepStrictEqual(
      list.filter((line) => line.includes("Image")),
      [],
    );
  });

  it("names the environment in the registry, the tags and the cluster", async () => {
    const { get } = await prod();
    assert.match(String(get("flask-doks-prod-registry").inputs["name"]), /^flask-doks-prod-[0-9a-f]{6}$/);
    assert.deepStrictEqual(get("flask-doks-prod-cluster").inputs["tags"], ["flask-doks-prod"]);
  });

  it("takes what is left of a cluster along only where data is disposable (D7)", async () => {
    const dev = await deployStack("dev");
    const flag = ({ get }: Deployed, name: string) => get(`${name}-cluster`).inputs["destroyAllAssociatedResources"];
    assert.deepStrictEqual([flag(dev, "flask-doks-dev"), flag(await prod(), "flask-doks-prod")], [true, false]);
  });

  for (const [name, kept] of [
    ["dev", []],
    ["prod", ["blog-database-mysql-volume", "blog-namespace"]],
  ] as const) {
    it(`keeps ${kept.length === 0 ? "no" : "its"} data when the ${name} stack goes (K7)`, async () => {
      const { resources } = await deployStack(name);
      const retained = resources.filter(({ retainOnDelete }) => retainOnDelete).map((resource) => resource.name);
      assert.deepStrictEqual(retained.sort(), [...kept]);
    });
  }

  for (const [name, kept] of [
    ["dev", []],
    [
      "prod",
      [
        "blog-database-mysql-server",
        "blog-database-mysql-volume",
        "flask-doks-prod-cluster",
        "flask-doks-prod-registry",
        "prod-domain",
      ],
    ],
  ] as const) {
    it(`protects ${kept.length === 0 ? "nothing" : "what holds data"} in the ${name} stack, and nothing else (D3)`, async () => {
      const config = { ...stackFile(name), domain: "example.com" };
      const { resources } = await deployProgram({ stack: name, config });
      const found = resources.filter(({ protect }) => protect).map((resource) => resource.name);
      assert.deepStrictEqual(
        found.sort(),
        kept.map((each) => each.replace("prod-domain", "flask-doks-prod-domain")).sort(),
      );
    });
  }

  it("writes a record for each host of an app that has a load balancer", async () => {
    const [blog] = stackFile("dev")["apps"] as [object];
    const config = {
      ...stackFile("dev"),
      domain: "example.com",
      apps: [{ ...blog, hosts: ["example.com", "www.example.com"] }],
    };
    const { list, outputs } = await deployProgram({ stack: "dev", config });
    assert.deepStrictEqual(
      list.filter((line) => line.includes("dnsRecord") || line.includes("domain:")),
      [
        "digitalocean:index/dnsRecord:DnsRecord flask-doks-dev-example.com",
        "digitalocean:index/dnsRecord:DnsRecord flask-doks-dev-www.example.com",
        "digitalocean:index/domain:Domain flask-doks-dev-domain",
      ],
    );
    assert.deepStrictEqual(outputs["urls"], { blog: "http://example.com" });
  });

  it("asks DigitalOcean before it makes anything, and tells all problems together", async () => {
    const config = {
      ...stackFile("dev"),
      cluster: { kind: "doks", version: "1.2.3-do.4", pool: { size: "s-9vcpu-9gb" } },
    };
    const { error, list } = await attemptProgram({ stack: "dev", config });
    assert.match(error?.message ?? "", /2 problems:\n {2}cluster\.\S+: .*\n {2}cluster\.\S+: /);
    assert.deepStrictEqual(list, []);
  });

  it("puts the apps of a stack on a shared cluster into namespaces of its own", async () => {
    const config = stack({ cluster: { kind: "shared", stack: "dev" }, apps: [app({ expose: "loadBalancer" })] });
    const { get, list } = await deployProgram({ stack: "review-7", config });
    assert.deepStrictEqual((get("blog-namespace").inputs["metadata"] as { name: string }).name, "review-7-blog");
    assert.ok(!list.some((line) => line.includes("KubernetesCluster") || line.includes("vpc:")));
  });

  it("sends apps through an Ingress to a controller that is there", async () => {
    const config = stack({
      ingress: { controller: "none", className: "nginx" },
      apps: [app({ expose: "ingress", hosts: ["example.com"] })],
    });
    const { get, outputs } = await deployProgram({ config });
    const { ingressClassName } = get("blog-exposure-ingress").inputs["spec"] as { ingressClassName: string };
    assert.deepStrictEqual([ingressClassName, outputs["urls"]], ["nginx", { blog: "http://example.com" }]);
  });

  it("holds two apps in namespaces of their own", async () => {
    const { list, outputs } = await deployProgram({ config: stack({ apps: [app(), app({ name: "shop" })] }) });
    assert.deepStrictEqual(
      list.filter((line) => line.includes(":Namespace ")),
      ["kubernetes:core/v1:Namespace blog-namespace", "kubernetes:core/v1:Namespace shop-namespace"],
    );
    assert.deepStrictEqual(outputs["urls"], { blog: "http://localhost:31999", shop: "http://localhost:31999" });
    assert.deepStrictEqual(outputs["apps"], {
      blog: { namespace: "blog", urls: ["http://localhost:31999"] },
      shop: { namespace: "shop", urls: ["http://localhost:31999"] },
    });
  });

  it("builds the image and brings up the database side by side", async () => {
    const { get } = await deployProgram({ stack: "local", config: stackFile("local"), slow: "blog-image" });
    assert.ok(get("blog-database-mysql-server").askedAt < get("blog-image").readyAt);
    assert.ok(get("blog-migration").askedAt > get("blog-image").readyAt);
  });
});
