import assert from "node:assert/strict";
import { problemsOf, refusal } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

type Case = [title: string, config: Record<string, unknown>, lines: string[]];

const KEY = "a-key-of-twenty-characters";
const backup = (changes: Record<string, unknown> = {}) => ({ kind: "volume", encryptionKey: KEY, ...changes });
const withDatabase = (changes: Record<string, unknown> = {}) =>
  stack({ apps: [app({ database: "mysql" })], ...changes });
const onDoks = (changes: Record<string, unknown>) =>
  stack({ cluster: { kind: "doks" }, apps: [app({ expose: "loadBalancer", database: "mysql", ...changes })] });

const SPACES = { kind: "spaces", bucket: "our-backups", encryptionKey: KEY };
const mysqlOf = (memory: string) => ({ kind: "mysql", resources: { limits: { memory } } });
const managed = (size: string, nodes: number) => ({ kind: "managed-mysql", size, nodes });
const ALONE = "there is no database that it could be beside";
const TOO_LITTLE = "is below 512Mi, the least that MySQL starts with";
const NO_STANDBY = "db-s-1vcpu-1gb takes no standby nodes; db-s-1vcpu-2gb is the smallest that does";
const ONLY_DOKS = "managed-mysql is for cluster.kind: doks, whose network it is in";

describe("rules on databases and their backups", () => {
  const refused: Case[] = [
    [
      "a migration without a database",
      stack({ apps: [app({ migrate: ["flask", "db", "upgrade"] })] }),
      ["apps[0].migrate: there is no database to migrate"],
    ],
    [
      "a migration of the spare database alone",
      onDoks({ migrate: ["flask"], database: "none", spareDatabase: "mysql" }),
      ["apps[0].migrate: there is no database to migrate", `apps[0].spareDatabase: ${ALONE}`],
    ],
    [
      "a spare database without another",
      onDoks({ database: "none", spareDatabase: "managed-mysql" }),
      [`apps[0].spareDatabase: ${ALONE}`],
    ],
    [
      "MySQL with less memory than it starts with",
      onDoks({ database: mysqlOf("511Mi") }),
      [`apps[0].database.resources.limits.memory: ${TOO_LITTLE}`],
    ],
    [
      "the spare MySQL with less memory than it starts with",
      onDoks({ database: "managed-mysql", spareDatabase: mysqlOf("1024Ki") }),
      [`apps[0].spareDatabase.resources.limits.memory: ${TOO_LITTLE}`],
    ],
    [
      "standby nodes of DigitalOcean's smallest size",
      onDoks({ database: managed("db-s-1vcpu-1gb", 2) }),
      [`apps[0].database.size: ${NO_STANDBY}`],
    ],
    [
      "standby nodes of DigitalOcean's smallest size for the spare one",
      onDoks({ spareDatabase: managed("db-s-1vcpu-1gb", 3) }),
      [`apps[0].spareDatabase.size: ${NO_STANDBY}`],
    ],
    [
      "a spare database of the same kind",
      stack({ apps: [app({ database: "mysql", spareDatabase: "mysql" })] }),
      ["apps[0].spareDatabase: is of the same kind as database, mysql: there is nothing to move"],
    ],
    [
      "DigitalOcean's on a cluster that exists, whose network is not known",
      stack({ apps: [app({ database: "managed-mysql" })] }),
      [`apps[0].database: ${ONLY_DOKS}`],
    ],
    [
      "DigitalOcean's as the spare one there",
      stack({ apps: [app({ database: "mysql", spareDatabase: "managed-mysql" })] }),
      [`apps[0].spareDatabase: ${ONLY_DOKS}`],
    ],
    [
      "DigitalOcean's on another stack's cluster",
      stack({
        cluster: { kind: "shared", stack: "dev" },
        apps: [app({ expose: "loadBalancer", database: "managed-mysql" })],
      }),
      [`apps[0].database: ${ONLY_DOKS}`],
    ],
    ["backups of no database", stack({ backup: backup() }), ["backup.kind: there is no database to back up"]],
    [
      "backups of which none is kept",
      withDatabase({ backup: backup({ keep: { daily: 0, weekly: 0 } }) }),
      ["backup.keep: keeps nothing: give at least one number above 0"],
    ],
    [
      "an encryption key that can be guessed",
      withDatabase({ backup: backup({ encryptionKey: "x".repeat(19) }) }),
      ["backup.encryptionKey: is shorter than 20 characters"],
    ],
    [
      "backups with less memory than restic works with",
      withDatabase({ backup: backup({ memory: "255Mi" }) }),
      ["backup.memory: is below 256Mi, the least that restic works with"],
    ],
    [
      "a Space without its region where no cluster tells it",
      withDatabase({ backup: SPACES }),
      ["backup.region: is needed where the stack does not make the cluster"],
    ],
    [
      "all that is wrong, at once",
      stack({
        backup: backup({ encryptionKey: "short", keep: { daily: 0, weekly: 0 } }),
        apps: [app({ migrate: ["flask"], spareDatabase: "managed-mysql" })],
      }),
      [
        "apps[0].migrate: there is no database to migrate",
        `apps[0].spareDatabase: ${ALONE}`,
        `apps[0].spareDatabase: ${ONLY_DOKS}`,
        "backup.kind: there is no database to back up",
        "backup.keep: keeps nothing: give at least one number above 0",
        "backup.encryptionKey: is shorter than 20 characters",
      ],
    ],
  ];
  for (const [title, config, lines] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(config, ["backup"]), lines);
    });
  }

  const sound: [string, Record<string, unknown>][] = [
    ["a migration of a database", stack({ apps: [app({ migrate: ["flask"], database: "mysql" })] })],
    ["apps without any database", stack({ apps: [app(), app({ name: "shop" })] })],
    ["DigitalOcean's on a cluster of the stack's own", onDoks({ database: "managed-mysql" })],
    ["a move to DigitalOcean's", onDoks({ spareDatabase: "managed-mysql" })],
    ["a move from DigitalOcean's", onDoks({ database: "managed-mysql", spareDatabase: "mysql" })],
    ["a Space in the region of the stack's cluster", { ...onDoks({}), backup: SPACES }],
    ["a Space whose region is given", withDatabase({ backup: { ...SPACES, region: "fra1" } })],
    ["backups of one app of two", stack({ backup: backup(), apps: [app(), app({ name: "shop", database: "mysql" })] })],
    [
      "backups that are kept by the month alone",
      withDatabase({
        backup: backup({ keep: { daily: 0, weekly: 0, monthly: 1 } }),
      }),
    ],
    ["MySQL with just enough memory", onDoks({ database: mysqlOf("512Mi") })],
    ["MySQL with its memory in larger units", onDoks({ database: mysqlOf("1Gi") })],
    ["one node of DigitalOcean's smallest size", onDoks({ database: managed("db-s-1vcpu-1gb", 1) })],
    ["standby nodes of the smallest size that has them", onDoks({ database: managed("db-s-1vcpu-2gb", 3) })],
    ["backups with just enough memory", withDatabase({ backup: backup({ memory: "256Mi" }) })],
    ["an encryption key of twenty characters", withDatabase({ backup: backup({ encryptionKey: "x".repeat(20) }) })],
  ];
  for (const [title, config] of sound) {
    it(`let through ${title}`, async () => {
      assert.deepStrictEqual(await refusal(config, ["backup"]), undefined);
    });
  }
});
