import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseAccess } from "./databaseAccess";
import { type AppRole, labels } from "./labels";
import { MYSQL_USER_ID } from "./mysqlContainer";
import { containerSecurityContext, podSecurityContext } from "./podSecurity";

type PodTemplate = types.input.core.v1.PodTemplateSpec;
type PodSpec = types.input.core.v1.PodSpec;
type EnvVar = types.input.core.v1.EnvVar;

const FOLDER = join(__dirname, "..", "pods", "mysql");

/** Where the scripts are in a task's pod. */
const SCRIPTS = "/opt/tasks";

/** The tasks' scripts, by name: all of them but the server's own. */
export function taskScripts(): Record<string, string> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".sh") && name !== "start.sh");
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]));
}

/** A folder of a task's pod. */
export interface Mount {
  name: string;
  path: string;
  /** What is there; a volume of its own kind. */
  source: Omit<types.input.core.v1.Volume, "name">;
  readOnly?: boolean;
}

/** A pod that does something to a database, and ends. */
export interface DatabaseTask {
  app: string;
  role: AppRole;
  /** The server's image: its clients are of the server's own version. */
  image: pulumi.Input<string>;
  /** Name of the script, and what it is given. */
  command: [string, ...string[]];
  env: EnvVar[];
  mounts: Mount[];
  /** ConfigMap with the scripts. */
  scriptsName: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
  /** Memory that it may take. */
  memory: string;
  initContainers?: PodSpec["initContainers"];
}

/**
 * The pod of a task. Its one container is called `backup` for all of them: whoever looks for what came of a task reads
 * the last word of the container of that name.
 */
export function taskPod(task: DatabaseTask): PodTemplate {
  const mounts: Mount[] = [
    { name: "scripts", path: SCRIPTS, source: { configMap: { name: task.scriptsName } }, readOnly: true },
    // In memory: what it logs in with is written there.
    { name: "work", path: "/tmp", source: { emptyDir: { medium: "Memory", sizeLimit: "64Mi" } } },
    ...task.mounts,
  ];
  const [script, ...args] = task.command;
  return {
    metadata: { labels: labels(task.app, task.role) },
    spec: {
      serviceAccountName: task.serviceAccountName,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      securityContext: podSecurityContext(MYSQL_USER_ID),
      ...(task.initContainers === undefined ? {} : { initContainers: task.initContainers }),
      containers: [
        {
          name: "backup",
          image: task.image,
          // By digest, so that an image on the node is the right one.
          imagePullPolicy: "IfNotPresent",
          command: ["bash", `${SCRIPTS}/${script}.sh`, ...args],
          env: [{ name: "HOME", value: "/tmp" }, ...task.env],
          resources: {
            requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "64Mi" },
            limits: { memory: task.memory, "ephemeral-storage": "2Gi" },
          },
          securityContext: containerSecurityContext(),
          volumeMounts: mounts.map(({ name, path, readOnly = false }) => ({ name, mountPath: path, readOnly })),
        },
      ],
      volumes: mounts.map(({ name, source }) => ({ name, ...source })),
    },
  };
}

/** What a task is told so that it gets at a database, beside the folder with its password. */
export function databaseEnv(access: DatabaseAccess, prefix: "DB" | "TO", folder: string): EnvVar[] {
  return [
    { name: `${prefix}_HOST`, value: access.host },
    { name: `${prefix}_PORT`, value: access.port.apply(String) },
    { name: `${prefix}_NAME`, value: access.database },
    { name: `${prefix}_USERNAME`, value: access.username },
    ...(access.ca === undefined ? [] : [{ name: `${prefix}_TLS_CA`, value: `${folder}/ca.crt` }]),
  ];
}

/** The folder with a database's password and, where there is one, its authority's certificate. */
export function databaseMount(access: DatabaseAccess, name: string, path: string): Mount {
  if (access.secretName === undefined) {
    throw new Error("a task needs to log in to a database without a Secret for it");
  }
  const keys = ["password", ...(access.ca === undefined ? [] : ["ca.crt"])];
  const items = keys.map((key) => ({ key, path: key }));
  return {
    name,
    path,
    source: { secret: { secretName: access.secretName, defaultMode: 0o440, items } },
    readOnly: true,
  };
}

/** Where {@link databaseEnv} and the scripts expect the passwords of the database and of the one to move to. */
export const DATABASE_FOLDER = "/run/secrets/database";
export const TARGET_FOLDER = "/run/secrets/target";
