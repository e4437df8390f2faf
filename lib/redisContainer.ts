import type { types } from "@pulumi/kubernetes";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AppRole } from "./labels";
import { containerResources, type PodResources } from "./podResources";
import { containerSecurityContext } from "./podSecurity";

export const REDIS_PORT = 6379;

/** The part that a server plays: the primary is the cache, and the others are its replicas. */
export type CacheRole = Extract<AppRole, "cache" | "cache-replica">;

/** The user that the official image runs as. */
export const REDIS_USER_ID = 999;

const SCRIPTS = join(__dirname, "..", "pods", "redis");

/** A script as a command: what follows it is given to it. */
const script = (name: string, change = (text: string): string => text): string[] => [
  "sh",
  "-c",
  change(readFileSync(join(SCRIPTS, `${name}.sh`), "utf8")),
  name,
];

/**
 * The script that starts a server, with a second password for each user: the one before, for whoever has yet to get the new
 * one. Not in the script itself, which would be another one then and restart the servers of stacks that have only one.
 */
const withPreviousPasswords = (start: string): string =>
  start
    .replace(
      /^((?:replication_)?password=)(.*)$/gm,
      (line, variable: string, file: string) =>
        `${line}\nprevious_${variable}${file.replace("$secrets/", "$secrets/previous-")}`,
    )
    .replace(/>\$((?:replication_)?password)/g, (rule, variable: string) => `${rule} >$previous_${variable}`);

/** Seconds in which a replica that ends may still get reads, and answers them (K9). */
const DRAIN_SECONDS = 5;

/** What a Redis server's container is made of. */
export interface RedisContainer {
  role: CacheRole;
  image: string;
  /** Lines of the server's configuration. */
  settings: string[];
  /** Whether the passwords of the version before hold too. Default: there are none. */
  hasPreviousPasswords?: boolean | undefined;
  resources: PodResources;
  /** MiB that it may write to the node's disk, where its data is not on a volume. */
  diskMebibytes: number;
}

/** The Redis server's container. Passwords come as files, never as arguments or in the environment of the server. */
export function redisContainer(args: RedisContainer): types.input.core.v1.Container {
  const isReplica = args.role === "cache-replica";
  const asked = (question: "alive" | "ready" | "whole") => ({
    exec: { command: [...script("probe"), question] },
    timeoutSeconds: 5,
  });
  return {
    name: "redis",
    image: args.image,
    // By digest, so that an image on the node is the right one.
    imagePullPolicy: "IfNotPresent",
    command: script("start", args.hasPreviousPasswords === true ? withPreviousPasswords : undefined),
    args: args.settings,
    ports: [{ name: "redis", containerPort: REDIS_PORT, protocol: "TCP" }],
    // The others begin when it answers, be it that it loads its data: so it is ready within a second, or when it is done.
    startupProbe: { ...asked("alive"), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...asked(isReplica ? "whole" : "ready"), periodSeconds: 3, failureThreshold: 2 },
    // Two minutes: a server that is only busy must not be restarted.
    livenessProbe: { ...asked("alive"), periodSeconds: 10, failureThreshold: 12 },
    // A primary is the only one of its kind: to go on would only put off the one after it.
    ...(isReplica ? { lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } } } : {}),
    resources: containerResources(args.resources, `${args.diskMebibytes}Mi`),
    securityContext: containerSecurityContext(),
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "credentials", mountPath: "/run/secrets/redis", readOnly: true },
      { name: "run", mountPath: "/run/redis" },
    ],
  };
}
