import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

/** What logs in to a registry. */
export interface RegistryLogin {
  /** Host of the registry, with its port. */
  server: pulumi.Output<string>;
  username: pulumi.Output<string>;
  /** A secret. */
  password: pulumi.Output<string>;
}

/** Arguments of {@link ContainerRegistry}: DigitalOcean's registry, or one that is there already. */
export type ContainerRegistryArgs =
  | {
      kind: "digitalocean";
      /** Name of the registry, unique in all of DigitalOcean. */
      registryName: string;
      /** Subscription tier. */
      tier: string;
      /** DigitalOcean region. */
      region: string;
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

/** The write credential serves one `up`; it need not outlive it. */
const PUSH_CREDENTIAL_SECONDS = 3600;

/**
 * The registry that keeps the apps' images.
 * For DigitalOcean's it creates the registry, a credential that only reads, for the cluster, and a short-lived one that
 * writes, for the push (D10). For an external one it creates nothing.
 */
export class ContainerRegistry extends pulumi.ComponentResource {
  /** What stands before an app's name in its image's repository, such as `registry.digitalocean.com/my-team`. */
  readonly prefix: pulumi.Output<string>;
  /** Login for pushing images; none when the registry wants none. */
  readonly push: RegistryLogin | undefined;
  /** Content of a `.dockerconfigjson` with which the cluster pulls, a secret; none when the registry wants none. */
  readonly pullConfig: pulumi.Output<string> | undefined;

  constructor(name: string, args: ContainerRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:cluster:ContainerRegistry", name, args, opts);

    if (args.kind === "digitalocean") {
      const registry = new digitalocean.ContainerRegistry(
        `${name}-registry`,
        { name: args.registryName, subscriptionTierSlug: args.tier, region: args.region },
        { parent: this },
      );
      const pull = new digitalocean.ContainerRegistryDockerCredentials(
        `${name}-pull`,
        { registryName: registry.name, write: false },
        { parent: this },
      );
      const push = new digitalocean.ContainerRegistryDockerCredentials(
        `${name}-push`,
        { registryName: registry.name, write: true, expirySeconds: PUSH_CREDENTIAL_SECONDS },
        { parent: this },
      );
      this.prefix = registry.endpoint;
      this.push = loginFrom(registry.serverUrl, push.dockerCredentials);
      this.pullConfig = pulumi.secret(pull.dockerCredentials);
    } else {
      const server = args.server.split("/")[0] ?? args.server;
      this.prefix = pulumi.output(args.server);
      if (args.username !== undefined && args.password !== undefined) {
        const login = {
          server: pulumi.output(server),
          username: pulumi.output(args.username),
          password: pulumi.secret(args.password),
        };
        this.push = login;
        this.pullConfig = dockerConfigJson(login);
      }
    }

    this.registerOutputs({ prefix: this.prefix, push: this.push, pullConfig: this.pullConfig });
  }
}

function dockerConfigJson({ server, username, password }: RegistryLogin): pulumi.Output<string> {
  return pulumi.secret(
    pulumi.all([server, username, password]).apply(([host, user, secret]) => {
      const auth = Buffer.from(`${user}:${secret}`).toString("base64");
      return JSON.stringify({ auths: { [host]: { username: user, password: secret, auth } } });
    }),
  );
}

/** DigitalOcean gives its credentials as the content of a Docker config file. */
function loginFrom(server: pulumi.Output<string>, dockerCredentials: pulumi.Output<string>): RegistryLogin {
  const parts = pulumi.secret(
    pulumi.all([server, dockerCredentials]).apply(([host, text]) => {
      const { auths } = JSON.parse(text) as { auths: Record<string, { auth: string }> };
      const decoded = Buffer.from(auths[host]?.auth ?? "", "base64").toString();
      const colon = decoded.indexOf(":");
      return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
    }),
  );
  return { server, username: parts.username, password: parts.password };
}
