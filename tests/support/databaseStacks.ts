/** Stacks with databases and backups of each kind, from the committed ones. */
import { ENCRYPTION_KEY } from "./databases";
import { deployProgram, type Deployed, type DeployOptions } from "./mocks";
import { stackFile } from "./stackFiles";

/** A committed stack, its blog's database and the backups changed. */
export function changed(name: string, database: Record<string, unknown>, backup?: Record<string, unknown>) {
  const [blog] = stackFile(name)["apps"] as [object];
  return {
    ...stackFile(name),
    apps: [{ ...blog, ...database }],
    backup: backup === undefined ? { kind: "none" } : { encryptionKey: ENCRYPTION_KEY, ...backup },
  };
}

/** A database of DigitalOcean's, and backups to a Space. */
export const MANAGED_WITH_SPACES = changed(
  "dev",
  { database: { kind: "managed-mysql", nodes: 2, size: "db-s-1vcpu-2gb", readReplicas: 1 } },
  { kind: "spaces", bucket: "our-backups" },
);
/** A database of DigitalOcean's, and no backups besides its own. */
export const MANAGED_ALONE = changed("dev", { database: "managed-mysql" });
/** New passwords, and backups to an S3 server. */
export const WITH_S3 = changed(
  "local",
  { database: { kind: "mysql", storageGi: 1, passwordVersion: 2 } },
  {
    kind: "s3",
    endpoint: "https://s3.example.com:9000",
    bucket: "backups",
    accessKeyId: "the-id",
    secretAccessKey: "the-secret-access-key",
  },
);
/** Backups to a volume. */
export const WITH_VOLUME = changed("local", {}, { kind: "volume", storageGi: 2 });

/** What the program makes of it; the keys of the backups are encrypted in its file. */
export const deployWith = (
  name: string,
  config: Record<string, unknown>,
  options: DeployOptions = {},
): Promise<Deployed> => deployProgram({ stack: name, config, secretKeys: ["backup"], ...options });
