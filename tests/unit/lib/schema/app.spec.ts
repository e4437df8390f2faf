import assert from "node:assert/strict";
import type { AppConfig } from "../../../../config";
import { RESERVED_VARIABLES } from "../../../../lib/schema/app";
import { load, problemsOf } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

const withApp = (changes: Record<string, unknown>) => stack({ apps: [app(changes)] });

async function loadApp(changes: Record<string, unknown>): Promise<AppConfig> {
  const [first] = (await load(withApp(changes))).apps;
  assert.ok(first !== undefined);
  return first;
}

const MYSQL = {
  kind: "mysql",
  storageGi: 10,
  version: "8.4",
  passwordVersion: 1,
  resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } },
};

describe("the keys of an app", () => {
  it("take a plain number of replicas for both bounds", async () => {
    assert.deepStrictEqual((await loadApp({ replicas: 3 })).replicas, { min: 3, max: 3 });
  });

  it("take the lower bound of replicas for the upper one that is missing", async () => {
    assert.deepStrictEqual((await loadApp({ replicas: { min: 4 } })).replicas, { min: 4, max: 4 });
    assert.deepStrictEqual((await loadApp({ replicas: { max: 4 } })).replicas, { min: 2, max: 4 });
  });

  it("take a bare word for a group of that kind", async () => {
    assert.deepStrictEqual((await loadApp({ database: "mysql" })).database, MYSQL);
    assert.deepStrictEqual((await loadApp({ database: "none", cache: "none" })).cache, { kind: "none" });
  });

  it("read a group as the bare word, with what it adds", async () => {
    assert.deepStrictEqual((await loadApp({ database: { kind: "mysql", storageGi: 20 } })).database, {
      ...MYSQL,
      storageGi: 20,
    });
  });

  it("give a migration ten minutes, if not said otherwise", async () => {
    assert.deepStrictEqual((await loadApp({})).migrateSeconds, 600);
    assert.deepStrictEqual((await loadApp({ migrateSeconds: 86400 })).migrateSeconds, 86400);
  });

  it("take a version that YAML reads as a number", async () => {
    assert.deepStrictEqual((await loadApp({ database: { kind: "mysql", version: 8.4 } })).database, MYSQL);
  });

  it("turn numbers and truth values of the environment into text", async () => {
    assert.deepStrictEqual((await loadApp({ env: { POSTS: 20, RATE: 0.5, DEBUG: false, NAME: "x" } })).env, {
      POSTS: "20",
      RATE: "0.5",
      DEBUG: "false",
      NAME: "x",
    });
  });

  it("fill in the resources that are not given, one by one", async () => {
    const resources = { requests: { memory: "1Gi" }, limits: { cpu: "2" } };
    assert.deepStrictEqual((await loadApp({ resources })).resources, {
      requests: { cpu: "100m", memory: "1Gi" },
      limits: { memory: "384Mi", cpu: "2" },
    });
  });

  it("keep an app's variables from those that the program sets", async () => {
    const env = Object.fromEntries(RESERVED_VARIABLES.map((name) => [name, "x"]));
    assert.deepStrictEqual(
      await problemsOf(withApp({ env })),
      RESERVED_VARIABLES.map((name) => `apps[0].env.${name}: is set by the program and cannot be given`),
    );
  });

  it("hold every variable that the program sets as reserved", () => {
    assert.deepStrictEqual(RESERVED_VARIABLES, [
      "APP_ENV",
      "COOKIE_SECURE",
      "DB_HOST",
      "DB_NAME",
      "DB_PASSWORD",
      "DB_PORT",
      "DB_REPLICA_HOSTS",
      "DB_TLS_CA",
      "DB_USERNAME",
      "PORT",
      "REDIS_HOST",
      "REDIS_PASSWORD",
      "REDIS_PORT",
      "REDIS_REPLICA_HOST",
      "SECRET_KEY",
      "SECRET_KEY_FALLBACKS",
      "TRUSTED_PROXIES",
    ]);
  });

  const refused: [string, Record<string, unknown>, string[]][] = [
    ["no name", { name: undefined }, ["apps[0].name: is missing: a string is needed"]],
    [
      "a name that Kubernetes refuses",
      { name: "My App" },
      ['apps[0].name: "My App" is not a name of small letters, digits and inner dashes'],
    ],
    ["a name that leaves no room for the objects' own", { name: "a".repeat(31) }, ["apps[0].name: is longer than 30"]],
    [
      "neither source nor image",
      { image: undefined },
      ["apps[0].source: give either source (a folder) or image (a ready image)"],
    ],
    [
      "both source and image",
      { source: "app/blog" },
      ["apps[0].source: give either source (a folder) or image (a ready image)"],
    ],
    ["an empty source", { image: undefined, source: "" }, ["apps[0].source: is empty"]],
    [
      "an image without its registry (D13)",
      { image: "blog:1" },
      ['apps[0].image: "blog:1" is not an image with its registry and digest, such as ghcr.io/my-team/shop@sha256:…'],
    ],
    [
      "the latest image (D13)",
      { image: "ghcr.io/team/blog:latest" },
      [
        'apps[0].image: "ghcr.io/team/blog:latest" is not an image with its registry and digest, such as ghcr.io/my-team/shop@sha256:…',
      ],
    ],
    ["an unknown way in", { expose: "lb" }, ['apps[0].expose: "lb" is not one of ingress, nodePort, loadBalancer']],
    [
      "a host in capitals",
      { hosts: ["A.example.com"] },
      ['apps[0].hosts[0]: "A.example.com" is not a host name in small letters, such as www.example.com'],
    ],
    ["a node port out of range", { nodePort: 80 }, ["apps[0].nodePort: 80 is below 30000"]],
    [
      "a node port that is used by no Service",
      { expose: "loadBalancer", nodePort: 30080 },
      ["apps[0].nodePort: is only used with expose: nodePort, and expose is loadBalancer"],
    ],
    ["a port that needs root", { port: 80 }, ["apps[0].port: 80 is below 1024"]],
    [
      "a probe's path without its slash",
      { health: { live: "healthz" } },
      ['apps[0].health.live: "healthz" is not a path that starts with /'],
    ],
    ["no replicas", { replicas: { min: 0 } }, ["apps[0].replicas.min: 0 is below 1"]],
    ["no replicas, as a plain number", { replicas: 0 }, ["apps[0].replicas.min: 0 is below 1"]],
    ["half a replica", { replicas: 1.5 }, ["apps[0].replicas.min: 1.5 is not a whole number"]],
    ["a word for replicas", { replicas: "two" }, ['apps[0].replicas: "two" is not a group of keys']],
    ["fewer replicas at full load", { replicas: { min: 3, max: 2 } }, ["apps[0].replicas: max 2 is below min 3"]],
    [
      "quantities without their unit",
      { resources: { requests: { cpu: "lots" }, limits: { memory: "1G" } } },
      [
        'apps[0].resources.requests.cpu: "lots" is not a CPU quantity such as 250m or 2',
        'apps[0].resources.limits.memory: "1G" is not a memory quantity in Ki, Mi or Gi, such as 256Mi',
      ],
    ],
    [
      "variables with names in small letters, and values that are groups",
      { env: { debug: "1", LEVELS: { a: 1 } } },
      [
        "apps[0].env.debug: is not the name of an environment variable (capitals, digits, _)",
        'apps[0].env.LEVELS: {"a":1} is not a string',
      ],
    ],
    ["a migration that may take no time", { migrateSeconds: 9 }, ["apps[0].migrateSeconds: 9 is below 10"]],
    [
      "a migration that may take more than a day",
      { migrateSeconds: 86401 },
      ["apps[0].migrateSeconds: 86401 is above 86400"],
    ],
    ["an empty migration", { migrate: [] }, ["apps[0].migrate: is empty"]],
    [
      "an app that Python could not name",
      { entryPoint: "shop-web" },
      ['apps[0].entryPoint: "shop-web" is not an app such as shop:create_app()'],
    ],
    [
      "processes that are said twice",
      { server: { kind: "gunicorn", processes: 2, threads: 2 }, env: { WEB_CONCURRENCY: "3", WEB_THREADS: "3" } },
      [
        "apps[0].env.WEB_CONCURRENCY: is what server.processes sets; keep one of them",
        "apps[0].env.WEB_THREADS: is what server.threads sets; keep one of them",
      ],
    ],
    [
      "one port for NGINX and the server behind it",
      { port: 8080, proxy: "nginx" },
      ["apps[0].proxy.serverPort: is port too, 8080: NGINX listens at that, and the server at another"],
    ],
    [
      "files at a path that is none",
      { proxy: { kind: "nginx", static: { static: "/opt/app/static", "/media": "media" } } },
      [
        "apps[0].proxy.static.static: is not a path that starts with /",
        'apps[0].proxy.static./media: "media" is not a path that starts with /',
      ],
    ],
    ["an unknown egress", { egress: "all" }, ['apps[0].egress: "all" is not one of none, internet']],
  ];
  for (const [title, changes, lines] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(withApp(changes)), lines);
    });
  }

  it("know Redis by a bare word, and a persistence by another", async () => {
    const resources = { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } };
    const { cache } = await loadApp({ cache: "redis" });
    assert.deepStrictEqual(cache, {
      kind: "redis",
      passwordVersion: 1,
      replicas: 1,
      persistence: { kind: "none" },
      resources,
    });
    const { cache: kept } = await loadApp({ cache: { kind: "redis", replicas: 0, persistence: "volume" } });
    const persistence = { kind: "volume", storageGi: 1 };
    assert.deepStrictEqual(kept, { kind: "redis", passwordVersion: 1, replicas: 0, persistence, resources });
  });

  it("know servers and proxies by a bare word, and what they take", async () => {
    const plain = await loadApp({ server: "uwsgi", proxy: "nginx", entryPoint: "shop.web:create_app('x')" });
    assert.deepStrictEqual(
      [plain.server, plain.proxy, plain.entryPoint],
      [
        { kind: "uwsgi", timeoutSeconds: 30 },
        { kind: "nginx", static: {}, bodyMb: 16, serverPort: 8080 },
        "shop.web:create_app('x')",
      ],
    );
    const server = { kind: "gunicorn", processes: 4, threads: 2, timeoutSeconds: 60 };
    assert.deepStrictEqual((await loadApp({ server })).server, server);
  });

  it("refuse a variable that is both in clear and secret", async () => {
    const config = withApp({ env: { API_KEY: "x" }, secrets: { API_KEY: "s3cret" } });
    assert.deepStrictEqual(await problemsOf(config, ["apps"]), [
      "apps[0].env.API_KEY: is in secrets too; keep one of them",
    ]);
  });
});
