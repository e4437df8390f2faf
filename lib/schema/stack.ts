import { z } from "zod";
import { DOKS_VERSION, IMAGES } from "../versions";
import { appSchema } from "./app";
import { dnsLabel, group, hostName, imageReference, secretString } from "./kinds";

const nodePool = z.strictObject({
  size: z.string().min(1).default("s-2vcpu-4gb").meta({ description: "Slug of the nodes' size." }),
  min: z.int().min(1).max(512).default(1).meta({ description: "Nodes at all times." }),
  max: z.int().min(1).max(512).optional().meta({ description: "Nodes at full load. Default: min, no autoscaling." }),
});

const cidr = z.string().regex(/^\d+(\.\d+){3}\/\d+$/, "is not an address range such as 10.20.0.0/16");

const cluster = group([
  z
    .strictObject({
      kind: z.literal("doks"),
      region: z
        .string()
        .regex(/^[a-z]{3}\d$/, "is not a region slug such as fra1")
        .default("fra1")
        .meta({
          description: "DigitalOcean region.",
        }),
      version: z
        .string()
        .regex(/^1\.\d+\.\d+-do\.\d+$/, "is not a version slug such as 1.35.1-do.0 (never latest)")
        .default(DOKS_VERSION)
        .meta({ description: "Kubernetes version." }),
      ha: z
        .boolean()
        .default(false)
        .meta({ description: "Highly available control plane; cannot be turned off again." }),
      pool: nodePool.prefault({}).meta({ description: "The default node pool." }),
      maintenance: z
        .strictObject({
          day: z
            .enum(["any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
            .default("sunday")
            .meta({ description: "Weekday, or any." }),
          start: z
            .string()
            .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is not a time such as 04:00")
            .default("04:00")
            .meta({ description: "Start of the four hours." }),
        })
        .prefault({})
        .meta({ description: "When DigitalOcean may patch the cluster, in UTC." }),
      vpcCidr: cidr.default("10.110.0.0/20").meta({ description: "Addresses of the nodes. Cannot be changed later." }),
      clusterSubnet: cidr
        .default("10.112.0.0/16")
        .meta({ description: "Addresses of the pods. Cannot be changed later." }),
      serviceSubnet: cidr
        .default("10.113.0.0/20")
        .meta({ description: "Addresses of the Services. Cannot be changed later." }),
    })
    .meta({ description: "A DigitalOcean Kubernetes cluster that this stack makes." }),
  z
    .strictObject({
      kind: z.literal("existing"),
      context: z.string().min(1).meta({ description: "Context of the kubeconfig; never the current one by default." }),
      kubeconfig: z.string().min(1).optional().meta({ description: "Path. Default: $KUBECONFIG, or ~/.kube/config." }),
      address: z
        .string()
        .min(1)
        .default("localhost")
        .meta({ description: "Host name or address at which the nodes' ports are reached." }),
    })
    .meta({ description: "A cluster that is there already." }),
  z
    .strictObject({
      kind: z.literal("shared"),
      stack: z.string().min(1).meta({ description: "The stack whose cluster and edge are used." }),
    })
    .meta({ description: "Another stack's cluster, for review apps." }),
]);

const registry = group([
  z
    .strictObject({
      kind: z.literal("digitalocean"),
      name: dnsLabel(63).optional().meta({ description: "Name of the registry. Default: flask-doks-<stack>." }),
      tier: z.enum(["starter", "basic", "professional"]).default("basic").meta({ description: "Subscription tier." }),
    })
    .meta({ description: "DigitalOcean's private registry, made by this stack." }),
  z
    .strictObject({
      kind: z.literal("external"),
      server: z
        .string()
        .regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/, "is not a registry such as ghcr.io/my-team")
        .meta({ description: "Host of the registry, with the folder that images go to." }),
      username: z.string().min(1).optional().meta({ description: "User, when the registry wants one." }),
      password: secretString("Password or token of that user.").optional(),
    })
    .meta({ description: "Any other registry." }),
]);

/** The whole config of a stack. Each top-level key is a key of the stack file. */
export const stackSchema = z.strictObject({
  cluster: cluster.prefault({ kind: "doks" }).meta({ description: "Where the apps run." }),
  registry: registry.prefault({ kind: "digitalocean" }).meta({ description: "Where the apps' images are kept." }),
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
      managed: z.boolean().default(true).meta({ description: "Whether this stack writes the domain's records." }),
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
            .meta({ description: "REGIONAL_NETWORK passes connections through." }),
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
  dataPolicy: z
    .enum(["retain", "delete"])
    .default("retain")
    .meta({ description: "What becomes of volumes when the stack, or an app, goes." }),
});

/** The config of a stack, defaults filled in and secrets still plain strings. */
export type Stack = z.output<typeof stackSchema>;
