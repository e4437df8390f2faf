import { createHash } from "node:crypto";

/** The longest name of a managed database that leaves room for those of its replicas. */
const LONGEST = 50;

/**
 * A name that DigitalOcean takes for a managed database: small letters, digits and dashes. One that has to be cut or
 * rewritten for that ends in a hash of the whole, so that no two become the same.
 */
export function databaseName(wanted: string): string {
  const plain = wanted.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
  if (plain === wanted && wanted.length <= LONGEST) return wanted;
  const hash = createHash("sha256").update(wanted).digest("hex").slice(0, 6);
  return `${plain.slice(0, LONGEST - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}
