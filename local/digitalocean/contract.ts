/** What the emulated API, and what makes its clusters and its registry real, know of each other. */

/** How the API server of a cluster is reached. */
export interface ClusterAccess {
  /** URL of the API server. */
  endpoint: string;
  /** The certificate authority that it is verified with, as base64 of PEM. */
  certificateAuthority: string;
}

/** A bearer token of a cluster. */
export interface ClusterToken {
  token: string;
  /** Makes it worthless at once. */
  revoke(): Promise<void>;
}

/** What makes emulated clusters real. */
export interface ClusterBackend {
  /** How many clusters there can be at a time; one more is refused as a quota that is reached. */
  readonly capacity: number;
  /** Readies an empty cluster. The emulator calls it when a cluster is asked for, and shows `running` after it. */
  create(cluster: { id: string; name: string; version: string; region: string }): Promise<ClusterAccess>;
  /** A token with the rights of the cluster's administrator, good until it is revoked. */
  issueToken(clusterId: string): Promise<ClusterToken>;
  /** Ends the cluster: whatever ran in it is gone, its tokens are worthless. */
  delete(clusterId: string): Promise<void>;
}

/** What makes emulated databases real. */
export interface DatabaseBackend {
  /** The engines that it has servers for. Databases of the others are no more than what the API says of them. */
  readonly engines: readonly string[];
  /** Certificate, as PEM, of the authority that vouches for the servers. */
  readonly certificateAuthority: string;
  /**
   * Starts the server of a database, on the data that an earlier one of it left, if it did.
   *
   * @returns The address at which it answers by then.
   */
  start(databaseId: string): Promise<string>;
  /** Has the server do something; a statement that comes while it is being started waits for that. */
  run(databaseId: string, statements: readonly string[]): Promise<void>;
  /**
   * Gives a replica of a database a place of its own, at which the database's server answers, and can be written to.
   *
   * @returns Its address.
   */
  replicate(databaseId: string, replicaId: string): Promise<string>;
  /** Lets a cluster's pods connect to a database or a replica, or does not. It lets them at first. */
  admit(id: string, admitted: boolean): Promise<void>;
  /** Ends the server of a database, be it ready or not, and throws its data away; or closes a replica's place. */
  delete(id: string): Promise<void>;
}

/** What a registry credential allows. */
export interface RegistryGrant {
  /** Name of the registry: the first part of the repositories' paths. */
  registry: string;
  write: boolean;
}

/** What the registry itself has to ask of the API, and to tell it. */
export interface RegistryAuthority {
  /** What a username and password are good for now; `undefined` for nothing: unknown, expired or revoked. */
  grantOf(username: string, password: string): RegistryGrant | undefined;
  /** Why a push to a repository (without the registry's name) is refused by the subscription's limits; `undefined` when it is not. */
  refusalOfPush(registry: string, repository: string): string | undefined;
  /** To be called when a manifest was pushed. */
  pushed(manifest: { registry: string; repository: string; tag?: string; digest: string; bytes: number }): void;
}
