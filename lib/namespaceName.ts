import { createHash } from "node:crypto";

/** A DNS label, which a namespace's name is, has at most this many characters. */
const MAX_LENGTH = 63;

/**
 * Name of an app's namespace on a cluster that several stacks share: the stack's name before the app's, such as
 * `review-7-blog`. Where a stack's name holds what a namespace's cannot, or is too long, a hash of it keeps two stacks
 * apart that would read the same.
 */
export function sharedNamespace(stack: string, app: string): string {
  const plain = stack
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const name = `${plain}-${app}`;
  if (plain === stack && name.length <= MAX_LENGTH) {
    return name;
  }
  const hash = createHash("sha256").update(stack).digest("hex").slice(0, 6);
  const room = MAX_LENGTH - app.length - hash.length - 2;
  return [plain.slice(0, room).replace(/-+$/, ""), hash, app].filter((part) => part !== "").join("-");
}
