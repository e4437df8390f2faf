import assert from "node:assert/strict";
import { RedisReplicas, type RedisReplicasArgs } from "../../../../components/data/redisReplicas";
import { replicaSettings } from "../../../../lib/redisSettings";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy } from "../../../support/mocks";
import type { PodSpec } from "../../../support/pods";

const ARGS: RedisReplicasArgs = {
  app: "guestbook",
  namespace: "guestbook",
  image: "ghcr.io/team/redis:8",
  count: 3,
  primary: { host: "redis-primary", port: 6379 },
  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "1Gi" } },
  secretName: "credentials",
  serviceAccountName: "redis",
  after: [],
};

const SELECTOR = { "app.kubernetes.io/name": "guestbook", "app.kubernetes.io/component": "cache-replica" };
const METADATA = {
  name: "redis-replicas",
  namespace: "guestbook",
  labels: { ...SELECTOR, "app.kubernetes.io/part-of": "guestbook", "app.kubernetes.io/managed-by": "pulumi" },
};

const create = () => deploy(() => new RedisReplicas("replicas", ARGS));

interface Spec {
  template: { metadata: unknown; spec: PodSpec };
  [field: string]: unknown;
}

describe("RedisReplicas", () => {
  it("creates the servers, their Service and their budget", async () => {
    assert.deepStrictEqual((await create()).list, [
      "flask-doks:data:RedisReplicas replicas",
      "kubernetes:apps/v1:Deployment replicas-servers",
      "kubernetes:core/v1:Service replicas-service",
      "kubernetes:policy/v1:PodDisruptionBudget replicas-disruption-budget",
    ]);
  });

  it("runs as many servers as it is told, a new one being ready before an old one goes", async () => {
    const { get } = await create();
    const { template, ...spec } = get("replicas-servers").inputs["spec"] as Spec;
    assert.deepStrictEqual(get("replicas-servers").inputs["metadata"], METADATA);
    assert.deepStrictEqual(spec, {
      replicas: 3,
      revisionHistoryLimit: 3,
      selector: { matchLabels: SELECTOR },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
    assert.deepStrictEqual(template.metadata, { labels: METADATA.labels });
  });

  it("has them copy the primary, log in with the passwords of the cache and be no account of another kind", async () => {
    const { get } = await create();
    const { spec } = (get("replicas-servers").inputs["spec"] as Spec).template;
    assert.deepStrictEqual(spec.containers[0]?.args, replicaSettings({ host: "redis-primary", port: 6379 }));
    assert.deepStrictEqual(spec.volumes?.[1]?.["secret"], { secretName: "credentials", defaultMode: 0o440 });
    assert.deepStrictEqual(spec.serviceAccountName, "redis");
  });

  it("gives each the disk for a copy of all data, and no volume (D13)", async () => {
    const { get } = await create();
    const { spec } = (get("replicas-servers").inputs["spec"] as Spec).template;
    assert.deepStrictEqual(spec.volumes?.[0], { name: "data", emptyDir: { sizeLimit: "614Mi" } });
    assert.deepStrictEqual(spec.containers[0]?.resources?.limits, { memory: "1Gi", "ephemeral-storage": "742Mi" });
  });

  it("answers at one address for all of them, without waiting for the pods that come after it", async () => {
    const { inputs } = (await create()).get("replicas-service");
    assert.deepStrictEqual(inputs["metadata"], { ...METADATA, annotations: { "pulumi.com/skipAwait": "true" } });
    assert.deepStrictEqual(inputs["spec"], {
      type: "ClusterIP",
      selector: SELECTOR,
      ports: [{ name: "redis", port: 6379, targetPort: "redis", protocol: "TCP" }],
    });
  });

  it("lets nodes be drained, one replica at a time (K8)", async () => {
    const { inputs } = (await create()).get("replicas-disruption-budget");
    assert.deepStrictEqual(inputs["metadata"], METADATA);
    assert.deepStrictEqual(inputs["spec"], {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: SELECTOR },
    });
  });

  it("tells where they are before they run", async () => {
    const { outputs } = await deploy(() => ({ host: new RedisReplicas("replicas", ARGS).host }), { mode: "preview" });
    assert.deepStrictEqual(outputs, { host: "redis-replicas" });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new RedisReplicas("replicas", ARGS, opts))),
      byName(
        expected(
          "replicas caller none",
          "replicas-service replicas k8s",
          "replicas-servers replicas k8s",
          "replicas-disruption-budget replicas k8s",
        ),
      ),
    );
  });
});
