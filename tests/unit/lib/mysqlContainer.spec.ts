import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MYSQL_PORT, MYSQL_USER_ID, mysqlContainer } from "../../../lib/mysqlContainer";
import { ROOT } from "../../support/stackFiles";

const RESOURCES = { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } };
const container = () =>
  mysqlContainer({
    image: "ghcr.io/team/mysql:8.4",
    account: "my_blog",
    generation: "abc",
    settings: ["--max-connections=56", "--local-infile=OFF"],
    resources: RESOURCES,
  });

describe("the MySQL container", () => {
  it("listens at MySQL's port, as the official image's user", () => {
    assert.deepStrictEqual([MYSQL_PORT, MYSQL_USER_ID], [3306, 999]);
    assert.deepStrictEqual(container().ports, [{ name: "mysql", containerPort: 3306, protocol: "TCP" }]);
  });

  it("starts by its own script, which begins a first start anew that was cut short, with the settings it is given", () => {
    const { command, args } = container();
    const script = readFileSync(join(ROOT, "pods", "mysql", "start.sh"), "utf8");
    assert.deepStrictEqual(command, ["bash", "-c", script, "mysql"]);
    assert.deepStrictEqual(args, ["--max-connections=56", "--local-infile=OFF"]);
  });

  it("gets its passwords as files, and none in its environment or arguments", () => {
    assert.deepStrictEqual(container().env, [
      { name: "ACCOUNT", value: "my_blog" },
      { name: "GENERATION", value: "abc" },
      { name: "MYSQL_ROOT_PASSWORD_FILE", value: "/run/secrets/mysql/root-password" },
      { name: "MYSQL_ROOT_HOST", value: "%" },
      { name: "MYSQL_DATABASE", value: "my_blog" },
      { name: "MYSQL_USER", value: "my_blog" },
      { name: "MYSQL_PASSWORD_FILE", value: "/run/secrets/mysql/password" },
    ]);
  });

  it("is ready over TCP, for the server that sets up listens on a socket only, and asked without a password, which may change", () => {
    const ping = ["mysqladmin", "--protocol=tcp", "--host=127.0.0.1", "--user=nobody", "--connect-timeout=4", "ping"];
    const socket = ["--protocol=socket", "--socket=/var/run/mysqld/mysqld.sock"];
    const alive = ["mysqladmin", ...socket, "--user=nobody", "--connect-timeout=4", "ping"];
    const { startupProbe, readinessProbe, livenessProbe } = container();
    assert.deepStrictEqual(
      [startupProbe, readinessProbe, livenessProbe],
      [
        { exec: { command: ping }, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 150 },
        { exec: { command: ping }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
        { exec: { command: alive }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 12 },
      ],
    );
  });

  it("keeps its data in a folder within the volume, for a new volume is not empty", () => {
    assert.deepStrictEqual(container().volumeMounts, [
      { name: "data", mountPath: "/var/lib/mysql", subPath: "mysql" },
      { name: "data", mountPath: "/var/lib/mysql-state", subPath: "mysql-state" },
      { name: "credentials", mountPath: "/run/secrets/mysql", readOnly: true },
      { name: "first-start", mountPath: "/docker-entrypoint-initdb.d" },
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
