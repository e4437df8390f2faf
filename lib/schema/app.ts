import { z } from "zod";
import { PYTHON_VERSIONS } from "../versions";
import { cacheSchema } from "./cache";
import { databaseSchema } from "./database";
import { asText, dnsLabel, hostName, imageDigest, secretString } from "./kinds";
import { resources } from "./resources";
import { proxySchema, serverSchema } from "./server";

/** Variables that the program itself sets; an app's `env` and `secrets` may not take them. */
export const RESERVED_VARIABLES = [
  "APP_ENV",
  "COOKIE_SECURE",
  "DB_HOST",
  "DB_NAME",
  "DB_PASSWORD",
  "DB_PORT",
  "DB_REPLICA_HOSTS",
  "DB_TLS_CA",
  "DB_USERNAME",
  "PORT",
  "REDIS_HOST",
  "REDIS_PASSWORD",
  "REDIS_PORT",
  "REDIS_REPLICA_HOST",
  "SECRET_KEY",
  "SECRET_KEY_FALLBACKS",
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

/** One Flask application of a stack. */
export const appSchema = z
  .strictObject({
    name: dnsLabel(30)
      .refine((name) => !RESERVED_NAMES.test(name), "is a name that is taken in the cluster or the database")
      .meta({ description: "Name of the app, of its namespace and of its image." }),
    source: z.string().min(1).optional().meta({
      description:
        "Folder of the app, relative to the project or absolute. One without a Dockerfile gets the project's. This or image.",
    }),
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
    entryPoint: z
      .string()
      .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*(\(.*\))?)?$/, "is not an app such as shop:create_app()")
      .optional()
      .meta({
        description:
          "The app as Flask names it, such as shop:create_app() or wsgi:app. Default: found in the source of an app without a Dockerfile; with one, its own command runs.",
      }),
    python: z.preprocess(asText, z.enum(PYTHON_VERSIONS)).optional().meta({
      description:
        "Python of an app without a Dockerfile. Default: its .python-version; else 3.13, where its pyproject.toml takes that.",
    }),
    extras: z
      .array(z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, "is not the name of an extra"))
      .default([])
      .meta({ description: "Extras of its pyproject.toml that an app without a Dockerfile is installed with." }),
    server: serverSchema.prefault({ kind: "gunicorn" }).meta({ description: "WSGI server." }),
    proxy: proxySchema.default({ kind: "none" }).meta({ description: "Proxy in front of it, in the same pod." }),
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
    secretKeyVersion: z.int().min(1).max(1000).default(1).meta({
      description:
        "One more makes a new SECRET_KEY; the one before stays in SECRET_KEY_FALLBACKS, and what it signed stays valid.",
    }),
    migrate: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({ description: "Command that migrates the database, run once per release before the roll-out." }),
    seed: z.array(z.string().min(1)).min(1).optional().meta({
      description:
        "Command that fills a new database with examples. Only review apps run it, after the migrations of each release: it must leave alone what has data in it.",
    }),
    migrateSeconds: z
      .int()
      .min(10)
      .max(86400)
      .default(600)
      .meta({ description: "How long that command may take, and seed." }),
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
    database: databaseSchema.default({ kind: "none" }).meta({ description: "The app's own database." }),
    spareDatabase: databaseSchema.default({ kind: "none" }).meta({
      description: "A second database beside it that the app does not use: where to move to, or where from.",
    }),
    cache: cacheSchema.default({ kind: "none" }).meta({ description: "The app's own cache." }),
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
    if (app.proxy.kind === "nginx" && app.proxy.serverPort === app.port) {
      problem("proxy.serverPort", `is port too, ${app.port}: NGINX listens at that, and the server at another`);
    }
    for (const [key, name] of [
      ["processes", "WEB_CONCURRENCY"],
      ["threads", "WEB_THREADS"],
    ] as const) {
      if (app.server[key] !== undefined && name in app.env) {
        problem(`env.${name}`, `is what server.${key} sets; keep one of them`);
      }
    }
    for (const name of Object.keys(app.secrets)) {
      if (name in app.env) {
        problem(`env.${name}`, "is in secrets too; keep one of them");
      }
    }
  });

/** One Flask application, defaults filled in. */
export type App = z.output<typeof appSchema>;
