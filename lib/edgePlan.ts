import type * as pulumi from "@pulumi/pulumi";
import type { EdgeArgs } from "../components/edge/edge";
import { classNameOf, type EdgeConfig, edgeGraceSeconds, edgeReplicas, issuerOf, redirectsOf, wayInOf } from "./edge";
import type { Stack } from "./schema/stack";

/** What decides the way in, with what it is made of. The token is a secret output. */
export type EdgePlanConfig = Omit<EdgeConfig, "tls"> &
  Pick<Stack, "charts" | "images"> & {
    tls: Omit<Stack["tls"], "dnsToken"> & { dnsToken?: pulumi.Input<string> };
  };

/** The way in that a stack's config means. */
export function edgePlan(config: EdgePlanConfig, environment: string): EdgeArgs {
  const { charts, images, ingress, tls } = config;
  const { controller, maxBodyMi, proxyProtocol, timeoutSeconds } = ingress;
  const issuer = issuerOf(config);
  return {
    className: classNameOf(config),
    namespace: ingress.namespace,
    replicas: edgeReplicas(config),
    controller:
      controller === "none"
        ? undefined
        : {
            controller,
            wayIn: wayInOf(config, environment),
            graceSeconds: edgeGraceSeconds(config),
            maxBodyMi,
            timeoutSeconds,
            https: issuer !== "none",
            // A browser that was told to insist would not come back while the certificate is one that it does not trust.
            hsts: issuer === "letsencrypt" || issuer === "acme",
            proxyProtocol,
            redirects: redirectsOf(config),
            charts,
            images,
          },
    issuer: issuer === "none" ? undefined : { ...tls, kind: issuer, selfCheck: !proxyProtocol },
    certManagerChart: charts.certManager,
    certManagerImages: images.certManager,
  };
}
