import assert from "node:assert/strict";
import type { AppConfig } from "../../../../config";
import { load, problemsOf } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

type Key = "database" | "spareDatabase";

const onDoks = (changes: Record<string, unknown>) =>
  stack({ cluster: { kind: "doks" }, apps: [app({ expose: "loadBalancer", ...changes })] });

/** What becomes of a database in the config; beside a spare one there is one of the other kind. */
async function loadDatabase(database: unknown, key: Key = "database"): Promise<AppConfig["database"]> {
  const other = database === "mysql" ? "managed-mysql" : "mysql";
  const [first] = (await load(onDoks({ ...(key === "spareDatabase" ? { database: other } : {}), [key]: database })))
    .apps;
  assert.ok(first !== undefined);
  return first[key];
}

const MYSQL = {
  kind: "mysql",
  storageGi: 10,
  version: "8.4",
  passwordVersion: 1,
  resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } },
};
const MANAGED = {
  kind: "managed-mysql",
  size: "db-s-1vcpu-1gb",
  nodes: 1,
  readReplicas: 0,
  maintenance: { day: "sunday", hour: "03:00" },
  version: "8",
  passwordVersion: 1,
};

describe("the keys of a database", () => {
  for (const key of ["database", "spareDatabase"] as const) {
    it(`are filled with defaults where ${key} is a bare word`, async () => {
      assert.deepStrictEqual(await loadDatabase("mysql", key), MYSQL);
      assert.deepStrictEqual(await loadDatabase("managed-mysql", key), MANAGED);
      assert.deepStrictEqual(await loadDatabase("none", key), { kind: "none" });
    });
  }

  it("keep what the stack file says of MySQL in the cluster", async () => {
    const said = {
      ...MYSQL,
      storageGi: 16384,
      storageClass: "fast",
      passwordVersion: 9999,
      resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { memory: "4Gi", cpu: "2" } },
    };
    assert.deepStrictEqual(await loadDatabase(said), said);
  });

  it("keep what the stack file says of DigitalOcean's", async () => {
    const said = {
      ...MANAGED,
      size: "db-s-4vcpu-8gb",
      nodes: 3,
      storageGi: 10,
      readReplicas: 2,
      maintenance: { day: "saturday", hour: "23:59" },
      passwordVersion: 2,
    };
    assert.deepStrictEqual(await loadDatabase(said), said);
  });

  it("take a version that YAML reads as a number", async () => {
    assert.deepStrictEqual(await loadDatabase({ kind: "mysql", version: 8.4 }), MYSQL);
    assert.deepStrictEqual(await loadDatabase({ kind: "managed-mysql", version: 8 }), MANAGED);
  });

  const refused: [string, unknown, string[]][] = [
    ["an unknown database", "postgres", ['.kind: "postgres" is not one of none, mysql, managed-mysql']],
    [
      "a database without its kind",
      { storageGi: 5 },
      [".kind: is missing: one of none, mysql, managed-mysql is needed"],
    ],
    ["an unknown version", { kind: "mysql", version: 9 }, ['.version: "9" is not one of 8.4']],
    [
      "a version that DigitalOcean has not",
      { kind: "managed-mysql", version: 8.4 },
      ['.version: "8.4" is not one of 8'],
    ],
    ["a database without a volume", { kind: "mysql", storageGi: 0 }, [".storageGi: 0 is below 1"]],
    ["a volume larger than any", { kind: "mysql", storageGi: 16385 }, [".storageGi: 16385 is above 16384"]],
    ["a StorageClass without a name", { kind: "mysql", storageClass: "" }, [".storageClass: is empty"]],
    ["a key of another kind", { kind: "none", storageGi: 5 }, [".storageGi: unknown key for this kind"]],
    ["nodes for MySQL in the cluster", { kind: "mysql", nodes: 2 }, [".nodes: unknown key for this kind"]],
    ["passwords before the first", { kind: "mysql", passwordVersion: 0 }, [".passwordVersion: 0 is below 1"]],
    [
      "half a version of passwords",
      { kind: "mysql", passwordVersion: 1.5 },
      [".passwordVersion: 1.5 is not a whole number"],
    ],
    [
      "too many passwords",
      { kind: "managed-mysql", passwordVersion: 10000 },
      [".passwordVersion: 10000 is above 9999"],
    ],
    [
      "memory without its unit",
      { kind: "mysql", resources: { limits: { memory: "1G" } } },
      ['.resources.limits.memory: "1G" is not a memory quantity in Ki, Mi or Gi, such as 256Mi'],
    ],
    [
      "a size of nodes of another product",
      { kind: "managed-mysql", size: "s-1vcpu-1gb" },
      ['.size: "s-1vcpu-1gb" is not the slug of a database size such as db-s-1vcpu-1gb'],
    ],
    ["no nodes", { kind: "managed-mysql", nodes: 0 }, [".nodes: 0 is below 1"]],
    ["more nodes than DigitalOcean has", { kind: "managed-mysql", nodes: 4 }, [".nodes: 4 is above 3"]],
    ["less disk than the smallest brings", { kind: "managed-mysql", storageGi: 9 }, [".storageGi: 9 is below 10"]],
    ["fewer than no read replicas", { kind: "managed-mysql", readReplicas: -1 }, [".readReplicas: -1 is below 0"]],
    ["too many read replicas", { kind: "managed-mysql", readReplicas: 3 }, [".readReplicas: 3 is above 2"]],
    [
      "maintenance at no time",
      { kind: "managed-mysql", maintenance: { day: "any", hour: "3" } },
      [
        '.maintenance.day: "any" is not one of monday, tuesday, wednesday, thursday, friday, saturday, sunday',
        '.maintenance.hour: "3" is not a time such as 03:00',
      ],
    ],
  ];
  for (const [title, database, lines] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(
        await problemsOf(onDoks({ database })),
        lines.map((line) => `apps[0].database${line}`),
      );
    });
  }
});
