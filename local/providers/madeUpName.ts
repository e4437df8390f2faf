/** Names that a provider makes up for what was given none. */

import { createHash, randomBytes } from "node:crypto";

/**
 * The prefix and some hexadecimal digits, at most 64.
 *
 * @param seed The engine's own for the resource: a plan keeps it, so that the `up` comes to the name of the preview. Without
 *   one the digits are random.
 */
export function madeUpName(prefix: string, digits: number, seed: Uint8Array = new Uint8Array()): string {
  const bytes = seed.length === 0 ? randomBytes(32) : createHash("sha256").update(seed).update(prefix).digest();
  return `${prefix}-${bytes.toString("hex").slice(0, digits)}`;
}
