import assert from "node:assert/strict";
import {
  contentStatements,
  databaseStatements,
  settingStatements,
  userStatements,
  withoutDatabase,
  withoutUser,
} from "../../../../local/digitalocean/mysqlStatements";
import type { DatabaseRecord } from "../../../../local/digitalocean/state";

const database = (change: Partial<DatabaseRecord> = {}): DatabaseRecord => ({
  id: "d1",
  name: "shop-db",
  engine: "mysql",
  version: "8",
  size: "db-s-1vcpu-2gb",
  region: "fra1",
  nodes: 1,
  vpcId: "v1",
  storageMib: 10240,
  tags: [],
  users: [{ name: "doadmin", role: "primary", password: "first" }],
  databases: ["defaultdb"],
  pools: [],
  rules: [],
  window: { day: "monday", hour: "03:00" },
  evictionPolicy: "noeviction",
  sqlMode: "ANSI",
  config: {},
  createdMs: 0,
  readyMs: 0,
  ...change,
});

describe("what a database's MySQL server is told", () => {
  it("makes users with rights on all databases, but over the server itself", () => {
    const [create, alter, grant = ""] = userStatements({ name: "shop", role: "normal", password: "secret" });
    assert.deepEqual(
      [create, alter],
      ["CREATE USER IF NOT EXISTS 'shop'@'%' IDENTIFIED BY 'secret'", "ALTER USER 'shop'@'%' IDENTIFIED BY 'secret'"],
    );
    assert.match(grant, /^GRANT SELECT, .*, TRIGGER ON \*\.\* TO 'shop'@'%' WITH GRANT OPTION$/);
    assert.doesNotMatch(grant, /ALL|SUPER|SHUTDOWN|FILE|_ADMIN/);
  });

  it("quotes names and passwords, whatever is in them", () => {
    const [create] = userStatements({ name: "o'brien", role: "normal", password: "a\\b'c" });
    assert.equal(create, "CREATE USER IF NOT EXISTS 'o''brien'@'%' IDENTIFIED BY 'a\\\\b''c'");
    assert.deepEqual(databaseStatements("a`b"), ["CREATE DATABASE IF NOT EXISTS `a``b`"]);
    assert.deepEqual(withoutDatabase("shop"), ["DROP DATABASE IF EXISTS `shop`"]);
    assert.deepEqual(withoutUser("shop"), ["DROP USER IF EXISTS 'shop'@'%'"]);
  });

  it("sets what DigitalOcean sets, and what the user does, of what the server knows", () => {
    const config = { wait_timeout: 60, sql_require_primary_key: false, default_time_zone: "+01:00", backup_hour: 3 };
    assert.deepEqual(settingStatements(database({ config })), [
      "SET GLOBAL max_connections = 150",
      "SET GLOBAL sql_require_primary_key = OFF",
      "SET GLOBAL sql_mode = 'ANSI'",
      "SET GLOBAL wait_timeout = 60",
      "SET GLOBAL time_zone = '+01:00'",
    ]);
  });

  it("is all of it for a server that has nothing yet", () => {
    assert.deepEqual(
      contentStatements(database()).map((statement) => statement.split(" ").slice(0, 3).join(" ")),
      [
        "SET GLOBAL max_connections",
        "SET GLOBAL sql_require_primary_key",
        "SET GLOBAL sql_mode",
        "CREATE DATABASE IF",
        "CREATE USER IF",
        "ALTER USER 'doadmin'@'%'",
        "GRANT SELECT, INSERT,",
      ],
    );
  });
});
