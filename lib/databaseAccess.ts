import type * as pulumi from "@pulumi/pulumi";

/** How an app, and what works for it, gets at its database. */
export interface DatabaseAccess {
  /** Tells a server from one of another kind. */
  kind: "mysql" | "managed-mysql";
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  /** Name of the database, and its default collation. */
  database: pulumi.Output<string>;
  collation: string;
  username: pulumi.Output<string>;
  /** A secret. */
  password: pulumi.Output<string>;
  /** Certificate, in PEM, of the authority that vouches for the server; none where it is reached without TLS. */
  ca: pulumi.Output<string> | undefined;
  /** Secret of the app's namespace that holds `password`, and `ca.crt` where there is one; none where no task logs in. */
  secretName: pulumi.Output<string> | undefined;
}

/** What an app is told of its database. */
export interface AppDatabaseAccess extends Pick<
  DatabaseAccess,
  "host" | "port" | "database" | "username" | "password" | "ca"
> {
  /** Hosts of its read replicas; empty without any. */
  replicaHosts: pulumi.Output<string>[];
}
