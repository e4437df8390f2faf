import assert from "node:assert/strict";
import * as random from "@pulumi/random";
import { Redis, type RedisArgs } from "../../../../components/data/redis";
import { primarySettings } from "../../../../lib/redisSettings";
import { autoName } from "../../../support/cloud";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, type Deployed } from "../../../support/mocks";
import type { PodSpec } from "../../../support/pods";

const ARGS: RedisArgs = {
  app: "guestbook",
  namespace: "guestbook",
  image: "ghcr.io/team/redis:8",
  replicas: 2,
  persistence: { kind: "none" },
  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  dataPolicy: "retain",
};
const KEPT: Partial<RedisArgs> = { persistence: { kind: "volume", storageGi: 3 } };

const SELECTOR = { "app.kubernetes.io/name": "guestbook", "app.kubernetes.io/component": "cache" };
const LABELS = { ...SELECTOR, "app.kubernetes.io/part-of": "guestbook", "app.kubernetes.io/managed-by": "pulumi" };
const named = (name: string) => ({ name, namespace: "guestbook", labels: LABELS });

const create = (changes: Partial<RedisArgs> = {}) => deploy(() => new Redis("app-cache", { ...ARGS, ...changes }));

interface Spec {
  replicas: number;
  serviceName: string;
  selector: unknown;
  template: { metadata: unknown; spec: PodSpec };
}

const server = ({ get }: Deployed) => get("app-cache-server").inputs["spec"] as Spec;

const PRIMARY = [
  "flask-doks:data:Redis app-cache",
  "kubernetes:apps/v1:StatefulSet app-cache-server",
  "kubernetes:core/v1:Secret app-cache-credentials",
  "kubernetes:core/v1:Service app-cache-headless-service",
  "kubernetes:core/v1:Service app-cache-service",
  "kubernetes:core/v1:ServiceAccount app-cache-service-account",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy app-cache-allow-cache",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy app-cache-allow-cache-clients",
  "kubernetes:policy/v1:PodDisruptionBudget app-cache-disruption-budget",
  "random:index/randomPassword:RandomPassword app-cache-password",
  "random:index/randomPassword:RandomPassword app-cache-replication-password",
];
const REPLICAS = [
  "flask-doks:data:RedisReplicas app-cache-replicas",
  "kubernetes:apps/v1:Deployment app-cache-replicas-servers",
  "kubernetes:core/v1:Service app-cache-replicas-service",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy app-cache-allow-cache-replicas",
  "kubernetes:policy/v1:PodDisruptionBudget app-cache-replicas-disruption-budget",
];
const VOLUME = "kubernetes:core/v1:PersistentVolumeClaim app-cache-volume";

describe("Redis", () => {
  const kinds: [string, Partial<RedisArgs>, string[]][] = [
    ["a primary with its replicas", {}, [...PRIMARY, ...REPLICAS]],
    ["a primary alone", { replicas: 0 }, PRIMARY],
    ["a primary on a volume, which replicas have none of", KEPT, [...PRIMARY, ...REPLICAS, VOLUME]],
    ["a primary alone, on a volume", { ...KEPT, replicas: 0 }, [...PRIMARY, VOLUME]],
  ];
  for (const [title, changes, list] of kinds) {
    it(`creates ${title}`, async () => {
      assert.deepStrictEqual((await create(changes)).list, list.sort());
    });
  }

  it("names its objects for good, so that a replaced set finds its volume again (K7)", async () => {
    const { get } = await create(KEPT);
    const metadata = (role: string) => get(`app-cache-${role}`).inputs["metadata"];
    assert.deepStrictEqual(
      [metadata("server"), metadata("disruption-budget"), metadata("headless-service"), metadata("service-account")],
      [named("redis-primary"), named("redis-primary"), named("redis-primary-headless"), named("redis")],
    );
    const skipAwait = { annotations: { "pulumi.com/skipAwait": "true" } };
    assert.deepStrictEqual(metadata("volume"), { ...named("redis-data"), ...skipAwait });
    assert.deepStrictEqual(metadata("service"), { ...named("redis-primary"), ...skipAwait });
  });

  it("claims its volume outside the set's templates, so that it can grow (K7)", async () => {
    const deployed = await create(KEPT);
    const spec = server(deployed);
    assert.deepStrictEqual(deployed.get("app-cache-volume").inputs["spec"], {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "3Gi" } },
    });
    assert.deepStrictEqual("volumeClaimTemplates" in spec, false);
    assert.deepStrictEqual(spec.template.spec.volumes?.[0], {
      name: "data",
      persistentVolumeClaim: { claimName: "redis-data" },
    });
  });

  it("takes a StorageClass of one's choice", async () => {
    const persistence = { kind: "volume", storageGi: 3, storageClass: "do-block-storage-retain" } as const;
    const { get } = await create({ persistence });
    const { storageClassName } = get("app-cache-volume").inputs["spec"] as { storageClassName: string };
    assert.deepStrictEqual(storageClassName, "do-block-storage-retain");
  });

  const outlives = (resources: Deployed["resources"]) => ({
    kept: resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ name }) => name),
    protected: resources.filter(({ protect }) => protect).map(({ name }) => name),
  });

  it("protects the volume and its server where data is retained, and has the volume outlive them (K7)", async () => {
    const { kept, protected: both } = outlives((await create(KEPT)).resources);
    assert.deepStrictEqual(kept, ["app-cache-volume"]);
    assert.deepStrictEqual(both.sort(), ["app-cache-server", "app-cache-volume"]);
  });

  it("protects nothing where data is disposable, or where there is none to keep", async () => {
    for (const changes of [{ ...KEPT, dataPolicy: "delete" as const }, {}]) {
      assert.deepStrictEqual(outlives((await create(changes)).resources), { kept: [], protected: [] });
    }
  });

  it("generates a password for the app and another one for replicas, of letters and digits", async () => {
    const { get } = await create();
    const form = { length: 32, special: false };
    assert.deepStrictEqual(get("app-cache-password").inputs, form);
    assert.deepStrictEqual(get("app-cache-replication-password").inputs, form);
    const { inputs, secrets } = get("app-cache-credentials");
    assert.deepStrictEqual(inputs["stringData"], {
      password: "app-cache-password-random-password",
      "replication-password": "app-cache-replication-password-random-password",
    });
    assert.deepStrictEqual(secrets, ["stringData"]);
  });

  it("keeps them in a Secret that never changes, for a server reads it at its start only (K10)", async () => {
    const deployed = await create();
    const { inputs } = deployed.get("app-cache-credentials");
    assert.deepStrictEqual(inputs["immutable"], true);
    assert.deepStrictEqual(inputs["metadata"], { namespace: "guestbook", labels: LABELS });
    assert.deepStrictEqual(server(deployed).template.spec.volumes?.[1], {
      name: "credentials",
      secret: { secretName: autoName("app-cache-credentials"), defaultMode: 0o440 },
    });
  });

  it("runs one primary behind the Service that a set has to have, with the app's settings for it", async () => {
    for (const [changes, kind] of [
      [{}, "none"],
      [KEPT, "volume"],
    ] as const) {
      const { replicas, serviceName, selector, template } = server(await create(changes));
      assert.deepStrictEqual(
        { replicas, serviceName, selector, labels: template.metadata },
        {
          replicas: 1,
          serviceName: "redis-primary-headless",
          selector: { matchLabels: SELECTOR },
          labels: { labels: LABELS },
        },
      );
      assert.deepStrictEqual(template.spec.containers[0]?.args, primarySettings("128Mi", kind));
      assert.deepStrictEqual(template.spec.serviceAccountName, "redis");
    }
  });

  it("answers at an address that outlives its pods, and has none for the Service of its set", async () => {
    const { get } = await create();
    const ports = [{ name: "redis", port: 6379, targetPort: "redis", protocol: "TCP" }];
    assert.deepStrictEqual(get("app-cache-service").inputs["spec"], { type: "ClusterIP", selector: SELECTOR, ports });
    assert.deepStrictEqual(get("app-cache-headless-service").inputs["spec"], {
      clusterIP: "None",
      selector: SELECTOR,
      ports,
    });
  });

  it("lets its node be drained (K8)", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("app-cache-disruption-budget").inputs["spec"], {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: SELECTOR },
    });
  });

  it("pulls its image with the secret that it is given, and with none where the registry wants none", async () => {
    const account = {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: named("redis"),
      automountServiceAccountToken: false,
    };
    assert.deepStrictEqual((await create()).get("app-cache-service-account").inputs, account);
    assert.deepStrictEqual((await create({ pullSecretName: "registry" })).get("app-cache-service-account").inputs, {
      ...account,
      imagePullSecrets: [{ name: "registry" }],
    });
  });

  it("starts the primary after its account, its volume and its passwords, and replicas after the way to it (K11)", async () => {
    const { waitsFor } = await create(KEPT);
    const primary = ["service-account", "volume", "credentials", "headless-service"];
    const replicas = ["service-account", "credentials", "service", "allow-cache", "allow-cache-replicas"];
    assert.deepStrictEqual(
      [
        primary.every((role) => waitsFor("app-cache-server", `app-cache-${role}`)),
        replicas.every((role) => waitsFor("app-cache-replicas-servers", `app-cache-${role}`)),
      ],
      [true, true],
    );
  });

  it("does not have the replicas wait for the primary, which looks for none of them", async () => {
    const { waitsFor } = await create();
    assert.deepStrictEqual(
      [
        waitsFor("app-cache-replicas-servers", "app-cache-server"),
        waitsFor("app-cache-server", "app-cache-replicas-servers"),
      ],
      [false, false],
    );
  });

  it("has the app wait for all that it uses: the policies, the primary and the replicas", async () => {
    const { waitsFor } = await deploy(() => {
      const { ready } = new Redis("app-cache", ARGS);
      new random.RandomPassword("app", { length: 8 }, { dependsOn: ready });
    });
    const used = [
      "allow-cache",
      "allow-cache-clients",
      "allow-cache-replicas",
      "service",
      "server",
      "replicas-servers",
    ];
    assert.deepStrictEqual(
      used.filter((role) => !waitsFor("app", `app-cache-${role}`)),
      [],
    );
  });

  const told = (changes: Partial<RedisArgs> = {}, mode: "update" | "preview" = "update") =>
    deploy(() => ({ ...new Redis("app-cache", { ...ARGS, ...changes }).access }), { mode });

  it("tells where it is and where reads go, and how to log in, the password as a secret", async () => {
    for (const [replicas, replicaHost] of [
      [2, "redis-replicas"],
      [0, "redis-primary"],
    ] as const) {
      const { outputs, secretOutputs } = await told({ replicas });
      const password = "app-cache-password-random-password";
      assert.deepStrictEqual(outputs, { host: "redis-primary", port: 6379, replicaHost, password });
      assert.deepStrictEqual(secretOutputs, ["password"]);
    }
  });

  it("tells where it is before the servers run, so that config need not wait for them", async () => {
    const { outputs } = await told({}, "preview");
    const hosts = { host: "redis-primary", replicaHost: "redis-replicas" };
    assert.deepStrictEqual(outputs, { ...hosts, port: 6379, password: undefined });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new Redis("cache", { ...ARGS, ...KEPT }, opts))),
      byName(
        expected(
          "cache caller none",
          "cache-password cache dice",
          "cache-replication-password cache dice",
          "cache-credentials cache k8s",
          "cache-service-account cache k8s",
          "cache-allow-cache cache k8s",
          "cache-allow-cache-replicas cache k8s",
          "cache-allow-cache-clients cache k8s",
          "cache-service cache k8s",
          "cache-headless-service cache k8s",
          "cache-volume cache k8s",
          "cache-server cache k8s",
          "cache-disruption-budget cache k8s",
          "cache-replicas cache none",
          "cache-replicas-service cache-replicas k8s",
          "cache-replicas-servers cache-replicas k8s",
          "cache-replicas-disruption-budget cache-replicas k8s",
        ),
      ),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [
      new Redis("one", ARGS),
      new Redis("two", { ...ARGS, app: "shop", namespace: "shop" }),
    ]);
    assert.deepStrictEqual([list.length, new Set(list).size], [32, 32]);
  });
});
