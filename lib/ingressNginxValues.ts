import { imageParts } from "./imageParts";
import {
  CONTROLLER_RESOURCES,
  HSTS_SECONDS,
  type HostRedirect,
  IDLE_SECONDS,
  type IngressSettings,
} from "./ingressSettings";
import { spreadOverNodes } from "./nodeSpread";

/** Labels of the controller's pods, as the chart sets them. */
export const ingressNginxSelector = (release: string): Record<string, string> => ({
  "app.kubernetes.io/name": "ingress-nginx",
  "app.kubernetes.io/instance": release,
  "app.kubernetes.io/component": "controller",
});

/** Seconds that the API server waits for the webhook; DigitalOcean complains above 29 (D13). */
const WEBHOOK_SECONDS = 10;

/** Values for the chart ingress-nginx: more than one pod, hardened, quick to go (K2, K2b). */
export function ingressNginxValues(
  settings: IngressSettings,
  images: { controller: string; certgen: string },
  release: string,
) {
  const { className, replicas, timeoutSeconds } = settings;
  const seconds = String(timeoutSeconds);
  return {
    controller: {
      image: chartImage(images.controller),
      replicaCount: replicas,
      // The class is the program's own, and both controllers serve it by its name: so one can take over from the other.
      ingressClass: className,
      ingressClassByName: true,
      ingressClassResource: { enabled: false },
      watchIngressWithoutClass: false,
      // The Service is a resource of the program's own, whose address and deletion are awaited (D8).
      service: { enabled: false },
      extraArgs: { "publish-service": settings.publicService },
      // What an app's owner writes into an Ingress must not become configuration of the whole controller.
      allowSnippetAnnotations: false,
      enableAnnotationValidations: true,
      config: {
        "ssl-protocols": "TLSv1.2 TLSv1.3",
        "ssl-redirect": String(settings.https),
        hsts: String(settings.hsts),
        "hsts-max-age": String(HSTS_SECONDS),
        "hsts-include-subdomains": "false",
        "proxy-body-size": `${settings.maxBodyMi}m`,
        "use-gzip": "true",
        "server-tokens": "false",
        "keep-alive": String(IDLE_SECONDS),
        "client-header-timeout": "30",
        "client-body-timeout": seconds,
        "proxy-connect-timeout": "5",
        "proxy-read-timeout": seconds,
        "proxy-send-timeout": seconds,
        // Not from whoever sends the header: the client's address is the connection's, or that of the PROXY protocol.
        "use-forwarded-headers": "false",
        "use-proxy-protocol": String(settings.proxyProtocol),
        "annotations-risk-level": "Medium",
        ...(settings.redirects.length === 0 ? {} : { "server-snippet": redirectSnippet(settings.redirects) }),
      },
      terminationGracePeriodSeconds: settings.graceSeconds,
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      topologySpreadConstraints: spreadOverNodes({ matchLabels: ingressNginxSelector(release) }),
      maxUnavailable: 1,
      // A pod that is broken anyway must not hold up the drain of its node (K8).
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      resources: CONTROLLER_RESOURCES,
      metrics: { enabled: true },
      admissionWebhooks: {
        enabled: true,
        failurePolicy: "Fail",
        timeoutSeconds: WEBHOOK_SECONDS,
        // The apps' Ingress objects only: it must not hold up those of others, such as cert-manager's (K2b).
        objectSelector: { matchLabels: { "app.kubernetes.io/managed-by": "pulumi" } },
        patch: { image: chartImage(images.certgen) },
        createSecretJob: { resources: JOB_RESOURCES },
        patchWebhookJob: { resources: JOB_RESOURCES },
      },
    },
  };
}

/** nginx's own words for hosts that lead on. What an issuer asks for stays where it is, or there would be no certificate. */
function redirectSnippet(redirects: readonly HostRedirect[]): string {
  return [
    'set $leads_to "";',
    ...redirects.map(({ from, to }) => `if ($host = "${from}") { set $leads_to "${to}"; }`),
    'if ($request_uri ~ "^/\\.well-known/acme-challenge/") { set $leads_to ""; }',
    'if ($leads_to != "") { return 308 https://$leads_to$request_uri; }',
  ].join("\n");
}

const JOB_RESOURCES = { requests: { cpu: "10m", memory: "20Mi" }, limits: { memory: "64Mi" } };

/** An image in the pieces of this chart. */
function chartImage(reference: string) {
  // The chart always writes a tag. Beside a digest it says nothing, but has to be there.
  const { registry, repository, tag = "pinned", digest = "" } = imageParts(reference);
  return { registry, image: repository, tag, digest };
}
