import { z } from "zod";

type Options = readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]];

/** A group of which one field, `kind`, decides what the others may be. */
export function group<const Kinds extends Options>(options: Kinds) {
  return z.discriminatedUnion("kind", options);
}

/** A {@link group} for which a bare word may stand: `database: mysql` says what `database: { kind: mysql }` does. */
export function kinds<const Kinds extends Options>(options: Kinds) {
  return z.preprocess((value) => (typeof value === "string" ? { kind: value } : value), group(options));
}

/** A name that Kubernetes accepts as a label value and a DNS label. */
export const dnsLabel = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "is not a name of small letters, digits and inner dashes");

/** YAML reads an unquoted 8.4 as a number, and yes as a truth value. */
export const asText = (value: unknown): unknown =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : value;

/** A region of DigitalOcean's. */
export const regionSlug = z.string().regex(/^[a-z]{3}\d$/, "is not a region slug such as fra1");

/** A host name such as `www.example.com`, or a wildcard such as `*.example.com`. */
export const hostName = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "is not a host name in small letters, such as www.example.com",
  );

/** A reference to an image in a registry, by a tag that is not `latest`, or by digest (D13). */
export const imageReference = z
  .string()
  .regex(
    /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:\d+)?(\/[a-z0-9._-]+)+(:(?!latest(@|$))[\w.-]+(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
    "is not an image reference with its registry and a version, such as docker.io/library/mysql:8.4 (never latest)",
  );

/** A reference to one image for ever, by its digest: what a tag names can change while pods run it (P1). */
export const imageDigest = z
  .string()
  .regex(
    /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:\d+)?(\/[a-z0-9._-]+)+(:[\w.-]+)?@sha256:[0-9a-f]{64}$/,
    "is not an image with its registry and digest, such as ghcr.io/my-team/shop@sha256:…",
  );

/** A quantity of CPU (`250m`, `2`) or of memory (`256Mi`, `1Gi`), as Kubernetes writes them. */
export const cpuQuantity = z.string().regex(/^(\d+m|\d+(\.\d+)?)$/, "is not a CPU quantity such as 250m or 2");
export const memoryQuantity = z
  .string()
  .regex(/^\d+(Ki|Mi|Gi)$/, "is not a memory quantity in Ki, Mi or Gi, such as 256Mi");

/** When something is done again and again: minute, hour, day, month, day of the week. */
export const cronSchedule = z
  .string()
  .regex(
    /^([\d*,/-]+)( [\d*,/-]+){2} ([\d*,/-]+|[A-Za-z,-]+) ([\d*,/-]+|[A-Za-z,-]+)$/,
    "is not a schedule of five fields such as 17 2 * * *",
  );

const SECRET = "secret";

/** A string that is a secret: never shown, and accepted only from an encrypted key of the stack file. */
export const secretString = (description: string) =>
  z
    .string()
    .min(1)
    .meta({ description, [SECRET]: true });

/** Whether a schema was made by {@link secretString}. */
export const isSecretString = (schema: z.core.$ZodType): boolean => z.globalRegistry.get(schema)?.[SECRET] === true;
