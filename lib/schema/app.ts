import { z } from "zod";
import { asText, cpuQuantity, dnsLabel, hostName, imageDigest, kinds, memoryQuantity, secretString } from "./kinds";

/** Variables that the program itself sets; an app's `env` and `secrets` may not take them. */
export const RESERVED_VARIABLES = [
  "APP_ENV",
  "COOKIE_SECURE",
  "DB_HOST",
  "DB_NAME",
  "DB_PASSWORD",
  "DB_PORT",
  "DB_USERNAME",
  "PORT",
  "SECRET_KEY",
  "TRUSTED_PROXIES",
];

/** Names that are taken: namespaces of Kubernetes, objects beside the app, databases of MySQL. */
const RESERVED_NAMES = /^(default|kube-.*|mysql|root|sys|information-schema|performance-schema)$/;

const variableName = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]*$/, "is not the name of an environment variable (capitals, digits, _)")
  .refine((name) => !RESERVED_VARIABLES.includes(name), "is set by the program and cannot be given");

const path = z.string().regex(/^\/\S*$/, "is not a path that starts with /");

const replicaCount = z.int().min(1).max(100);

/** `replicas: 3` stands for `{ min: 3, max: 3 }`; a missing `max` is `min`. */
const replicas = z
  .preprocess(
    (value) => (typeof value === "number" ? { min: value } : value),
    z.strictObject({
      min: replicaCount.default(2).meta({ description: "Pods that run at all times." }),
      max: replicaCount
        .optional()
        .meta({ description: "Pods at full load; above min, a HorizontalPodAutoscaler decides. Default: min." }),
    }),
  )
  .transform(({ min, max }) => ({ min, max: max ?? min }));

const quantities = z.strictObject({
  cpu: cpuQuantity.optional().meta({ description: "CPU: 250m is a quarter of a core." }),
  memory: memoryQuantity.optional().meta({ description: "Memory, such as 256Mi." }),
});

const resources = (defaults: { cpu: string; memory: string; memoryLimit: string }) =>
  z
    .strictObject({
      requests: quantities
        .default({})
        .meta({ description: `What the scheduler reserves. Default: ${defaults.cpu} CPU, ${defaults.memory}.` }),
      limits: quantities.default({}).meta({
        description: `Above its memory limit a pod is killed. Default: ${defaults.memoryLimit}, and no CPU limit.`,
      }),
    })
    .transform(({ requests, limits }) => ({
      requests: { cpu: requests.cpu ?? defaults.cpu, memory: requests.memory ?? defaults.memory },
      limits: {
        memory: limits.memory ?? defaults.memoryLimit,
        ...(limits.cpu === undefined ? {} : { cpu: limits.cpu }),
      },
    }));

const version = (only: string) =>
  z
    .preprocess(asText, z.enum([only]))
    .default(only)
    .meta({ description: "MySQL series." });

const database = kinds([
  z.strictObject({ kind: z.literal("none") }).meta({ description: "No database." }),
  z
    .strictObject({
      kind: z.literal("mysql"),
      storageGi: z.int().min(1).max(16384).default(10).meta({ description: "Size of the volume in GiB." }),
      storageClass: z
        .string()
        .min(1)
        .optional()
        .meta({ description: "StorageClass of the volume. Default: the cluster's." }),
      version: version("8.4"),
      resources: resources({ cpu: "100m", memory: "512Mi", memoryLimit: "768Mi" })
        .prefault({})
        .meta({ description: "CPU and memory of the server." }),
    })
    .meta({ description: "MySQL in a pod of its own beside the app, on a volume." }),
  z
    .strictObject({
      kind: z.literal("managed-mysql"),
      size: z.string().default("db-s-1vcpu-1gb").meta({ description: "Slug of the database nodes' size." }),
      nodes: z.int().min(1).max(3).default(1).meta({ description: "Nodes: 1, or 2–3 with standby." }),
      version: version("8"),
    })
    .meta({ description: "DigitalOcean's managed MySQL." }),
]);

const cache = kinds([
  z.strictObject({ kind: z.literal("none") }).meta({ description: "No cache." }),
  z
    .strictObject({
      kind: z.literal("redis"),
      replicas: z.int().min(0).max(10).default(1).meta({ description: "Read replicas." }),
    })
    .meta({ description: "Redis: one primary and read replicas." }),
]);

/** One Flask application of a stack. */
export const appSchema = z
  .strictObject({
    name: dnsLabel(30)
      .refine((name) => !RESERVED_NAMES.test(name), "is a name that is taken in the cluster or the database")
      .meta({ description: "Name of the app, of its namespace and of its image." }),
    source: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Folder with the app's Dockerfile, relative to the project. This or image." }),
    image: imageDigest.optional().meta({ description: "A ready image, by digest, in place of source." }),
    hosts: z.array(hostName).default([]).meta({ description: "Host names, the first being the main one." }),
    redirect: z
      .boolean()
      .default(false)
      .meta({ description: "Whether the further hosts lead on to the first one, as www.example.com to example.com." }),
    expose: z
      .enum(["ingress", "nodePort", "loadBalancer"])
      .default("ingress")
      .meta({ description: "How requests reach the app." }),
    nodePort: z
      .int()
      .min(30000)
      .max(32767)
      .optional()
      .meta({ description: "The port on every node, with expose: nodePort. Default: one that is free." }),
    port: z.int().min(1024).max(65535).default(8000).meta({ description: "Port the app listens on, given as PORT." }),
    health: z
      .strictObject({
        live: path.default("/healthz").meta({ description: "Answers while the process is sound; touches nothing." }),
        ready: path.default("/readyz").meta({ description: "Answers 200 when requests may be sent here." }),
      })
      .prefault({})
      .meta({ description: "Paths that the probes ask." }),
    server: z.enum(["gunicorn", "uwsgi"]).default("gunicorn").meta({ description: "WSGI server." }),
    proxy: z.enum(["none", "nginx"]).default("none").meta({ description: "Proxy in front of it, in the same pod." }),
    replicas: replicas.prefault({}).meta({ description: "Number of pods; a plain number fixes it." }),
    resources: resources({ cpu: "100m", memory: "256Mi", memoryLimit: "384Mi" })
      .prefault({})
      .meta({ description: "CPU and memory of each pod." }),
    env: z
      .record(variableName, z.preprocess(asText, z.string()))
      .default({})
      .meta({ description: "Environment variables, in clear." }),
    secrets: z
      .record(variableName, secretString("A secret environment variable."))
      .default({})
      .meta({ description: "Environment variables that are secret; each value encrypted in the stack file." }),
    migrate: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({ description: "Command that migrates the database, run once per release before the roll-out." }),
    rolloutSeconds: z
      .int()
      .min(30)
      .max(3600)
      .default(300)
      .meta({ description: "How long a new release may take until all its pods are ready." }),
    egress: z
      .enum(["none", "internet"])
      .default("none")
      .meta({ description: "What the pods may call besides their database and DNS." }),
    database: database.default({ kind: "none" }).meta({ description: "The app's own database." }),
    cache: cache.default({ kind: "none" }).meta({ description: "The app's own cache." }),
  })
  .check((context) => {
    const app = context.value;
    const problem = (key: string, message: string) =>
      context.issues.push({ code: "custom", path: [key], message, input: app });
    if ((app.source === undefined) === (app.image === undefined)) {
      problem("source", "give either source (a folder) or image (a ready image)");
    }
    if (app.replicas.max < app.replicas.min) {
      problem("replicas", `max ${app.replicas.max.toString()} is below min ${app.replicas.min.toString()}`);
    }
    if (app.nodePort !== undefined && app.expose !== "nodePort") {
      problem("nodePort", `is only used with expose: nodePort, and expose is ${app.expose}`);
    }
    for (const name of Object.keys(app.secrets)) {
      if (name in app.env) {
        problem(`env.${name}`, "is in secrets too; keep one of them");
      }
    }
  });

/** One Flask application, defaults filled in. */
export type App = z.output<typeof appSchema>;
