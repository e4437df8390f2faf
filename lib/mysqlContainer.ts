import type { types } from "@pulumi/kubernetes";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerResources, type PodResources } from "./podResources";
import { containerSecurityContext } from "./podSecurity";

export const MYSQL_PORT = 3306;

/** The user that the official image runs as. */
export const MYSQL_USER_ID = 999;

const CREDENTIALS = "/run/secrets/mysql";

const START = join(__dirname, "..", "pods", "mysql", "start.sh");

/** What a MySQL server's container is made of. */
export interface MysqlContainer {
  image: string;
  /** Name of the app's database and of its user. */
  account: string;
  /** Tells a stack from a later one of the same name, which has other passwords. */
  generation: types.input.core.v1.EnvVar["value"];
  /** The server's own options. */
  settings: string[];
  resources: PodResources;
}

/** The MySQL server's container. Passwords come as files, never as arguments or in the environment of the server. */
export function mysqlContainer(args: MysqlContainer): types.input.core.v1.Container {
  // It answers those whom it refuses as well, so that the question needs no password, which may be about to change.
  const answers = (...over: string[]) => ({
    exec: { command: ["mysqladmin", ...over, "--user=nobody", "--connect-timeout=4", "ping"] },
    timeoutSeconds: 5,
  });
  // The server that the image runs while it sets up listens on a socket only, and is not ready yet.
  const overTcp = answers("--protocol=tcp", "--host=127.0.0.1");
  const overSocket = answers("--protocol=socket", "--socket=/var/run/mysqld/mysqld.sock");
  return {
    name: "mysql",
    image: args.image,
    // By digest, so that an image on the node is the right one.
    imagePullPolicy: "IfNotPresent",
    command: ["bash", "-c", readFileSync(START, "utf8"), "mysql"],
    args: args.settings,
    env: [
      { name: "ACCOUNT", value: args.account },
      { name: "GENERATION", value: args.generation },
      { name: "MYSQL_ROOT_PASSWORD_FILE", value: `${CREDENTIALS}/root-password` },
      // From other pods too, as far as the network policies let them: for what changes passwords.
      { name: "MYSQL_ROOT_HOST", value: "%" },
      { name: "MYSQL_DATABASE", value: args.account },
      { name: "MYSQL_USER", value: args.account },
      { name: "MYSQL_PASSWORD_FILE", value: `${CREDENTIALS}/password` },
    ],
    ports: [{ name: "mysql", containerPort: MYSQL_PORT, protocol: "TCP" }],
    startupProbe: { ...overTcp, periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { ...overTcp, periodSeconds: 5, failureThreshold: 2 },
    // Two minutes: a server that is only busy must not be restarted.
    livenessProbe: { ...overSocket, periodSeconds: 10, failureThreshold: 12 },
    resources: containerResources(args.resources),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      // A folder within the volume: a new block volume holds lost+found, and the server wants an empty one.
      { name: "data", mountPath: "/var/lib/mysql", subPath: "mysql" },
      { name: "data", mountPath: "/var/lib/mysql-state", subPath: "mysql-state" },
      { name: "credentials", mountPath: CREDENTIALS, readOnly: true },
      { name: "first-start", mountPath: "/docker-entrypoint-initdb.d" },
      { name: "run", mountPath: "/var/run/mysqld" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}
