import assert from "node:assert/strict";
import { monthlyCost } from "../../../lib/cost";
import { TABLE } from "../../../lib/prices";
import { missingSecrets, reviewConfig, reviewNumber, reviewStackName, reviewUrls } from "../../../lib/reviewStack";
import { crossCheck } from "../../../lib/schema/checks";
import { stackSchema, type Stack } from "../../../lib/schema/stack";
import { HIDDEN, StackFileError } from "../../../lib/stackFile";
import { app, stackFile } from "../../support/stackFiles";

const ACME = { issuer: "acme", server: "https://acme.example:14000/dir", serverCa: "-----BEGIN CERTIFICATE-----" };

/** The dev stack behind an Ingress, with `changes`. */
function lending(changes: Record<string, unknown> = {}): Stack {
  const [blog] = stackFile("dev")["apps"] as Record<string, unknown>[];
  return stackSchema.parse({
    ...stackFile("dev"),
    domain: "example.com",
    apps: [{ ...blog, expose: "ingress", hosts: ["example.com"] }],
    ...changes,
  });
}

const behind = (name: string, changes: Record<string, unknown> = {}) =>
  app({ name, expose: "ingress", hosts: [`${name}.example.com`], ...changes });

const ARGS = { number: 7, stackName: "dev", registryName: "flask-doks-dev-0a1b2c" };

/** The review app's config as the program reads it: sound, defaults filled in. */
function reviewed(stack: Stack, args = ARGS): Stack {
  const parsed = stackSchema.parse(JSON.parse(JSON.stringify(reviewConfig(stack, args))));
  assert.deepStrictEqual(crossCheck(parsed), []);
  return parsed;
}

const secretText = (value: unknown) => JSON.stringify(value).includes(HIDDEN);

describe("the stack of a review app", () => {
  it("is on the lending stack's cluster, with its registry, and adds records to its domain", () => {
    const { cluster, registry, domain, dns, dataPolicy, backup } = reviewed(lending());
    assert.deepStrictEqual(
      { cluster, registry, domain, dns, dataPolicy, backup },
      {
        cluster: { kind: "shared", stack: "dev" },
        registry: {
          kind: "digitalocean",
          create: false,
          name: "flask-doks-dev-0a1b2c",
          tier: "basic",
          rotation: 1,
        },
        domain: "example.com",
        dns: { managed: true, domain: "existing", ttlSeconds: 300, caa: [] },
        dataPolicy: "delete",
        backup: { kind: "none" },
      },
    );
  });

  it("runs the app as it is elsewhere: one pod behind the Ingress, with its commands and a small database", () => {
    const {
      apps: [blog],
    } = reviewed(lending());
    assert.deepStrictEqual(
      [blog?.source, blog?.hosts, blog?.expose, blog?.replicas, blog?.migrate, blog?.seed],
      [
        "app/blog",
        ["7.review.example.com"],
        "ingress",
        { min: 1, max: 1 },
        ["flask", "--app", "blog", "db", "upgrade"],
        ["flask", "--app", "blog", "seed"],
      ],
    );
    assert.deepStrictEqual(blog?.database, {
      kind: "mysql",
      storageGi: 1,
      version: "8.4",
      passwordVersion: 1,
      resources: { requests: { cpu: "50m", memory: "384Mi" }, limits: { memory: "512Mi" } },
    });
    assert.deepStrictEqual(blog.resources, {
      requests: { cpu: "50m", memory: "128Mi" },
      limits: { memory: "384Mi" },
    });
  });

  it("keeps settings, environment and images, and reserves no more than an app asks for", () => {
    const resources = { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "64Mi" } };
    const settings = { env: { POSTS: "5" }, egress: "internet", proxy: "nginx", port: 9000, migrateSeconds: 60 };
    const { apps, images, build } = reviewed(
      lending({
        apps: [behind("shop", { ...settings, resources })],
        images: { python: "ghcr.io/team/python:3.13" },
        build: { platform: "linux/arm64" },
      }),
    );
    assert.deepStrictEqual(
      [apps[0]?.env, apps[0]?.egress, apps[0]?.proxy.kind, apps[0]?.port, apps[0]?.migrateSeconds, apps[0]?.resources],
      [{ POSTS: "5" }, "internet", "nginx", 9000, 60, resources],
    );
    assert.deepStrictEqual([images.python, build.platform], ["ghcr.io/team/python:3.13", "linux/arm64"]);
  });

  it("has neither a second database nor a cache with a volume, nor hosts that lead on, nor replicas", () => {
    const shop = behind("shop", {
      hosts: ["example.com", "www.example.com"],
      redirect: true,
      replicas: { min: 3, max: 9 },
      database: { kind: "managed-mysql", size: "db-s-2vcpu-4gb", nodes: 2 },
      spareDatabase: { kind: "mysql", storageGi: 100 },
      cache: { kind: "redis", replicas: 2, persistence: { kind: "volume", storageGi: 5 } },
    });
    const { apps } = reviewed(lending({ apps: [shop] }));
    const [{ cache, database, redirect, replicas, spareDatabase } = assert.fail()] = apps;
    assert.deepStrictEqual(
      [database.kind, spareDatabase.kind, redirect, replicas],
      ["mysql", "none", false, { min: 1, max: 1 }],
    );
    assert.deepStrictEqual(cache.kind === "redis" && [cache.replicas, cache.persistence], [0, { kind: "none" }]);
  });

  it("has a host one label below for each app, however long the names are", () => {
    const long = "a".repeat(30);
    const apps = [behind("shop", { expose: "loadBalancer" }), behind(long)];
    const stack = lending({ apps });
    const hosts = reviewed(stack, { ...ARGS, number: 123456789 }).apps.flatMap((each) => each.hosts);
    assert.deepStrictEqual(hosts, ["123456789.review.example.com", `${long}-123456789.review.example.com`]);
    assert.deepStrictEqual(
      reviewUrls(stack, 123456789),
      hosts.map((host) => `https://${host}`),
    );
  });

  it("has its hosts in review.domain where there is one, be it the only domain", () => {
    const review = { domain: "try.example.com" };
    for (const stack of [lending({ review }), lending({ review, domain: undefined })]) {
      assert.deepStrictEqual(reviewed(stack).apps[0]?.hosts, ["7.try.example.com"]);
    }
  });

  it("costs the volume of its database, and nothing else, whatever the lending stack pays for", () => {
    const database = { kind: "managed-mysql", nodes: 3, size: "db-s-2vcpu-4gb" };
    const cache = { kind: "redis", persistence: "volume" };
    const stack = lending({
      apps: [behind("shop", { database, cache }), behind("plain", { expose: "loadBalancer" })],
      backup: { kind: "volume", encryptionKey: HIDDEN },
    });
    const { min, max, items } = monthlyCost(reviewed(stack), TABLE);
    assert.deepStrictEqual(
      [min, max, items.map(({ item, detail }) => `${item}: ${detail}`)],
      [0.1, 0.1, ['volume "shop": 1 GiB at 0.10']],
    );
    assert.deepStrictEqual(monthlyCost(reviewed(lending({ apps: [behind("plain")] })), TABLE).max, 0);
  });

  it("leaves certificates to the lending stack's issuer, with its server and authority", () => {
    assert.deepStrictEqual(reviewConfig(lending({ tls: ACME }), ARGS)["tls"], {});
    assert.deepStrictEqual(reviewUrls(lending({ tls: ACME }), 7), ["https://7.review.example.com"]);
  });

  it("has none where that has none", () => {
    const plain = lending({ tls: { issuer: "none" } });
    assert.deepStrictEqual(reviewConfig(plain, ARGS)["tls"], { issuer: "none" });
    assert.deepStrictEqual(reviewUrls(plain, 7), ["http://7.review.example.com"]);
  });

  it("writes no records where others do, or where nobody tells the controller's address", () => {
    const managed = (changes: Record<string, unknown>) => reviewed(lending(changes)).dns.managed;
    assert.deepStrictEqual(
      [managed({ dns: { managed: false } }), managed({ ingress: { controller: "none", className: "nginx" } })],
      [false, false],
    );
  });

  it("has no URL to tell once the lending stack has no domain", () => {
    assert.deepStrictEqual(reviewUrls(lending({ domain: undefined }), 7), []);
  });

  it("shares a registry by the name that its config gives", () => {
    const registry = { kind: "digitalocean", name: "team" };
    const { registry: shared } = reviewed(lending({ registry }), { number: 7, stackName: "dev", registryName: "" });
    assert.deepStrictEqual(shared.kind === "digitalocean" && [shared.name, shared.create], ["team", false]);
  });

  it("gets none of the lending stack's secrets, and names what it has to be given", () => {
    const stack = lending({
      registry: { kind: "external", server: "ghcr.io/team", username: "bot", password: HIDDEN },
      apps: [behind("shop", { env: { PLAIN: "1", ODD: HIDDEN }, secrets: { API_KEY: HIDDEN } }), behind("plain")],
    });
    const config = reviewConfig(stack, ARGS);
    assert.ok(!secretText(config));
    assert.deepStrictEqual(config["registry"], { kind: "external", server: "ghcr.io/team", username: "bot" });
    assert.deepStrictEqual(missingSecrets(stack), [
      { path: "registry.password", variable: "REGISTRY_PASSWORD" },
      { path: "apps[0].env.ODD", variable: "REVIEW_ODD" },
      { path: "apps[0].secrets.API_KEY", variable: "REVIEW_API_KEY" },
    ]);
    assert.deepStrictEqual(missingSecrets(lending()), []);
  });

  it("is refused, with what to add, where there is no way in to share", () => {
    const alone = lending({ domain: undefined, apps: [app({ expose: "loadBalancer" })] });
    assert.throws(
      () => reviewConfig(alone, ARGS),
      (error) => {
        assert.ok(error instanceof StackFileError);
        assert.deepStrictEqual(error.message.split("\n"), [
          'The stack "dev" has no way in to share with review apps, and a load balancer for each would be paid for.',
          "Add to Pulumi.dev.yaml, and deploy it:",
          "  flask-doks:domain: example.com, a domain of yours",
          "  flask-doks:apps: expose: ingress and hosts: [example.com], for one app at least",
        ]);
        return true;
      },
    );
  });

  it("is refused where there is no cluster to lend", () => {
    const cluster = { kind: "existing", context: "kind" };
    assert.throws(() => reviewConfig(lending({ cluster }), ARGS), {
      name: "StackFileError",
      message: 'The stack "dev" has no cluster to lend to review apps: it is of the kind existing, not doks.',
    });
  });
});

describe("the name of a review app's stack", () => {
  it("tells its pull request, and that of another stack none", () => {
    assert.deepStrictEqual(reviewStackName(7), "review-7");
    assert.deepStrictEqual(["review-7", "review-123456789"].map(reviewNumber), [7, 123456789]);
    const others = ["dev", "review-", "review-0", "review-07", "review-7a", "my-review-7", "review-1234567890"];
    assert.deepStrictEqual(
      others.map(reviewNumber).filter((number) => number !== undefined),
      [],
    );
  });
});
