import { z } from "zod";
import { IMAGES } from "../versions";
import { appSchema } from "./app";
import { clusterSchema } from "./cluster";
import { dnsLabel, group, hostName, imageReference } from "./kinds";
import { registrySchema } from "./registry";

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
    })
    .prefault({})
    .meta({ description: "DNS records." }),
  ingress: z
    .strictObject({
      controller: z.enum(["nginx", "traefik", "none"]).default("nginx").meta({ description: "Ingress controller." }),
      className: z
        .string()
        .min(1)
        .optional()
        .meta({ description: "Ingress class of a controller that is there already, with controller: none." }),
      namespace: dnsLabel(63)
        .default("ingress")
        .meta({ description: "Namespace of the controller: only it may reach the apps." }),
      loadBalancer: z
        .strictObject({
          type: z
            .enum(["REGIONAL_NETWORK", "REGIONAL"])
            .default("REGIONAL_NETWORK")
            .meta({ description: "REGIONAL_NETWORK passes connections through. Another type is another address." }),
          size: z.int().min(1).max(200).default(1).meta({ description: "Nodes of the load balancer." }),
        })
        .prefault({})
        .meta({ description: "The load balancer in front." }),
      proxyProtocol: z.boolean().default(false).meta({ description: "PROXY protocol; only with type REGIONAL." }),
    })
    .prefault({})
    .meta({ description: "The way in." }),
  tls: z
    .strictObject({
      issuer: z.enum(["letsencrypt", "letsencrypt-staging", "acme", "self-signed", "none"]).default("none").meta({
        description: "Who issues the certificates.",
      }),
      email: z.email({ error: "is not an e-mail address" }).optional().meta({
        description: "Where the issuer writes before a certificate expires.",
      }),
      server: z.url({ error: "is not a URL" }).optional().meta({ description: "Directory URL, with issuer: acme." }),
      challenge: z.enum(["http01", "dns01"]).default("http01").meta({ description: "How the domain is proved." }),
    })
    .prefault({})
    .meta({ description: "Certificates." }),
  apps: z.array(appSchema).min(1).meta({ description: "The Flask applications of the stack." }),
  backup: z
    .strictObject({
      target: z.enum(["none", "spaces", "s3", "volume"]).default("none").meta({ description: "Where backups go." }),
      keep: z
        .strictObject({
          daily: z.int().min(0).max(365).default(7).meta({ description: "One a day." }),
          weekly: z.int().min(0).max(520).default(4).meta({ description: "One a week." }),
        })
        .prefault({})
        .meta({ description: "How many are kept." }),
    })
    .prefault({})
    .meta({ description: "Backups of the databases." }),
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
  images: z
    .strictObject({
      python: imageReference.default(IMAGES.python).meta({ description: "Base of the apps' images." }),
      mysql: imageReference.default(IMAGES.mysql).meta({ description: "MySQL server." }),
    })
    .prefault({})
    .meta({ description: "Replacements for base images: a private mirror, or offline use." }),
  dataPolicy: z.enum(["retain", "delete"]).default("retain").meta({
    description: "What becomes of data when the stack, or an app, goes; retain also refuses to delete what holds it.",
  }),
});

/** The config of a stack, defaults filled in and secrets still plain strings. */
export type Stack = z.output<typeof stackSchema>;
