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
export const traefikSelector = (release: string, namespace: string): Record<string, string> => ({
  "app.kubernetes.io/name": "traefik",
  "app.kubernetes.io/instance": `${release}-${namespace}`,
});

/** Seconds for which a pod that was told to end still takes requests: it is known to be ending by then (K9). */
const DRAIN_SECONDS = 5;

/** Values for the chart traefik: more than one pod, hardened, quick to go, without its dashboard (K2, K2b). */
export function traefikValues(settings: IngressSettings, image: string, release: string, namespace: string) {
  const { registry, repository, tag, digest } = imageParts(image);
  const transport = {
    respondingTimeouts: {
      readTimeout: `${settings.timeoutSeconds}s`,
      writeTimeout: `${settings.timeoutSeconds}s`,
      idleTimeout: `${IDLE_SECONDS}s`,
    },
    lifeCycle: {
      requestAcceptGraceTimeout: `${DRAIN_SECONDS}s`,
      graceTimeOut: `${Math.max(settings.graceSeconds - 2 * DRAIN_SECONDS, 1)}s`,
    },
  };
  // A load balancer has no fixed address: whoever reaches the pods may speak the protocol, as policies let it.
  const proxyProtocol = { insecure: settings.proxyProtocol };
  const content = fileContent(settings);
  const middlewares = Object.keys(content.http.middlewares).map((name) => `${name}@file`);
  return {
    image: { registry, repository, ...imageVersion(tag, digest) },
    deployment: { replicas: settings.replicas, terminationGracePeriodSeconds: settings.graceSeconds },
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    podDisruptionBudget: { enabled: settings.replicas > 1, ...(settings.replicas > 1 ? { maxUnavailable: 1 } : {}) },
    topologySpreadConstraints: spreadOverNodes({ matchLabels: traefikSelector(release, namespace) }),
    resources: CONTROLLER_RESOURCES,
    // The class and the Service are resources of the program's own (D8).
    ingressClass: { enabled: false },
    service: { enabled: false },
    // No way in but that of Ingress objects, and no page that tells of them.
    api: { dashboard: false },
    ingressRoute: { dashboard: { enabled: false } },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    providers: {
      kubernetesCRD: { enabled: false },
      kubernetesGateway: { enabled: false },
      kubernetesIngress: {
        enabled: true,
        ingressClass: settings.className,
        publishedService: { enabled: true, pathOverride: settings.publicService },
      },
      file: { enabled: true, content },
    },
    // The chart's values offer them for HTTPS only.
    additionalArguments: settings.https ? [] : [`--entryPoints.web.http.middlewares=${middlewares.join(",")}`],
    ports: {
      web: {
        transport,
        proxyProtocol,
        ...(settings.https
          ? { http: { redirections: { entryPoint: { to: "websecure", scheme: "https", permanent: true } } } }
          : {}),
      },
      websecure: {
        transport,
        proxyProtocol,
        http: { tls: { enabled: true }, middlewares },
      },
    },
  };
}

/** Tag and digest in one piece, as this chart wants them: it reads the version of Traefik from the tag. */
function imageVersion(tag?: string, digest?: string) {
  if (tag === undefined) {
    return { digest };
  }
  return { tag: digest === undefined ? tag : `${tag}@${digest}` };
}

/**
 * A host that leads on to another one, whatever the path but one that begins with "/.w": an issuer asks for such a one
 * (/.well-known/acme-challenge/…), and has to find it where it asks.
 */
const redirectRegex = ({ from, to }: HostRedirect) => ({
  redirectRegex: {
    regex: `^https?://${from.replaceAll(".", "\\.")}(?::\\d+)?/((?:[^.].*)?|\\.(?:[^w].*)?)$`,
    replacement: `https://${to}/$1`,
    permanent: true,
  },
});

/** What stands before every app, for the whole controller, so that no Ingress object has to name it (K1). */
function fileContent({ hsts, maxBodyMi, redirects }: IngressSettings) {
  const maxRequestBodyBytes = maxBodyMi * 1024 * 1024;
  return {
    http: {
      middlewares: {
        // What is larger is refused; what is smaller waits in memory or, from a mebibyte on, on the disk. Answers wait as
        // well, so that none can be a stream.
        ...(maxBodyMi === 0 ? {} : { size: { buffering: { maxRequestBodyBytes, memRequestBodyBytes: 1024 * 1024 } } }),
        compression: { compress: {} },
        ...(hsts ? { hsts: { headers: { stsSeconds: HSTS_SECONDS } } } : {}),
        ...Object.fromEntries(redirects.map((redirect, index) => [`redirect-${index + 1}`, redirectRegex(redirect)])),
      },
    },
    tls: { options: { default: { minVersion: "VersionTLS12" } } },
  };
}
