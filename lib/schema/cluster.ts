import { z } from "zod";
import { parseTaint, TAINT } from "../nodePool";
import { DOKS_VERSION } from "../versions";
import { asText, dnsLabel, group, regionSlug } from "./kinds";

const size = z.string().min(1);
const nodes = z.int().min(1).max(512);

const defaultPool = z.strictObject({
  size: size.default("s-2vcpu-4gb").meta({
    description: "Slug of the nodes' size. Another one is another cluster: add a pool to cluster.pools instead.",
  }),
  min: nodes.default(1).meta({ description: "Nodes at all times." }),
  max: nodes.optional().meta({ description: "Nodes at full load. Default: min, no autoscaling." }),
});

const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/,
    "is not the key of a label, such as team or example.com/team",
  );

const labelValue = z.preprocess(
  asText,
  z.string().regex(/^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/, "is not the value of a label"),
);

const pool = z.strictObject({
  name: dnsLabel(63).meta({
    description: "Name of the pool. Another one is another pool, made before the old one goes.",
  }),
  size: size.meta({
    description: "Slug of the nodes' size. Another one replaces the nodes; another name does so gently.",
  }),
  min: nodes.default(1).meta({ description: "Nodes at all times." }),
  max: nodes.optional().meta({ description: "Nodes at full load. Default: min, no autoscaling." }),
  labels: z.record(labelKey, labelValue).default({}).meta({ description: "Labels of the nodes." }),
  taints: z
    .array(
      z
        .string()
        .regex(TAINT, "is not a taint such as team=batch:NoSchedule (or PreferNoSchedule, NoExecute)")
        .transform(parseTaint),
    )
    .default([])
    .meta({ description: "Taints of the nodes, such as team=batch:NoSchedule." }),
});

const octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const cidr = z
  .string()
  .regex(new RegExp(`^${octet}(\\.${octet}){3}/(3[0-2]|[12]?\\d)$`), "is not an address range such as 10.20.0.0/16");

const doks = z.strictObject({
  kind: z.literal("doks"),
  region: regionSlug.default("fra1").meta({ description: "DigitalOcean region." }),
  version: z
    .string()
    .regex(/^1\.\d+\.\d+-do\.\d+$/, "is not a version slug such as 1.35.1-do.0 (never latest)")
    .default(DOKS_VERSION)
    .meta({ description: "Kubernetes version." }),
  autoUpgrade: z.boolean().default(false).meta({
    description: "Whether DigitalOcean upgrades the cluster when it patches it; version is then only the first one.",
  }),
  ha: z.boolean().default(false).meta({ description: "Highly available control plane; cannot be turned off again." }),
  pool: defaultPool.prefault({}).meta({ description: "The default node pool." }),
  pools: z.array(pool).default([]).meta({ description: "Further node pools; their order does not matter." }),
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
  vpcCidr: cidr.default("10.30.0.0/20").meta({ description: "Addresses of the nodes. Cannot be changed later." }),
  clusterSubnet: cidr.default("10.32.0.0/16").meta({ description: "Addresses of the pods. Cannot be changed later." }),
  serviceSubnet: cidr
    .default("10.33.0.0/20")
    .meta({ description: "Addresses of the Services. Cannot be changed later." }),
  project: z.string().min(1).optional().meta({
    description: "Name of the DigitalOcean project that lists the cluster. Default: the account's default one.",
  }),
});

const existing = z.strictObject({
  kind: z.literal("existing"),
  context: z.string().min(1).meta({ description: "Context of the kubeconfig; never the current one by default." }),
  kubeconfig: z.string().min(1).optional().meta({ description: "Path. Default: $KUBECONFIG, or ~/.kube/config." }),
  address: z
    .string()
    .min(1)
    .default("localhost")
    .meta({ description: "Host name or address at which the nodes' ports are reached." }),
});

const shared = z.strictObject({
  kind: z.literal("shared"),
  stack: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+\/[\w.-]+)?$/, "is not a stack such as dev or my-team/flask-doks/dev")
    .meta({ description: "The stack whose cluster is used: dev, or in full my-team/flask-doks/dev." }),
});

/** The keys of `cluster`. */
export const clusterSchema = group([
  doks.meta({ description: "A DigitalOcean Kubernetes cluster that this stack makes." }),
  existing.meta({ description: "A cluster that is there already." }),
  shared.meta({
    description:
      "Another stack's cluster, for review apps. A namespace there has the stack's name before the app's: review-7-blog.",
  }),
]);
