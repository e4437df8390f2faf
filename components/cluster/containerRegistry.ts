import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { protection, type DataPolicy } from "../../lib/dataPolicy";
import { dockerConfigJson } from "../../lib/registryLogin";

/** What logs in to a registry. */
export interface RegistryLogin {
  /** Host of the registry, with its port. */
  server: pulumi.Output<string>;
  username: pulumi.Output<string>;
  /** A secret. */
  password: pulumi.Output<string>;
}

/**
 * How images are pushed: with a login that is there, or with a credential that is made for each push, at DigitalOcean's
 * registry of that name.
 */
export type PushAccess =
  | ({ kind: "login" } & RegistryLogin)
  | { kind: "credential"; registryName: pulumi.Output<string>; server: pulumi.Output<string>; rotation: number };

/** Arguments of {@link ContainerRegistry}: DigitalOcean's registry, or one that is there already. */
export type ContainerRegistryArgs =
  | {
      kind: "digitalocean";
      /** Whether to make it; false for one that the account has already. A plain value, for it adds a resource. */
      create: boolean;
      /** Name of the registry, unique in all of DigitalOcean. */
      registryName: string;
      /** Subscription tier, for one that is made. */
      tier: string;
      /** DigitalOcean region, for one that is made. Default: DigitalOcean's choice. */
      region?: string | undefined;
      /** Part of the credentials' names: another number makes new ones before the old are revoked. */
      rotation: number;
      /** `retain` protects the registry that is made. */
      dataPolicy: DataPolicy;
    }
  | {
      kind: "external";
      /** Host of the registry, with the folder that images go to, such as `ghcr.io/my-team`. */
      server: string;
      /** User, when the registry wants one. */
      username?: string | undefined;
      /** Password or token of that user. */
      password?: pulumi.Output<string> | undefined;
    };

/**
 * The registry that keeps the apps' images.
 * For DigitalOcean's it creates the registry, unless the account has it already, and a credential that only reads, for
 * the cluster (D10). For an external one it creates nothing.
 */
export class ContainerRegistry extends pulumi.ComponentResource {
  /** What stands before an app's name in its image's repository, such as `registry.digitalocean.com/my-team`. */
  readonly prefix: pulumi.Output<string>;
  /** How images are pushed; none when the registry wants no login. */
  readonly push: PushAccess | undefined;
  /** Content of a `.dockerconfigjson` with which the cluster pulls, a secret; none when the registry wants none. */
  readonly pullConfig: pulumi.Output<string> | undefined;

  constructor(name: string, args: ContainerRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:cluster:ContainerRegistry", name, args, opts);

    if (args.kind === "digitalocean") {
      const { rotation } = args;
      const registry = args.create
        ? new digitalocean.ContainerRegistry(
            `${name}-registry`,
            {
              name: args.registryName,
              subscriptionTierSlug: args.tier,
              ...(args.region === undefined ? {} : { region: args.region }),
            },
            {
              parent: this,
              ...protection(args.dataPolicy),
              // Two cannot bear the same name.
              deleteBeforeReplace: true,
            },
          )
        : existingRegistry(args.registryName);
      const { name: registryName, serverUrl: server } = registry;
      // Reads only, and lasts: a node may have to pull at any time (D10).
      const pull = new digitalocean.ContainerRegistryDockerCredentials(
        `${name}-pull-${rotation}`,
        { registryName, write: false },
        { parent: this },
      );
      this.prefix = registry.endpoint;
      this.push = { kind: "credential", registryName, server, rotation };
      this.pullConfig = pulumi.secret(pull.dockerCredentials);
    } else {
      this.prefix = pulumi.output(args.server);
      if (args.username !== undefined && args.password !== undefined) {
        const login = {
          server: pulumi.output(args.server.split("/")[0] ?? args.server),
          username: pulumi.output(args.username),
          password: pulumi.secret(args.password),
        };
        this.push = { kind: "login", ...login };
        this.pullConfig = pulumi.secret(pulumi.output(login).apply(dockerConfigJson));
      }
    }

    this.registerOutputs({ prefix: this.prefix, push: this.push, pullConfig: this.pullConfig });
  }
}

const REGISTRY_HOST = "registry.digitalocean.com";

/**
 * What there is to know of a registry that the account has: all follows from its name. The provider's own look-up crashes
 * the plugin (seen with 4.80); that the registry is there has been checked with the account.
 */
function existingRegistry(name: string) {
  return {
    name: pulumi.output(name),
    serverUrl: pulumi.output(REGISTRY_HOST),
    endpoint: pulumi.output(`${REGISTRY_HOST}/${name}`),
  };
}
