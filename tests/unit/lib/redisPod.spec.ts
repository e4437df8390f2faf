import assert from "node:assert/strict";
import { labels, partsOf } from "../../../lib/labels";
import type { CacheRole } from "../../../lib/redisContainer";
import { type RedisPod, redisPod } from "../../../lib/redisPod";
import { type PodSpec, restrictedViolations } from "../../support/pods";

const template = (role: CacheRole, files: RedisPod["files"]) => {
  const { metadata, spec } = redisPod({
    app: "guestbook",
    role,
    image: "ghcr.io/team/redis:8",
    settings: ["appendonly no"],
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    secretName: "credentials",
    serviceAccountName: "redis",
    files,
  });
  return { metadata, spec: spec as unknown as PodSpec };
};

const DISK = { diskMebibytes: 76 };
const VOLUME = { claimName: "redis-data" };

describe("a pod of a cache", () => {
  for (const [role, files] of [
    ["cache", VOLUME],
    ["cache", DISK],
    ["cache-replica", DISK],
  ] as const) {
    it(`is admitted where pods may do little, as ${role} with ${Object.keys(files).join()}`, () => {
      assert.deepStrictEqual(restrictedViolations(template(role, files).spec), []);
    });
  }

  it("bears the labels of its part", () => {
    assert.deepStrictEqual(template("cache", DISK).metadata, { labels: labels("guestbook", "cache") });
    assert.deepStrictEqual(template("cache-replica", DISK).metadata, { labels: labels("guestbook", "cache-replica") });
  });

  it("runs as the official image's user, without a token, and has time to end", () => {
    const { spec } = template("cache", DISK);
    assert.deepStrictEqual([spec.securityContext?.["runAsUser"], spec.securityContext?.["fsGroup"]], [999, 999]);
    assert.deepStrictEqual(
      [spec.serviceAccountName, spec.automountServiceAccountToken, spec.enableServiceLinks],
      ["redis", false, false],
    );
    assert.deepStrictEqual(spec.terminationGracePeriodSeconds, 30);
  });

  it("has its files on the volume where there is one", () => {
    const { spec } = template("cache", VOLUME);
    assert.deepStrictEqual(spec.volumes?.[0], { name: "data", persistentVolumeClaim: { claimName: "redis-data" } });
    assert.deepStrictEqual(spec.containers[0]?.resources?.limits?.["ephemeral-storage"], "128Mi");
  });

  it("has them on the node's disk otherwise, with room for a log beside them", () => {
    const { spec } = template("cache-replica", DISK);
    assert.deepStrictEqual(spec.volumes?.[0], { name: "data", emptyDir: { sizeLimit: "76Mi" } });
    assert.deepStrictEqual(spec.containers[0]?.resources?.limits?.["ephemeral-storage"], "204Mi");
  });

  it("reads passwords from files of its own user, and writes them into memory only", () => {
    assert.deepStrictEqual(template("cache", VOLUME).spec.volumes?.slice(1), [
      { name: "credentials", secret: { secretName: "credentials", defaultMode: 0o440 } },
      { name: "run", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    ]);
  });

  it("keeps away from the nodes of the primary and of the replicas, where there are others, in one rule, for two of a kind are refused", () => {
    for (const role of ["cache", "cache-replica"] as const) {
      assert.deepStrictEqual(template(role, DISK).spec.topologySpreadConstraints, [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: partsOf("guestbook", ["cache", "cache-replica"]),
        },
      ]);
    }
  });
});
