/** What an emulator is started with. */
import type { ClusterBackend, DatabaseBackend } from "./contract";

/** An API token, and what it may do. */
export interface ApiToken {
  token: string;
  /**
   * `full` (default): everything. `read`: whatever only reads, and no credentials.
   * Otherwise the scopes one by one, such as `kubernetes:create`.
   */
  scopes?: "full" | "read" | readonly string[];
}

/** How many seconds of the emulator's clock each change takes to be done. */
export interface Durations {
  cluster: number;
  node: number;
  loadBalancer: number;
  volume: number;
  database: number;
  /** From a cluster's deletion to its being gone, beyond what the backend takes. */
  deletion: number;
}

/** What the account is, and what there is outside of it. Anything can be changed while the emulator runs. */
export interface Surroundings {
  email: string;
  status: "active" | "warning" | "locked";
  dropletLimit: number;
  loadBalancerLimit: number;
  volumeLimit: number;
  /** Names of registries that belong to other accounts. */
  takenRegistryNames: string[];
  /** Domains that belong to other accounts. */
  foreignDomains: string[];
  /** Regions where a cluster with subnets of its own is refused. */
  regionsWithoutVpcNative: string[];
  /** Slugs of the Kubernetes versions on offer, the newest first. */
  versions: string[];
  /** Requests an hour that the headers speak of. It is not enforced: faults are. */
  rateLimit: number;
}

export interface EmulatorOptions extends Partial<Surroundings> {
  /** Address to listen on. */
  address: string;
  /** Port to listen on; 0 for one that is free. */
  port: number;
  /** The tokens that are good, each with its scopes; a mere string may do everything. */
  tokens: readonly (string | ApiToken)[];
  /** What makes clusters real. */
  backend: ClusterBackend;
  /** What makes databases real. Default: nothing, and nothing answers at their addresses. */
  databases?: DatabaseBackend | undefined;
  /** Addresses that load balancers are given, one each. One more load balancer is refused as a limit that is reached. */
  loadBalancerAddresses: readonly string[];
  /** Seconds that everything takes to be provisioned, or each kind's. Default: 0. */
  provisioningSeconds?: number | Partial<Durations>;
  /** DigitalOcean's OpenAPI file, which requests and answers are held against. Default: beside the repository, if it is there. */
  openapiFile?: string;
  /** File that keeps what exists over a restart. Default: none. */
  stateFile?: string;
}

export function durationsOf(given: EmulatorOptions["provisioningSeconds"] = 0): Durations {
  const each = typeof given === "number" ? given : 0;
  const parts = typeof given === "number" ? {} : given;
  return {
    cluster: each,
    node: each,
    loadBalancer: each,
    volume: each,
    database: each,
    deletion: each,
    ...parts,
  };
}
