import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { CacheAccess } from "../../lib/cacheAccess";
import type { AppDatabaseAccess } from "../../lib/databaseAccess";
import { labels } from "../../lib/labels";
import { type Turn, turnsOf } from "../../lib/turns";

/** Arguments of {@link AppEnvironment}. */
export interface AppEnvironmentArgs {
  /** Name of the app: a plain string, for it labels the objects. */
  app: string;
  /** Namespace of the app. */
  namespace: pulumi.Input<string>;
  /** Environment variables in clear. */
  variables: Record<string, string>;
  /** Environment variables that are secret. */
  secrets: Record<string, pulumi.Input<string>>;
  /** A higher number makes a new `SECRET_KEY`. A plain value, for it decides which keys there are. Default: 1. */
  secretKeyVersion?: number | undefined;
  /** The app's database; none for an app without one. */
  database?: AppDatabaseAccess | undefined;
  /** The app's cache; none for an app without one. */
  cache?: CacheAccess | undefined;
}

/**
 * The environment variables of one app: a ConfigMap of what is not secret and a Secret of what is, with a `SECRET_KEY`
 * made here and, from its second version on, the one before it as `SECRET_KEY_FALLBACKS`. Both objects are immutable, so
 * that a change makes new ones under new names and rolls the pods, and pods of the old release keep theirs until they are
 * gone (K10).
 */
export class AppEnvironment extends pulumi.ComponentResource {
  /** Name of the ConfigMap. */
  readonly configMapName: pulumi.Output<string>;
  /** Name of the Secret. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: AppEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    // Its keys tell the version: told here as well, it would be a change of stacks that have only the first one.
    super("flask-doks:app:AppEnvironment", name, { ...args, secretKeyVersion: undefined }, opts);
    const { app, cache, database, secretKeyVersion = 1 } = args;
    const child = { parent: this };
    // No name: a new content gets a new one. One that followed from the content would come back when a change that
    // failed is taken back, while the engine has yet to delete the object that bears it.
    const metadata = { namespace: args.namespace, labels: labels(app, "web") };

    const configMap = new k8s.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata,
        immutable: true,
        data: {
          ...args.variables,
          APP_ENV: "production",
          ...(database === undefined
            ? {}
            : {
                DB_HOST: database.host,
                DB_PORT: database.port.apply(String),
                DB_NAME: database.database,
                DB_USERNAME: database.username,
                // With it an app demands TLS, and checks the server's name.
                ...(database.ca === undefined ? {} : { DB_TLS_CA: database.ca }),
                ...(database.replicaHosts.length === 0
                  ? {}
                  : { DB_REPLICA_HOSTS: pulumi.all(database.replicaHosts).apply((hosts) => hosts.join(" ")) }),
              }),
          ...(cache === undefined
            ? {}
            : {
                REDIS_HOST: cache.host,
                REDIS_PORT: cache.port.apply(String),
                REDIS_REPLICA_HOST: cache.replicaHost,
              }),
        },
      },
      child,
    );

    const { current, previous } = turnsOf(secretKeyVersion);
    const secretKey = this.generateKey(name, current);
    const secret = new k8s.core.v1.Secret(
      `${name}-secrets`,
      {
        metadata,
        immutable: true,
        type: "Opaque",
        stringData: pulumi.secret({
          ...args.secrets,
          SECRET_KEY: secretKey,
          ...(previous === undefined ? {} : { SECRET_KEY_FALLBACKS: this.generateKey(name, previous) }),
          ...(database === undefined ? {} : { DB_PASSWORD: database.password }),
          ...(cache === undefined ? {} : { REDIS_PASSWORD: cache.password }),
        }),
      },
      child,
    );

    this.configMapName = configMap.metadata.name;
    this.secretName = secret.metadata.name;
    this.registerOutputs({ configMapName: this.configMapName, secretName: this.secretName });
  }

  private generateKey(name: string, { suffix, keepers }: Turn): pulumi.Output<string> {
    const form = { length: 64, special: false, ...(keepers === undefined ? {} : { keepers }) };
    return new random.RandomPassword(`${name}-secret-key${suffix}`, form, { parent: this }).result;
  }
}
