import assert from "node:assert/strict";
import { MYSQL_PORT, MYSQL_USER_ID, mysqlContainer } from "../../../lib/mysqlContainer";

const RESOURCES = { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } };
const container = () => mysqlContainer({ image: "ghcr.io/team/mysql:8.4", account: "my_blog", resources: RESOURCES });

describe("the MySQL container", () => {
  it("listens at MySQL's port, as the official image's user", () => {
    assert.deepStrictEqual([MYSQL_PORT, MYSQL_USER_ID], [3306, 999]);
    assert.deepStrictEqual(container().ports, [{ name: "mysql", containerPort: 3306, protocol: "TCP" }]);
  });

  it("gets its passwords as files, and none in its environment or arguments", () => {
    assert.deepStrictEqual(container().env, [
      { name: "MYSQL_ROOT_PASSWORD_FILE", value: "/run/secrets/mysql/root-password" },
      { name: "MYSQL_ROOT_HOST", value: "localhost" },
      { name: "MYSQL_DATABASE", value: "my_blog" },
      { name: "MYSQL_USER", value: "my_blog" },
      { name: "MYSQL_PASSWORD_FILE", value: "/run/secrets/mysql/password" },
    ]);
    assert.deepStrictEqual(container().args, [
      "--character-set-server=utf8mb4",
      "--collation-server=utf8mb4_unicode_ci",
      "--skip-name-resolve",
    ]);
  });

  it("is asked over TCP, as the app's user, for the server that sets up listens on a socket only", () => {
    const loggedIn = (rest: string) => ["sh", "-c", `MYSQL_PWD="$(cat /run/secrets/mysql/password)" exec ${rest}`];
    const query = loggedIn("mysql --protocol=tcp --host=127.0.0.1 --user=my_blog --execute='SELECT 1' my_blog");
    const ping = loggedIn("mysqladmin --protocol=tcp --host=127.0.0.1 --user=my_blog ping");
    const { startupProbe, readinessProbe, livenessProbe } = container();
    assert.deepStrictEqual(
      [startupProbe, readinessProbe, livenessProbe],
      [
        { exec: { command: query }, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 150 },
        { exec: { command: query }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
        { exec: { command: ping }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 12 },
      ],
    );
  });

  it("keeps its data in a folder within the volume, for a new volume is not empty", () => {
    assert.deepStrictEqual(container().volumeMounts, [
      { name: "data", mountPath: "/var/lib/mysql", subPath: "mysql" },
      { name: "credentials", mountPath: "/run/secrets/mysql", readOnly: true },
      { name: "run", mountPath: "/var/run/mysqld" },
      { name: "tmp", mountPath: "/tmp" },
    ]);
  });

  it("is held to its memory and its disk", () => {
    assert.deepStrictEqual(container().resources, {
      requests: { cpu: "100m", memory: "512Mi", "ephemeral-storage": "64Mi" },
      limits: { memory: "768Mi", "ephemeral-storage": "512Mi" },
    });
  });
});
