import { z } from "zod";
import { dnsLabel, secretString } from "./kinds";

const nodePort = z.int().min(30000).max(32767);

/** The way in that the apps behind an Ingress share. */
export const ingressSchema = z
  .strictObject({
    controller: z.enum(["nginx", "traefik", "none"]).default("nginx").meta({
      description: "Ingress controller; nginx is retired, traefik is maintained. Installed when an app is behind it.",
    }),
    className: z.string().min(1).optional().meta({
      description: "Ingress class: of a controller that is there already, with controller: none. Default: public.",
    }),
    namespace: dnsLabel(63)
      .default("ingress")
      .meta({ description: "Namespace of the controller: only it may reach the apps." }),
    replicas: z.int().min(1).max(20).optional().meta({
      description: "Pods of the controller. Default: 2 where the pool has two nodes or more, else 1.",
    }),
    graceSeconds: z.int().min(5).max(300).optional().meta({
      description: "How long its pods may take to end what is in flight. Default: 60 with dataPolicy: retain, else 10.",
    }),
    maxBodyMi: z
      .int()
      .min(0)
      .max(1024)
      .default(8)
      .meta({
        description:
          "Largest request body in MiB; 0 for no limit. Traefik passes on answers when they are whole, unless there is none: " +
          "an app that streams wants that.",
      }),
    timeoutSeconds: z.int().min(5).max(3600).default(60).meta({
      description: "How long an app may take to answer a request.",
    }),
    loadBalancer: z
      .strictObject({
        type: z
          .enum(["REGIONAL_NETWORK", "REGIONAL"])
          .default("REGIONAL_NETWORK")
          .meta({ description: "REGIONAL_NETWORK passes connections through. Another type is another address." }),
        size: z.int().min(1).max(200).default(1).meta({ description: "Nodes of the load balancer." }),
        ipv6: z.boolean().default(false).meta({ description: "Whether it has an IPv6 address too, for AAAA records." }),
      })
      .prefault({})
      .meta({ description: "The load balancer in front." }),
    nodePorts: z
      .strictObject({
        http: nodePort.default(30080).meta({ description: "Port for HTTP." }),
        https: nodePort.default(30443).meta({ description: "Port for HTTPS." }),
      })
      .prefault({})
      .meta({ description: "Ports of every node, in place of a load balancer, with cluster.kind: existing." }),
    proxyProtocol: z.boolean().default(false).meta({ description: "PROXY protocol; only with type REGIONAL." }),
  })
  .prefault({})
  .meta({ description: "The way in." });

/** Certificates of the apps behind an Ingress. */
export const tlsSchema = z
  .strictObject({
    issuer: z.enum(["letsencrypt", "letsencrypt-staging", "acme", "self-signed", "none"]).optional().meta({
      description:
        "Who issues the certificates. Default: letsencrypt; on a cluster that exists self-signed; with controller: none, none.",
    }),
    email: z.email({ error: "is not an e-mail address" }).optional().meta({
      description: "Where the issuer writes to. Let's Encrypt wants none.",
    }),
    server: z.url({ error: "is not a URL" }).optional().meta({ description: "Directory URL, with issuer: acme." }),
    serverCa: z
      .string()
      .regex(/^-----BEGIN CERTIFICATE-----/, "is not a certificate in PEM")
      .optional()
      .meta({ description: "Certificate in PEM that signs the ACME server's own, with issuer: acme." }),
    challenge: z.enum(["http01", "dns01"]).default("http01").meta({
      description: "How the domain is proved; dns01 for wildcards.",
    }),
    dnsToken: secretString("API token with rights on the domain's records alone, with challenge: dns01.").optional(),
  })
  .prefault({})
  .meta({ description: "Certificates." });

/** Where the Helm charts of the way in are taken from. */
export const chartsSchema = z
  .strictObject({
    ingressNginx: chart("ingress-nginx"),
    traefik: chart("Traefik"),
    certManager: chart("cert-manager"),
  })
  .prefault({})
  .meta({
    description:
      "Replacements for the charts' public homes: a repository (https://…), an OCI reference (oci://registry/path/chart) or a folder.",
  });

function chart(name: string) {
  return z
    .string()
    .min(1)
    .optional()
    .meta({ description: `Home of the chart ${name}.` });
}
