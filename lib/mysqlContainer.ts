import type { types } from "@pulumi/kubernetes";
import { containerResources, type PodResources } from "./podResources";
import { containerSecurityContext } from "./podSecurity";

export const MYSQL_PORT = 3306;

/** The user that the official image runs as. */
export const MYSQL_USER_ID = 999;

const CREDENTIALS = "/run/secrets/mysql";

/**
 * The MySQL server's container. Passwords come as files, never as arguments or in the environment of the server.
 *
 * @param account Name of the app's database and of its user.
 */
export function mysqlContainer(args: {
  image: string;
  account: string;
  resources: PodResources;
}): types.input.core.v1.Container {
  const { account } = args;
  // Over TCP: the server that the image runs while it sets up listens on a socket only, and is not ready yet.
  const loggedIn = (client: string, command: string) => [
    "sh",
    "-c",
    `MYSQL_PWD="$(cat ${CREDENTIALS}/password)" exec ${client} --protocol=tcp --host=127.0.0.1 --user=${account} ${command}`,
  ];
  const query = loggedIn("mysql", `--execute='SELECT 1' ${account}`);
  return {
    name: "mysql",
    image: args.image,
    // By digest, so that an image on the node is the right one.
    imagePullPolicy: "IfNotPresent",
    args: ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci", "--skip-name-resolve"],
    env: [
      { name: "MYSQL_ROOT_PASSWORD_FILE", value: `${CREDENTIALS}/root-password` },
      // Root logs in from within the pod only.
      { name: "MYSQL_ROOT_HOST", value: "localhost" },
      { name: "MYSQL_DATABASE", value: account },
      { name: "MYSQL_USER", value: account },
      { name: "MYSQL_PASSWORD_FILE", value: `${CREDENTIALS}/password` },
    ],
    ports: [{ name: "mysql", containerPort: MYSQL_PORT, protocol: "TCP" }],
    startupProbe: { exec: { command: query }, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 150 },
    readinessProbe: { exec: { command: query }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
    // Two minutes: a server that is only busy must not be restarted.
    livenessProbe: {
      exec: { command: loggedIn("mysqladmin", "ping") },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 12,
    },
    resources: containerResources(args.resources),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      // A folder within the volume: a new block volume holds lost+found, and the server wants an empty one.
      { name: "data", mountPath: "/var/lib/mysql", subPath: "mysql" },
      { name: "credentials", mountPath: CREDENTIALS, readOnly: true },
      { name: "run", mountPath: "/var/run/mysqld" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}
