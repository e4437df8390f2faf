import { z } from "zod";
import { IMAGES } from "../versions";
import { appSchema } from "./app";
import { backupSchema } from "./backup";
import { clusterSchema } from "./cluster";
import { chartsSchema, ingressSchema, tlsSchema } from "./edge";
import { group, hostName, imageReference } from "./kinds";
import { policySchema } from "./policy";
import { registrySchema } from "./registry";
import { reviewSchema } from "./review";

const certManagerImages = z
  .strictObject({
    controller: imageReference.default(IMAGES.certManager.controller).meta({ description: "Its controller." }),
    webhook: imageReference.default(IMAGES.certManager.webhook).meta({ description: "Its webhook." }),
    cainjector: imageReference.default(IMAGES.certManager.cainjector).meta({ description: "Its CA injector." }),
    acmesolver: imageReference
      .default(IMAGES.certManager.acmesolver)
      .meta({ description: "What answers the issuer's question." }),
    startupapicheck: imageReference
      .default(IMAGES.certManager.startupapicheck)
      .meta({ description: "What waits for its webhook." }),
  })
  .prefault({})
  .meta({ description: "cert-manager." });

/** The whole config of a stack. Each top-level key is a key of the stack file. */
export const stackSchema = z.strictObject({
  cluster: clusterSchema.prefault({ kind: "doks" }).meta({ description: "Where the apps run." }),
  registry: registrySchema.prefault({ kind: "digitalocean" }).meta({ description: "Where the apps' images are kept." }),
  build: z
    .strictObject({
      platform: z
        .enum(["linux/amd64", "linux/arm64"])
        .default("linux/amd64")
        .meta({ description: "Platform of the nodes, whatever the machine that builds." }),
      commit: z
        .string()
        .regex(/^[0-9a-f]{7,40}$/, "is not a commit id")
        .optional()
        .meta({ description: "Commit id to add to the images as label and tag. A new id is a new image." }),
    })
    .prefault({})
    .meta({ description: "How images are built." }),
  // Empty for none: the engine wants every declared key to have a value.
  domain: z
    .preprocess((value) => (value === "" ? undefined : value), hostName.optional())
    .meta({ description: "The domain that the hosts belong to; empty for none." }),
  dns: z
    .strictObject({
      managed: z.boolean().default(true).meta({ description: "Whether this stack writes the hosts' records." }),
      domain: z.enum(["create", "existing"]).default("create").meta({
        description: "Whether this stack makes the domain and owns it, or adds records to one that the account has.",
      }),
      ttlSeconds: z.int().min(30).max(86400).default(300).meta({ description: "Time to live of the records." }),
      caa: z.array(hostName).default([]).meta({
        description: "The only authorities that may issue certificates for the domain, such as letsencrypt.org.",
      }),
    })
    .prefault({})
    .meta({ description: "DNS records." }),
  ingress: ingressSchema,
  tls: tlsSchema,
  charts: chartsSchema,
  apps: z.array(appSchema).min(1).meta({ description: "The Flask applications of the stack." }),
  backup: backupSchema.prefault({ kind: "none" }).meta({ description: "Backups of the databases." }),
  logging: group([
    z.strictObject({ kind: z.literal("none") }).meta({ description: "Pods' logs stay on their nodes." }),
    z.strictObject({ kind: z.literal("efk") }).meta({ description: "Elasticsearch, Fluentd and Kibana." }),
  ])
    .prefault({ kind: "none" })
    .meta({ description: "Log collection." }),
  monitoring: group([
    z.strictObject({ kind: z.literal("none") }).meta({ description: "No metrics." }),
    z.strictObject({ kind: z.literal("prometheus") }).meta({ description: "Prometheus and Alertmanager." }),
  ])
    .prefault({ kind: "none" })
    .meta({ description: "Metrics and alerts." }),
  policy: policySchema.meta({ description: "Exceptions from the rules that a preview checks." }),
  review: reviewSchema.meta({ description: "Review apps of pull requests, on this stack's cluster." }),
  images: z
    .strictObject({
      python: imageReference.default(IMAGES.python).meta({ description: "Base of the apps' images." }),
      mysql: imageReference.default(IMAGES.mysql).meta({
        description: "MySQL server. Another patch release of the series upgrades the databases in place.",
      }),
      redis: imageReference
        .default(IMAGES.redis)
        .meta({ description: "Redis server. Another one restarts the caches, and empties those without a volume." }),
      nginx: imageReference
        .default(IMAGES.nginx)
        .meta({ description: "NGINX in front of an app's server. It has to run as any user." }),
      restic: imageReference.default(IMAGES.restic).meta({ description: "restic, which writes backups." }),
      tools: imageReference.default(IMAGES.tools).meta({ description: "Python, for what watches over backups." }),
      ingressNginx: imageReference.default(IMAGES.ingressNginx).meta({ description: "Controller of ingress-nginx." }),
      ingressNginxCertgen: imageReference
        .default(IMAGES.ingressNginxCertgen)
        .meta({ description: "What makes the certificate of its webhook." }),
      traefik: imageReference.default(IMAGES.traefik).meta({ description: "Traefik." }),
      certManager: certManagerImages,
    })
    .prefault({})
    .meta({ description: "Replacements for images: a private mirror, or offline use." }),
  dataPolicy: z.enum(["retain", "delete"]).default("retain").meta({
    description: "What becomes of data when the stack, or an app, goes; retain also refuses to delete what holds it.",
  }),
});

/** The config of a stack, defaults filled in and secrets still plain strings. */
export type Stack = z.output<typeof stackSchema>;
