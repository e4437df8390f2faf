import type * as pulumi from "@pulumi/pulumi";

/** How an app gets at its cache. */
export interface CacheAccess {
  /** The primary, which is written to. */
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  /** Its read replicas, whichever of them answers; the primary where there are none. */
  replicaHost: pulumi.Output<string>;
  /** A secret. The user is Redis' own, `default`. */
  password: pulumi.Output<string>;
}
