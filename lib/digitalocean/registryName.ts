import { createHash } from "node:crypto";
import type { AccountAnswer } from "./answers";

const SUFFIX_LENGTH = 6;

/**
 * The name of a registry that config gives none: the environment's, with a hash of the account. Registries' names are
 * unique in all of DigitalOcean, and others have an environment of the same name.
 */
export function defaultRegistryName(environment: string, { uuid, team }: Pick<AccountAnswer, "uuid" | "team">): string {
  const owner = team?.uuid ?? uuid;
  return `${environment}-${createHash("sha256").update(owner).digest("hex").slice(0, SUFFIX_LENGTH)}`;
}
