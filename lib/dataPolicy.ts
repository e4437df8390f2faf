/** What becomes of data when the stack, or an app, goes. */
export type DataPolicy = "retain" | "delete";

/**
 * The options of a resource that holds data, or without which data is lost: the cluster, the registry, the domain, a
 * database's StatefulSet and its claim. Where data is retained, the engine refuses to delete or replace them. They alone:
 * what is protected with them, such as a credential, could not be rotated any more.
 *
 * Nothing, not `protect: false`, where data is disposable: the caller's own protection is then inherited.
 */
export function protection(policy: DataPolicy): { protect?: true } {
  return policy === "retain" ? { protect: true } : {};
}
