import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CacheRole, REDIS_PORT, REDIS_USER_ID, redisContainer } from "../../../lib/redisContainer";
import { ROOT } from "../../support/stackFiles";

const container = (role: CacheRole = "cache") =>
  redisContainer({
    role,
    image: "ghcr.io/team/redis:8",
    settings: ['save ""', "maxmemory 76mb"],
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    diskMebibytes: 204,
  });

const script = (name: string) => readFileSync(join(ROOT, "pods", "redis", `${name}.sh`), "utf8");

/** A probe that asks the server the question. */
const asks = (question: string) => ({
  exec: { command: ["sh", "-c", script("probe"), "probe", question] },
  timeoutSeconds: 5,
});

describe("the Redis container", () => {
  it("listens at Redis' port, as the official image's user", () => {
    assert.deepStrictEqual([REDIS_PORT, REDIS_USER_ID], [6379, 999]);
    assert.deepStrictEqual(container().ports, [{ name: "redis", containerPort: 6379, protocol: "TCP" }]);
  });

  it("starts by its own script, in the one shell that every image has, with the settings that it is given", () => {
    const { command, args } = container();
    assert.deepStrictEqual(command, ["sh", "-c", script("start"), "start"]);
    assert.deepStrictEqual(args, ['save ""', "maxmemory 76mb"]);
  });

  it("gets its passwords as files, and nothing in its environment", () => {
    assert.deepStrictEqual("env" in container(), false);
    assert.deepStrictEqual(container().volumeMounts, [
      { name: "data", mountPath: "/data" },
      { name: "credentials", mountPath: "/run/secrets/redis", readOnly: true },
      { name: "run", mountPath: "/run/redis" },
    ]);
  });

  it("is ready as a primary when it takes commands, and as a replica when it has had all data once", () => {
    assert.deepStrictEqual(container("cache").readinessProbe, {
      ...asks("ready"),
      periodSeconds: 3,
      failureThreshold: 2,
    });
    assert.deepStrictEqual(container("cache-replica").readinessProbe, {
      ...asks("whole"),
      periodSeconds: 3,
      failureThreshold: 2,
    });
  });

  it("is alive while it answers, though it loads its data for long or has no primary, and has two minutes to", () => {
    for (const role of ["cache", "cache-replica"] as const) {
      const { startupProbe, livenessProbe } = container(role);
      assert.deepStrictEqual(
        [startupProbe, livenessProbe],
        [
          { ...asks("alive"), periodSeconds: 1, failureThreshold: 60 },
          { ...asks("alive"), periodSeconds: 10, failureThreshold: 12 },
        ],
      );
    }
  });

  it("goes on for a while as a replica that ends, and not as a primary, which no other one stands in for (K9)", () => {
    assert.deepStrictEqual(container("cache-replica").lifecycle, { preStop: { sleep: { seconds: 5 } } });
    assert.deepStrictEqual("lifecycle" in container("cache"), false);
  });

  it("is held to its memory and its disk", () => {
    assert.deepStrictEqual(container().resources, {
      requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
      limits: { memory: "128Mi", "ephemeral-storage": "204Mi" },
    });
  });
});
