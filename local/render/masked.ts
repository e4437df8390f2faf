/** What is shown in place of what nobody may see, and of what nobody can know. */
import type { Manifest } from "./manifests";

/** Stands for a value that is known only after the resource is made. */
export const KNOWN_AFTER = "(known after up)";

/** Stands for a secret. */
export const SECRET = "(secret)";

/** A secret value, each text and number of it replaced, its form kept: a group of keys stays one. */
export function masked(secret: unknown): unknown {
  if (Array.isArray(secret)) return secret.map(masked);
  if (typeof secret === "object" && secret !== null) return maskedValues(secret);
  return SECRET;
}

const maskedValues = (group: object, mask?: unknown) =>
  Object.fromEntries(Object.entries(group).map(([key, value]) => [key, mask ?? masked(value)]));

/** In base64, as the field `data` of a Secret wants it. */
const ENCODED = Buffer.from(SECRET).toString("base64");

/** An object as it may be shown: of a Secret the keys alone, marked as secret or not. */
export function withoutValues(object: Manifest): Manifest {
  if (object.kind !== "Secret") return object;
  const { stringData, data } = object;
  return {
    ...object,
    ...(stringData === undefined ? {} : { stringData: maskedValues(stringData as object, SECRET) }),
    ...(data === undefined ? {} : { data: maskedValues(data as object, ENCODED) }),
  };
}
