import assert from "node:assert/strict";
import { parseServer } from "../../../../local/docker/mysql";

describe("The server that stands in for MySQL", () => {
  it("is MySQL where it says no other name of itself", () => {
    assert.deepStrictEqual(parseServer("/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))"), {
      name: "MySQL",
      version: "9.7.4",
    });
  });

  it("is MariaDB where its version says so", () => {
    assert.deepStrictEqual(
      parseServer("mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)"),
      { name: "MariaDB", version: "10.11.14" },
    );
  });
});
