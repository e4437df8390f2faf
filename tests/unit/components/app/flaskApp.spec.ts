import assert from "node:assert/strict";
import { FlaskApp, type FlaskAppArgs } from "../../../../components/app/flaskApp";
import { labels } from "../../../../lib/labels";
import { ARGS, create, DATABASE, FULL, NGINX, SERVER } from "../../../support/flaskApps";
import { EDGE } from "../../../support/edges";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, type Deployed } from "../../../support/mocks";

const INGRESS = { kind: "ingress", edge: EDGE, hosts: ["a.example.com"] } as const;

const specOf = ({ get }: Deployed, name: string) => get(name).inputs["spec"] as Record<string, unknown>;
const dataOf = ({ get }: Deployed) => get("blog-config").inputs["data"] as Record<string, string>;

const LEAST = [
  "flask-doks:app:AppEnvironment blog",
  "flask-doks:app:AppExposure blog-exposure",
  "flask-doks:app:AppRelease blog",
  "flask-doks:app:FlaskApp blog",
  "kubernetes:apps/v1:Deployment blog-deployment",
  "kubernetes:core/v1:ConfigMap blog-config",
  "kubernetes:core/v1:Namespace blog-namespace",
  "kubernetes:core/v1:Secret blog-secrets",
  "kubernetes:core/v1:Service blog-service",
  "kubernetes:core/v1:ServiceAccount blog-service-account",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-allow-dns",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-allow-requests",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-deny-all",
  "kubernetes:policy/v1:PodDisruptionBudget blog-disruption-budget",
  "random:index/randomPassword:RandomPassword blog-secret-key",
];

/** What an app has beyond the least, each with what asks for it. */
const MORE: [string, Partial<FlaskAppArgs>, string[]][] = [
  ["a migration", { migrate: ["flask"] }, ["kubernetes:batch/v1:Job blog-migration"]],
  [
    "a server that the program starts",
    { serving: { server: SERVER, nginx: undefined } },
    ["kubernetes:core/v1:ConfigMap blog-serving"],
  ],
  [
    "NGINX before the image's own command",
    { serving: { server: undefined, nginx: NGINX } },
    ["kubernetes:core/v1:ConfigMap blog-serving"],
  ],
  [
    "an autoscaler",
    { replicas: { min: 1, max: 2 } },
    ["kubernetes:autoscaling/v2:HorizontalPodAutoscaler blog-autoscaler"],
  ],
  ["a pull secret", { pullConfig: "{}" }, ["kubernetes:core/v1:Secret blog-pull-secret"]],
  [
    "a load balancer",
    { exposure: FULL.exposure },
    ["flask-doks:edge:LoadBalancer blog-exposure", "kubernetes:core/v1:Service blog-exposure-service"],
  ],
  [
    "an Ingress",
    { exposure: { ...INGRESS, hosts: ["a.example.com"], https: false } },
    ["kubernetes:networking.k8s.io/v1:Ingress blog-exposure-ingress"],
  ],
  [
    "an Ingress with https",
    { exposure: { ...INGRESS, hosts: ["a.example.com"], https: true } },
    [
      "kubernetes:networking.k8s.io/v1:Ingress blog-exposure-ingress",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-allow-solver",
    ],
  ],
  [
    "a database",
    { database: DATABASE },
    [
      "flask-doks:data:AppDatabase blog-database",
      "flask-doks:data:Mysql blog-database-mysql",
      "flask-doks:data:RotatingPassword blog-database-mysql-password",
      "flask-doks:data:RotatingPassword blog-database-mysql-root-password",
      "kubernetes:apps/v1:StatefulSet blog-database-mysql-server",
      "kubernetes:core/v1:PersistentVolumeClaim blog-database-mysql-volume",
      "kubernetes:core/v1:Secret blog-database-mysql-credentials",
      "kubernetes:core/v1:Service blog-database-mysql-service",
      "kubernetes:core/v1:ServiceAccount blog-database-mysql-service-account",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-database-allow-database",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy blog-database-allow-database-clients",
      "kubernetes:policy/v1:PodDisruptionBudget blog-database-mysql-disruption-budget",
      "random:index/randomPassword:RandomPassword blog-database-mysql-generation",
      "random:index/randomPassword:RandomPassword blog-database-mysql-password-even",
      "random:index/randomPassword:RandomPassword blog-database-mysql-password-odd",
      "random:index/randomPassword:RandomPassword blog-database-mysql-root-password-even",
      "random:index/randomPassword:RandomPassword blog-database-mysql-root-password-odd",
    ],
  ],
];

describe("FlaskApp", () => {
  it("creates what every app needs", async () => {
    assert.deepStrictEqual((await create(ARGS)).list, LEAST);
  });

  for (const [title, changes, added] of MORE) {
    it(`creates ${title} when asked for, and nothing else with it`, async () => {
      const { list } = await create({ ...ARGS, ...changes });
      assert.deepStrictEqual(
        list.filter((line) => !LEAST.includes(line)),
        added,
      );
      assert.deepStrictEqual(list.length, LEAST.length + added.length);
    });
  }

  it("tells its name, its namespace and where it answers", async () => {
    const { outputs } = await create(ARGS);
    assert.deepStrictEqual(outputs, { app: "blog", namespace: "blog", url: "http://localhost:31999" });
  });

  it("lives in a namespace of its own name, never in the default one (D13)", async () => {
    const { get, resources } = await create(FULL);
    assert.deepStrictEqual((get("blog-namespace").inputs["metadata"] as { name: string }).name, "blog");
    const namespaces = resources
      .filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Namespace"))
      .map(({ inputs }) => (inputs["metadata"] as { namespace?: string }).namespace);
    assert.deepStrictEqual(new Set(namespaces), new Set(["blog"]));
  });

  it("lives in the namespace that it is given, all of it, where stacks share a cluster", async () => {
    const { resources, outputs } = await create({ ...FULL, namespace: "review-7-blog" });
    const of = (wanted: boolean) =>
      resources
        .filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(":Namespace") === wanted)
        .map(({ inputs }) => inputs["metadata"] as { name?: string; namespace?: string });
    assert.deepStrictEqual(
      [of(true).map(({ name }) => name), new Set(of(false).map(({ namespace }) => namespace)), outputs["namespace"]],
      [["review-7-blog"], new Set(["review-7-blog"]), "review-7-blog"],
    );
  });

  for (const [exposure, address] of [
    [FULL.exposure, { ip: "203.0.113.7" }],
    [ARGS.exposure, undefined],
  ] as const) {
    it(`tells ${address === undefined ? "no address at a " : "the address of its "}${exposure.kind}`, async () => {
      const { outputs } = await deploy(() => ({ address: new FlaskApp("blog", { ...ARGS, exposure }).address }));
      assert.deepStrictEqual(outputs, { address });
    });
  }

  it("hangs the pull secret on the accounts of its own pods, and there only (D10)", async () => {
    const { get, resources } = await create(FULL);
    assert.deepStrictEqual(get("blog-pull-secret").inputs["stringData"], { ".dockerconfigjson": "{}" });
    assert.deepStrictEqual(get("blog-pull-secret").secrets, ["stringData"]);
    assert.deepStrictEqual(
      resources
        .filter(({ inputs }) => "imagePullSecrets" in inputs)
        .map(({ name, inputs }) => [name, inputs["imagePullSecrets"]]),
      [
        ["blog-service-account", [{ name: "blog-pull-secret-1a2b3c4d" }]],
        ["blog-database-mysql-service-account", [{ name: "blog-pull-secret-1a2b3c4d" }]],
      ],
    );
  });

  it("rolls one new pod at a time and never has fewer than asked for (K9)", async () => {
    const { replicas, strategy, selector, revisionHistoryLimit, progressDeadlineSeconds } = specOf(
      await create(ARGS),
      "blog-deployment",
    );
    assert.deepStrictEqual(
      { replicas, strategy, selector, revisionHistoryLimit, progressDeadlineSeconds },
      {
        replicas: 2,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: {
          matchLabels: { "app.kubernetes.io/name": "blog", "app.kubernetes.io/component": "web" },
        },
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: 120,
      },
    );
  });

  it("lets its nodes be drained, whatever the number of pods (K8)", async () => {
    assert.deepStrictEqual(specOf(await create(ARGS), "blog-disruption-budget"), {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: { "app.kubernetes.io/name": "blog", "app.kubernetes.io/component": "web" } },
    });
  });

  it("leaves the number of pods to its autoscaler", async () => {
    const deployed = await create({ ...ARGS, replicas: { min: 2, max: 5 } });
    assert.deepStrictEqual(specOf(deployed, "blog-autoscaler"), {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "blog" },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    });
    assert.deepStrictEqual(deployed.get("blog-deployment").ignoreChanges, ["spec.replicas"]);
  });

  it("decides the number of pods itself without one", async () => {
    assert.deepStrictEqual((await create(ARGS)).get("blog-deployment").ignoreChanges, []);
  });

  it("labels each object with the app and the part that it plays", async () => {
    const { get } = await create(FULL);
    const of = (name: string) => (get(name).inputs["metadata"] as { labels: unknown }).labels;
    assert.deepStrictEqual(
      [of("blog-deployment"), of("blog-migration"), of("blog-database-mysql-server")],
      [labels("blog", "web"), labels("blog", "migration"), labels("blog", "database")],
    );
  });

  const environments: [string, FlaskAppArgs["exposure"], { COOKIE_SECURE: string; TRUSTED_PROXIES: string }][] = [
    ["at a node port", ARGS.exposure, { COOKIE_SECURE: "false", TRUSTED_PROXIES: "0" }],
    ["at a load balancer", FULL.exposure, { COOKIE_SECURE: "false", TRUSTED_PROXIES: "0" }],
    [
      "behind an Ingress",
      { ...INGRESS, hosts: ["a.example.com"], https: false },
      { COOKIE_SECURE: "false", TRUSTED_PROXIES: "1" },
    ],
    [
      "behind an Ingress with https",
      { ...INGRESS, hosts: ["a.example.com"], https: true },
      { COOKIE_SECURE: "true", TRUSTED_PROXIES: "1" },
    ],
  ];
  for (const [title, exposure, told] of environments) {
    it(`is told ${title} which proxies to trust and whether its cookies are secure`, async () => {
      assert.deepStrictEqual(dataOf(await create({ ...ARGS, exposure })), {
        APP_ENV: "production",
        POSTS: "20",
        ...told,
      });
    });
  }

  it("hands parent, protect and provider down to every child (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new FlaskApp("blog", FULL, opts))),
      byName(
        expected(
          "blog caller none",
          ...["namespace", "pull-secret", "service-account", "service", "migration", "deployment"].map(
            (role) => `blog-${role} blog k8s`,
          ),
          ...["disruption-budget", "autoscaler", "deny-all", "allow-dns", "allow-requests"].map(
            (role) => `blog-${role} blog k8s`,
          ),
          // Its environment, and its release.
          "blog blog none",
          "blog blog none",
          "blog-config blog k8s",
          "blog-secrets blog k8s",
          "blog-secret-key blog dice",
          "blog-exposure blog none",
          "blog-exposure blog-exposure none",
          "blog-exposure-service blog-exposure k8s",
          "blog-database blog none",
          "blog-database-allow-database blog-database k8s",
          "blog-database-allow-database-clients blog-database k8s",
          "blog-database-mysql blog-database none",
          ...["credentials", "volume", "service-account", "service", "server", "disruption-budget"].map(
            (role) => `blog-database-mysql-${role} blog-database-mysql k8s`,
          ),
          "blog-database-mysql-generation blog-database-mysql dice",
          ...["password", "root-password"].flatMap((role) => [
            `blog-database-mysql-${role} blog-database-mysql none`,
            `blog-database-mysql-${role}-odd blog-database-mysql-${role} dice`,
            `blog-database-mysql-${role}-even blog-database-mysql-${role} dice`,
          ]),
        ),
      ),
    );
  });

  it("can be there twice, as two apps of one stack", async () => {
    const { resources } = await deploy(() => [new FlaskApp("blog", FULL), new FlaskApp("shop", FULL)]);
    const objects = resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .flatMap(({ inputs }) => {
        const { name, namespace = "" } = inputs["metadata"] as { name?: string; namespace?: string };
        return name === undefined ? [] : [`${String(inputs["kind"])} ${namespace}/${name}`];
      });
    const urns = resources.map(({ type, name }) => `${type} ${name}`);
    assert.deepStrictEqual([new Set(objects).size, new Set(urns).size], [objects.length, urns.length]);
  });
});
