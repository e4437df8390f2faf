import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { IMAGES } from "../../lib/versions";
import { load, problemsOf, refusal } from "../support/configs";
import { attemptProgram, deployProgram } from "../support/mocks";
import { app, BLOG_IMAGE, stack, stackFile, STACKS } from "../support/stackFiles";

const settled = <T>(output: pulumi.Output<T>): Promise<T> =>
  (output as unknown as { promise: () => Promise<T> }).promise();

/** Every group and list in a value, with the path to it. */
function groups(value: unknown, path = "config"): [string, object][] {
  if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) {
    return [];
  }
  return [[path, value], ...Object.entries(value).flatMap(([key, inner]) => groups(inner, `${path}.${key}`))];
}

describe("the config of a stack", () => {
  it("is filled with defaults that suit a first user", async () => {
    assert.deepStrictEqual(await load({ apps: [app({ expose: "loadBalancer" })] }), {
      cluster: {
        kind: "doks",
        region: "fra1",
        version: "1.35.1-do.0",
        autoUpgrade: false,
        ha: false,
        pool: { size: "s-2vcpu-4gb", min: 1 },
        pools: [],
        maintenance: { day: "sunday", start: "04:00" },
        vpcCidr: "10.30.0.0/20",
        clusterSubnet: "10.32.0.0/16",
        serviceSubnet: "10.33.0.0/20",
      },
      registry: { kind: "digitalocean", create: true, tier: "basic", rotation: 1 },
      build: { platform: "linux/amd64" },
      dns: { managed: true, domain: "create", ttlSeconds: 300, caa: [] },
      ingress: {
        controller: "nginx",
        namespace: "ingress",
        maxBodyMi: 8,
        timeoutSeconds: 60,
        loadBalancer: { type: "REGIONAL_NETWORK", size: 1, ipv6: false },
        nodePorts: { http: 30080, https: 30443 },
        proxyProtocol: false,
      },
      tls: { challenge: "http01" },
      charts: {},
      apps: [
        {
          name: "blog",
          image: BLOG_IMAGE,
          hosts: [],
          expose: "loadBalancer",
          port: 8000,
          health: { live: "/healthz", ready: "/readyz" },
          server: { kind: "gunicorn", timeoutSeconds: 30 },
          extras: [],
          proxy: { kind: "none" },
          redirect: false,
          replicas: { min: 2, max: 2 },
          resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "384Mi" } },
          env: {},
          secrets: {},
          secretKeyVersion: 1,
          migrateSeconds: 600,
          rolloutSeconds: 300,
          egress: "none",
          database: { kind: "none" },
          spareDatabase: { kind: "none" },
          cache: { kind: "none" },
        },
      ],
      backup: { kind: "none" },
      logging: { kind: "none" },
      monitoring: { kind: "none" },
      policy: { relax: [] },
      review: { maxAgeDays: 7 },
      images: IMAGES,
      dataPolicy: "retain",
    });
  });

  it("is frozen all the way down", async () => {
    const config = await load(stack({ apps: [app({ secrets: { API_KEY: "s3cret" } })] }), ["apps"]);
    const thawed = groups(config).filter(([, group]) => !Object.isFrozen(group));
    assert.ok(groups(config).length > 15);
    assert.deepStrictEqual(
      thawed.map(([path]) => path),
      [],
    );
  });

  it("takes an empty domain, which the engine wants in Pulumi.yaml, for none", async () => {
    assert.deepStrictEqual((await load(stack({ domain: "" }))).domain, undefined);
  });

  it("leaves the keys of the engine and of providers alone", async () => {
    assert.deepStrictEqual(
      await refusal(stack({ "digitalocean:token": "t0ken", "flask-doks-else:cluster": "x" })),
      undefined,
    );
  });

  it("takes a value that looks like a list and is none for the text that it is", async () => {
    assert.deepStrictEqual(await problemsOf(stack({ apps: "[blog" })), ['apps: "[blog" is not a list']);
  });

  for (const name of STACKS) {
    it(`is sound in the committed ${name} stack file`, async () => {
      assert.deepStrictEqual(await refusal(stackFile(name)), undefined);
    });
  }
});

describe("problems of a stack file", () => {
  const unsound = stack({
    clustr: {},
    cluster: { kind: "existing" },
    apps: [app({ replicas: { min: 0 }, secrets: { API_KEY: "s3cret" } })],
  });

  it("are all in one error", async () => {
    const error = await refusal(unsound);
    assert.ok(error instanceof pulumi.RunError);
    assert.deepStrictEqual(error.message.split("\n"), [
      "Pulumi.test.yaml has 4 problems:",
      "  cluster.context: is missing: a string is needed",
      "  apps[0].replicas.min: 0 is below 1",
      "  clustr: unknown key; did you mean cluster?",
      "  apps[0].secrets.API_KEY: is in clear; set it with: pulumi config set --secret --path 'flask-doks:apps[0].secrets.API_KEY'",
    ]);
  });

  it("are counted in the singular when there is one", async () => {
    const error = await refusal(stack({ apps: [] }));
    assert.deepStrictEqual(error?.message, "Pulumi.test.yaml has 1 problem:\n  apps: is empty");
  });

  for (const mode of ["update", "preview"] as const) {
    it(`stop the program before it registers anything, as ${mode}`, async () => {
      const { resources, error } = await attemptProgram({ mode, config: unsound });
      assert.deepStrictEqual(error?.message.split("\n")[0], "Pulumi.test.yaml has 4 problems:");
      assert.deepStrictEqual(resources, []);
    });
  }
});

const KEY = "a-key-of-twenty-characters";
const S3 = { kind: "s3", endpoint: "https://s3.example.com", bucket: "backups", accessKeyId: "the-id" };

describe("secrets of a stack file", () => {
  const registry = { kind: "external", server: "ghcr.io/team", username: "bot", password: "p4ssword" };
  const config = stack({ registry, apps: [app({ secrets: { API_KEY: "s3cret" } })] });
  const inClear = (path: string) =>
    `${path}: is in clear; set it with: pulumi config set --secret --path 'flask-doks:${path}'`;

  it("are refused in clear, with the command that mends it", async () => {
    assert.deepStrictEqual(await problemsOf(config), [
      inClear("registry.password"),
      inClear("apps[0].secrets.API_KEY"),
    ]);
  });

  it("are refused one key at a time: an encrypted list of apps says nothing about the registry", async () => {
    assert.deepStrictEqual(await problemsOf(config, ["apps"]), [inClear("registry.password")]);
    assert.deepStrictEqual(await problemsOf(config, ["registry"]), [inClear("apps[0].secrets.API_KEY")]);
  });

  it("are refused in clear among the keys of the backups", async () => {
    const backup = { ...S3, encryptionKey: KEY, secretAccessKey: "s3-secret" };
    const backups = stack({ backup, apps: [app({ database: "mysql" })] });
    assert.deepStrictEqual(await problemsOf(backups), [
      inClear("backup.encryptionKey"),
      inClear("backup.secretAccessKey"),
    ]);
    const volume = stack({ backup: { kind: "volume", encryptionKey: KEY }, apps: [app({ database: "mysql" })] });
    assert.deepStrictEqual(await problemsOf(volume), [inClear("backup.encryptionKey")]);
    assert.deepStrictEqual(await problemsOf(volume, ["backup"]), []);
  });

  it("become secret outputs among the keys of the backups", async () => {
    const backup = { ...S3, encryptionKey: KEY, secretAccessKey: "s3-secret" };
    const loaded = await load(stack({ backup, apps: [app({ database: "mysql" })] }), ["backup"]);
    assert.ok(loaded.backup.kind === "s3");
    const { encryptionKey, secretAccessKey, ...rest } = loaded.backup;
    assert.deepStrictEqual([await settled(encryptionKey), await pulumi.isSecret(encryptionKey)], [KEY, true]);
    assert.deepStrictEqual(
      [await settled(secretAccessKey), await pulumi.isSecret(secretAccessKey)],
      ["s3-secret", true],
    );
    assert.ok(Object.values(rest).every((value) => !pulumi.Output.isInstance(value)));
  });

  it("become secret outputs", async () => {
    const loaded = await load(config, ["apps", "registry"]);
    const password = loaded.registry.kind === "external" ? loaded.registry.password : undefined;
    const key = loaded.apps[0]?.secrets["API_KEY"];
    assert.ok(password !== undefined && key !== undefined);
    assert.deepStrictEqual([await settled(password), await pulumi.isSecret(password)], ["p4ssword", true]);
    assert.deepStrictEqual([await settled(key), await pulumi.isSecret(key)], ["s3cret", true]);
  });

  for (const mode of ["update", "preview"] as const) {
    it(`stay secret in every resource that they reach (P3), as ${mode}`, async () => {
      const { resources, get } = await deployProgram({ mode, config, secretKeys: ["apps", "registry"] });
      assert.deepStrictEqual(get("blog-pull-secret").secrets, ["stringData"]);
      const open = resources.flatMap(({ name, inputs, secrets }) =>
        Object.entries(inputs)
          .filter(([key, value]) => !secrets.includes(key) && /s3cret|p4ssword/.test(JSON.stringify(value)))
          .map(([key]) => `${name}.${key}`),
      );
      assert.deepStrictEqual(open, []);
    });
  }

  it("reach the app's environment with their values", async () => {
    const { get } = await deployProgram({ config, secretKeys: ["apps", "registry"] });
    assert.deepStrictEqual(get("blog-secrets").secrets, ["stringData"]);
    assert.deepStrictEqual(get("blog-secrets").inputs["stringData"], {
      API_KEY: "s3cret",
      SECRET_KEY: "blog-secret-key-random-password",
    });
  });
});
