import * as digitalocean from "@pulumi/digitalocean";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { relative } from "node:path";
import { contextHash } from "../../lib/contentHash";
import { loginFrom } from "../../lib/registryLogin";
import type { PushAccess, RegistryLogin } from "../cluster/containerRegistry";

/** Arguments of {@link AppImage}. */
export interface AppImageArgs {
  /** Absolute path of the app's folder, the build context. */
  source: string;
  /** Absolute path of a Dockerfile outside of that folder. Default: the folder's own. */
  dockerfile?: string | undefined;
  /** Repository to push to, such as `registry.digitalocean.com/my-team/blog`. */
  repository: pulumi.Input<string>;
  /** How the image is pushed; none when the registry wants no login. */
  push: PushAccess | undefined;
  /** Platform of the nodes, such as `linux/amd64`. The builder's own may differ (P1). */
  platform: string;
  /** Build arguments, such as the base image. */
  buildArgs: Record<string, string>;
  /** Commit id to add to the tag and, as build argument `SOURCE_COMMIT`, to the labels. Each new id is a new image. */
  commit?: string | undefined;
}

/** How long a credential for a push lives, in seconds: it serves one `up` and need not outlive it (D10). */
const PUSH_CREDENTIAL_SECONDS = 3600;

/**
 * The image of one app, built from its source and pushed.
 * The tag is a hash of the build context, so that content that did not change is neither built nor pushed again. At
 * DigitalOcean's registry it creates a short-lived credential for each content, before the image.
 */
export class AppImage extends pulumi.ComponentResource {
  /** The image as it is to be run: `repository@sha256:…`, so that no moved tag can change what runs (P1). */
  readonly reference: pulumi.Output<string>;
  /** `repository:tag`, for people. */
  readonly tagged: pulumi.Output<string>;

  constructor(name: string, args: AppImageArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without the folder: it is another one on each machine, and each would see a change.
    super("flask-doks:app:AppImage", name, { repository: args.repository, platform: args.platform }, opts);
    const { dockerfile, platform, commit } = args;
    const buildArgs = { ...args.buildArgs, ...(commit === undefined ? {} : { SOURCE_COMMIT: commit }) };
    const hash = contextHash(args.source, { ...args.buildArgs, platform }, dockerfile);
    const tag = commit === undefined ? hash : `${hash}-${commit.slice(0, 12)}`;
    this.tagged = pulumi.interpolate`${args.repository}:${tag}`;

    const image = new docker.Image(
      `${name}-image`,
      {
        imageName: this.tagged,
        build: {
          // Relative, or the state would hold a path of one person's machine and the next one would build again.
          context: relative(process.cwd(), args.source) || ".",
          ...(dockerfile === undefined ? {} : { dockerfile: relative(process.cwd(), dockerfile) }),
          platform,
          args: buildArgs,
          builderVersion: docker.BuilderVersion.BuilderBuildKit,
        },
        ...(args.push === undefined ? {} : { registry: this.loginTo(args.push, `${name}-push-${tag}`) }),
      },
      { parent: this },
    );
    this.reference = image.repoDigest;

    this.registerOutputs({ reference: this.reference, tagged: this.tagged });
  }

  /**
   * The login for the push. A credential's name follows the content: with the same content it stays what it was, unused
   * and long expired; new content gets a fresh one before it is pushed, and the old one is revoked after (D10).
   */
  private loginTo(push: PushAccess, name: string): RegistryLogin {
    if (push.kind === "login") {
      const { server, username, password } = push;
      return { server, username, password };
    }
    const { registryName, server, rotation } = push;
    const credential = new digitalocean.ContainerRegistryDockerCredentials(
      `${name}-${rotation}`,
      { registryName, write: true, expirySeconds: PUSH_CREDENTIAL_SECONDS },
      { parent: this },
    );
    const login = pulumi.secret(
      pulumi.all([server, credential.dockerCredentials]).apply(([host, config]) => loginFrom(host, config)),
    );
    return { server, username: login.username, password: login.password };
  }
}
