import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link BackupStore}. */
export type BackupStoreArgs =
  | { kind: "spaces"; region: string; bucket: string }
  | {
      kind: "s3";
      endpoint: string;
      region: string;
      bucket: string;
      accessKeyId: string;
      secretAccessKey: pulumi.Output<string>;
      serverCa?: string | undefined;
    };

/**
 * Where the stack's backups go, outside of the cluster.
 * Creates, for a Space of DigitalOcean's, a key that opens this one Space and nothing else; for another S3 server, nothing.
 * The Space or bucket itself is there before the stack, and stays after it.
 */
export class BackupStore extends pulumi.ComponentResource {
  /** Address of the bucket, such as `https://fra1.digitaloceanspaces.com/backups`. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: pulumi.Output<string>;
  /** A secret. */
  readonly secretAccessKey: pulumi.Output<string>;
  /** Certificate, in PEM, of an authority of its own; none for those that everybody trusts. */
  readonly serverCa: string | undefined;

  constructor(name: string, args: BackupStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:BackupStore", name, {}, opts);
    this.region = args.region;
    if (args.kind === "s3") {
      this.url = `${args.endpoint}/${args.bucket}`;
      this.accessKeyId = pulumi.output(args.accessKeyId);
      this.secretAccessKey = args.secretAccessKey;
      this.serverCa = args.serverCa;
    } else {
      const key = new digitalocean.SpacesKey(
        `${name}-key`,
        { name: `${name}-backups`, grants: [{ bucket: args.bucket, permission: "readwrite" }] },
        { parent: this },
      );
      this.url = `https://${args.region}.digitaloceanspaces.com/${args.bucket}`;
      this.accessKeyId = key.accessKey;
      this.secretAccessKey = pulumi.secret(key.secretKey);
      this.serverCa = undefined;
    }
    this.registerOutputs({ url: this.url });
  }
}
