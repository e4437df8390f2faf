import { type EdgeConfig, hasIngress } from "./edge";
import { INGRESS_NGINX_TESTED_MINOR } from "./versions";

/** What had better be otherwise with a stack's way in, one sentence each. */
export function edgeWarnings({ apps, cluster, ingress }: Pick<EdgeConfig, "apps" | "cluster" | "ingress">): string[] {
  if (cluster.kind === "shared" || ingress.controller !== "nginx" || !hasIngress({ apps })) {
    return [];
  }
  const [, minor = "0"] = cluster.kind === "doks" ? cluster.version.split(".") : [];
  const untested =
    Number(minor) > INGRESS_NGINX_TESTED_MINOR
      ? ` It was never tested on Kubernetes 1.${minor}, only up to 1.${INGRESS_NGINX_TESTED_MINOR}.`
      : "";
  return [
    `ingress.controller: nginx is ingress-nginx, retired in March 2026: no fix will come for what is found in it.${untested} ` +
      "To move, set ingress.controller: traefik; no request is lost on the way (docs/runbook.md).",
  ];
}
