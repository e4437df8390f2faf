import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labels, partsOf, selector } from "./labels";
import { spreadOverNodes } from "./nodeSpread";
import { podSecurityContext } from "./podSecurity";
import { type CacheRole, REDIS_PORT, REDIS_USER_ID, type RedisContainer, redisContainer } from "./redisContainer";

/** A pod of an app's cache. */
export interface RedisPod extends Omit<RedisContainer, "diskMebibytes"> {
  app: string;
  /** Secret with the keys `password` and `replication-password`, and where there are previous ones `previous-` and these. */
  secretName: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
  /** Where its files are: on a volume, or so many MiB of the node's disk. */
  files: { claimName: pulumi.Input<string> } | { diskMebibytes: number };
}

/** MiB of the node's disk for a server's log. */
const LOG_MEBIBYTES = 128;

/** A pod of an app's cache: the primary's, or that of a replica. */
export function redisPod(pod: RedisPod): types.input.core.v1.PodTemplateSpec {
  const { app, role, files } = pod;
  const diskMebibytes = "claimName" in files ? 0 : files.diskMebibytes;
  return {
    metadata: { labels: labels(app, role) },
    spec: {
      serviceAccountName: pod.serviceAccountName,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // A primary that ends waits for replicas that lag behind, for ten seconds at most.
      terminationGracePeriodSeconds: 30,
      securityContext: podSecurityContext(REDIS_USER_ID),
      containers: [redisContainer({ ...pod, diskMebibytes: LOG_MEBIBYTES + diskMebibytes })],
      volumes: [
        "claimName" in files
          ? { name: "data", persistentVolumeClaim: { claimName: files.claimName } }
          : { name: "data", emptyDir: { sizeLimit: `${diskMebibytes}Mi` } },
        { name: "credentials", secret: { secretName: pod.secretName, defaultMode: 0o440 } },
        // In memory: passwords are written there.
        { name: "run", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      ],
      // Where there is a choice, no server is on the node of another one.
      topologySpreadConstraints: spreadOverNodes(partsOf(app, ["cache", "cache-replica"])),
    },
  };
}

export const REDIS_PORTS = [{ name: "redis", port: REDIS_PORT, targetPort: "redis", protocol: "TCP" }];

/**
 * The Service of an app's primary, or of its replicas. It has an address of its own: names of pods are kept by whoever has
 * looked them up, and lead to one that is gone when the next one has long been ready.
 */
export const redisService = (app: string, role: CacheRole): types.input.core.v1.ServiceSpec => ({
  type: "ClusterIP",
  selector: selector(app, role),
  ports: REDIS_PORTS,
});

/** Annotations of those Services: their pods come after them, and to wait for them would be to wait for ever. */
export const BEFORE_ITS_PODS = { "pulumi.com/skipAwait": "true" };
