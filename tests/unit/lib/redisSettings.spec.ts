import assert from "node:assert/strict";
import { mebibytes } from "../../../lib/quantity";
import { dataMebibytes, primarySettings, replicaSettings } from "../../../lib/redisSettings";

/** The value of one of the settings. */
const valueOf = (settings: string[], name: string): string | undefined =>
  settings.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);

describe("the settings of a Redis primary", () => {
  it("are these where everything is kept on a volume, in the memory that it has by default", () => {
    assert.deepStrictEqual(primarySettings("128Mi", "volume"), [
      'save ""',
      "dir /data",
      "maxmemory 76mb",
      "appendonly yes",
      "appendfsync always",
      "maxmemory-policy noeviction",
      "repl-backlog-size 4mb",
      "client-output-buffer-limit replica 16mb 8mb 60",
      "repl-diskless-sync yes",
      "repl-diskless-sync-delay 1",
    ]);
  });

  it("are these where nothing is kept: the oldest makes room", () => {
    const kept = primarySettings("128Mi", "volume");
    const lost = primarySettings("128Mi", "none");
    assert.deepStrictEqual(
      lost.filter((line) => !kept.includes(line)),
      ["appendonly no", "maxmemory-policy allkeys-lru"],
    );
    assert.deepStrictEqual(
      kept.filter((line) => !lost.includes(line)),
      ["appendonly yes", "appendfsync always", "maxmemory-policy noeviction"],
    );
  });

  it("leave two fifths of the memory for all but the data, however much there is", () => {
    for (const limit of ["64Mi", "100Mi", "128Mi", "1Gi", "8Gi"]) {
      const data = dataMebibytes(limit);
      assert.deepStrictEqual(valueOf(primarySettings(limit, "none"), "maxmemory"), `${data}mb`);
      const share = data / mebibytes(limit);
      assert.ok(share > 0.59 && share <= 0.6, `${limit}: ${data}`);
    }
  });

  it("have what waits for replicas fit in what is left", () => {
    for (const [limit, backlog, waiting] of [
      ["16Mi", "1mb", "2mb 1mb 60"],
      ["128Mi", "4mb", "16mb 8mb 60"],
      ["4Gi", "128mb", "512mb 256mb 60"],
    ] as const) {
      const settings = primarySettings(limit, "none");
      assert.deepStrictEqual(valueOf(settings, "repl-backlog-size"), backlog);
      assert.deepStrictEqual(valueOf(settings, "client-output-buffer-limit"), `replica ${waiting}`);
    }
  });
});

describe("the settings of a Redis replica", () => {
  it("have it copy its primary, take no writes, keep nothing, and serve what it has without it", () => {
    assert.deepStrictEqual(replicaSettings({ host: "redis-primary", port: 6379 }), [
      'save ""',
      "dir /data",
      "appendonly no",
      "replicaof redis-primary 6379",
      "replica-read-only yes",
      "replica-serve-stale-data yes",
      "repl-diskless-load on-empty-db",
      "rdb-del-sync-files yes",
    ]);
  });
});
