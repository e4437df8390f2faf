import type { ImageParts } from "./imageParts";

/** A host that leads on to another one. */
export interface HostRedirect {
  from: string;
  to: string;
}

/** What an Ingress controller is to do, whichever it is. */
export interface IngressSettings {
  /** Name of the Ingress class whose objects it serves. */
  className: string;
  /** Namespace and name of the Service in front of it, whose address it writes into the Ingress objects. */
  publicService: string;
  /** Number of pods. */
  replicas: number;
  /** How long a pod may take to end the requests in flight, in seconds. */
  graceSeconds: number;
  /** Largest request body, in MiB; 0 for no limit. */
  maxBodyMi: number;
  /** How long a request may take until its response begins, in seconds. */
  timeoutSeconds: number;
  /** Whether requests in the clear are redirected to HTTPS. */
  https: boolean;
  /** Whether browsers are told to come by HTTPS only: for certificates that they trust. */
  hsts: boolean;
  /** Hosts that lead on to another one, by HTTPS, whatever the path. */
  redirects: readonly HostRedirect[];
  /** Whether the load balancer tells the client's address by PROXY protocol (D9). */
  proxyProtocol: boolean;
}

/** Seconds for which a browser remembers to come by HTTPS only: half a year. */
export const HSTS_SECONDS = 15_724_800;

/** Seconds after which an idle connection of a client is closed. */
export const IDLE_SECONDS = 75;

/** What one pod of a controller gets. Without a CPU limit: it would throttle all apps at once. */
export const CONTROLLER_RESOURCES = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { memory: "384Mi" },
};

/** A full reference in the pieces of charts that take a digest beside the tag. */
export const digestImage = ({ registry, repository, tag, digest }: ImageParts) => ({
  registry,
  repository,
  tag: tag ?? "",
  digest: digest ?? "",
});
