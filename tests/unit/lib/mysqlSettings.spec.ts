import assert from "node:assert/strict";
import { mysqlSettings, poolConnections } from "../../../lib/mysqlSettings";
import { mebibytes } from "../../../lib/quantity";

/** The server's numbers, out of its options. */
function numbers(memoryLimit: string, clients: number): { pool: number; connections: number; instruments: string } {
  const options = Object.fromEntries(
    mysqlSettings({ memoryLimit, clients }).map((option) => {
      const [name = "", value = ""] = option.replace(/^--/, "").split("=");
      return [name, value];
    }),
  );
  return {
    pool: Number(options["innodb-buffer-pool-size"]?.replace(/M$/, "")),
    connections: Number(options["max-connections"]),
    instruments: options["performance-schema"] ?? "",
  };
}

/** MiB that the server takes itself, that its instruments do, and each connection at its worst. */
const OWN = 220;
const INSTRUMENTS = 250;
const CONNECTION = 1.5;
const LEAST_POOL = 64;

describe("the settings of a MySQL server", () => {
  it("are these, in the memory that a server has by default", () => {
    assert.deepStrictEqual(mysqlSettings({ memoryLimit: "768Mi", clients: 36 }), [
      "--character-set-server=utf8mb4",
      "--collation-server=utf8mb4_unicode_ci",
      "--skip-name-resolve",
      "--innodb-buffer-pool-size=384M",
      "--max-connections=56",
      "--performance-schema=OFF",
      "--innodb-flush-log-at-trx-commit=1",
      "--skip-log-bin",
      "--mysqlx=OFF",
      "--local-infile=OFF",
      "--log-output=FILE",
      "--slow-query-log=ON",
      "--slow-query-log-file=/tmp/slow.log",
      "--long-query-time=1",
    ]);
  });

  const sizes: [string, number, ReturnType<typeof numbers>][] = [
    ["512Mi", 36, { pool: 128, connections: 56, instruments: "OFF" }],
    ["768Mi", 36, { pool: 384, connections: 56, instruments: "OFF" }],
    ["786432Ki", 36, { pool: 384, connections: 56, instruments: "OFF" }],
    ["2047Mi", 36, { pool: 1536, connections: 56, instruments: "OFF" }],
    ["2Gi", 36, { pool: 1280, connections: 56, instruments: "ON" }],
    ["4Gi", 36, { pool: 3072, connections: 56, instruments: "ON" }],
    ["16Gi", 300, { pool: 13760, connections: 320, instruments: "ON" }],
  ];
  for (const [memoryLimit, clients, expected] of sizes) {
    it(`follow from ${memoryLimit} and ${clients} connections of the app`, () => {
      assert.deepStrictEqual(numbers(memoryLimit, clients), expected);
    });
  }

  it("keep all of it together below the memory limit, wherever the pool is above its least", () => {
    for (const memoryLimit of ["512Mi", "768Mi", "1Gi", "2Gi", "4Gi", "16Gi"]) {
      for (const clients of [0, 12, 36, 132, 500, 2000]) {
        const { pool, connections, instruments } = numbers(memoryLimit, clients);
        const sum = pool + connections * CONNECTION + OWN + (instruments === "ON" ? INSTRUMENTS : 0);
        assert.ok(pool === LEAST_POOL || sum < mebibytes(memoryLimit), `${memoryLimit}, ${clients}: ${sum}`);
        assert.ok(pool >= LEAST_POOL && pool % 64 === 0, `${memoryLimit}, ${clients}: ${pool}`);
      }
    }
  });

  it("leave the pool its least where there is too little memory for all", () => {
    assert.deepStrictEqual(numbers("256Mi", 36).pool, 64);
    assert.deepStrictEqual(numbers("512Mi", 500).pool, 64);
  });

  it("have the app's connections, and some for people and tasks beside them", () => {
    assert.deepStrictEqual(numbers("1Gi", 0).connections, 20);
    assert.deepStrictEqual(numbers("1Gi", 100).connections, 120);
  });
});

describe("the connections of an app's pods", () => {
  const pods = (env: Record<string, string> = {}, max = 2, cpu?: string) =>
    poolConnections({ env, replicas: { max }, resources: { limits: cpu === undefined ? {} : { cpu } } });

  const cases: [string, number, number][] = [
    ["of two pods, and one more as while a release rolls out: two workers of four threads each", pods(), 3 * 2 * 6],
    ["at full load", pods({}, 10), 11 * 2 * 6],
    ["of as many workers as the environment says", pods({ WEB_CONCURRENCY: "5" }), 3 * 5 * 6],
    ["of as many threads as the environment says", pods({ WEB_THREADS: "8" }), 3 * 2 * 10],
    ["of a pool of its own size, whatever the threads", pods({ WEB_THREADS: "8", DB_POOL_SIZE: "3" }), 3 * 2 * 5],
    ["of more workers with more CPU", pods({}, 2, "2"), 3 * 5 * 6],
    ["of two workers with little CPU", pods({}, 2, "250m"), 3 * 2 * 6],
    ["of eight workers with much CPU", pods({}, 2, "16"), 3 * 8 * 6],
    ["of the default where the environment says nonsense", pods({ WEB_CONCURRENCY: "many", WEB_THREADS: "0" }), 36],
  ];
  for (const [title, found, expected] of cases) {
    it(`are those ${title}`, () => {
      assert.deepStrictEqual(found, expected);
    });
  }
});
